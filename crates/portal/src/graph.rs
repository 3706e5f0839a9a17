//! Scores over time as a drawing: a step for every judged run, by the contest's rule.
//!
//! Colours and dashes are classes; the style sheet says what they look like, in light and dark.

use std::sync::Arc;

use askama::Template;

use crate::{clock::Millis, contest::Contest, figures::grouped, standings::Standing};

/// The drawing's size in its own units.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 36.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;

/// So many colours, and so many kinds of lines, which go round at different paces.
const COLOURS: usize = 8;
const DASHES: usize = 5;

/// So many teams, the best, have a colour and a dash; others are thin and grey.
const MARKED: usize = 24;

/// So many teams have a line at all; more could not be told from each other.
const DRAWN: usize = 100;

/// The axis of time is this many parts long at most; it grows by one after the other.
const PARTS: i64 = 8;

/// Colour and dash of a team's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    colour: usize,
    dash: usize,
}

impl Mark {
    /// A team's mark stays its own whatever its place; those of forty differ.
    fn of(number: usize) -> Mark {
        Mark {
            colour: number % COLOURS,
            dash: (number + number / COLOURS) % DASHES,
        }
    }

    /// The classes that the style sheet knows.
    pub(crate) fn classes(self) -> String {
        format!("line c{} d{}", self.colour, self.dash)
    }
}

/// A team's line.
#[derive(Template)]
#[template(path = "graph_line.html")]
pub(crate) struct Line {
    team: i64,
    name: Arc<str>,
    mark: Option<Mark>,
    is_kept: bool,
    path: String,
    dots: Vec<[String; 2]>,
}

impl Line {
    /// Whose it is.
    pub(crate) fn team(&self) -> i64 {
        self.team
    }

    fn classes(&self) -> String {
        let kept = if self.is_kept { " kept" } else { "" };
        match self.mark {
            Some(mark) => format!("{}{kept}", mark.classes()),
            None => format!("line other{kept}"),
        }
    }
}

/// What stands around the lines, up to where they begin.
#[derive(Template)]
#[template(path = "graph_grid.html")]
pub(crate) struct Grid {
    label: &'static str,
    across: Vec<Tick>,
    up: Vec<Tick>,
    left: f64,
    right: f64,
    bottom: f64,
    foot: f64,
}

/// A place on an axis.
pub(crate) struct Tick {
    pub(crate) at: String,
    pub(crate) label: String,
}

/// Scores over time.
#[derive(Template)]
#[template(path = "graph.html")]
pub(crate) struct Graph {
    grid: Grid,
    lines: Vec<Line>,
}

/// When the axis of time grows next; the past when it has its whole length.
pub(crate) fn grows_at(contest: &Contest, now: Millis) -> Millis {
    let (_, end) = span(contest, now);
    match end < contest.ends_at.as_millisecond() {
        true => end,
        false => Millis::MIN,
    }
}

/// From the start to the end of the part of the contest that is on.
fn span(contest: &Contest, now: Millis) -> (Millis, Millis) {
    let (start, end) = (
        contest.starts_at.as_millisecond(),
        contest.ends_at.as_millisecond(),
    );
    let part = ((end - start) / PARTS).max(1);
    let begun = ((now - start).max(0) / part + 1).min(PARTS);
    match begun {
        PARTS => (start, end),
        begun => (start, start + begun * part),
    }
}

impl Graph {
    /// Draws the teams in their order. Runs after the end, in extra time, make the axis longer.
    pub(crate) fn new(
        teams: &[Standing],
        contest: &Contest,
        now: Millis,
        label: &'static str,
    ) -> Graph {
        let (start, end) = span(contest, now);
        let points = || teams.iter().flat_map(|team| team.points.iter());
        let end = points().map(|point| point.at).fold(end, Millis::max);
        let steps: Vec<Vec<(Millis, u64)>> =
            teams.iter().map(|team| steps(team, contest)).collect();
        let highest = steps.iter().flatten().map(|step| step.1).max().unwrap_or(0);
        let unit = unit(highest);
        let top = highest.div_ceil(unit).max(1) * unit;
        let x = |at: Millis| {
            let share = (at - start).max(0) as f64 / (end - start).max(1) as f64;
            LEFT + share * (WIDTH - LEFT - RIGHT)
        };
        let y = |score: u64| {
            let share = score as f64 / top as f64;
            HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
        };
        let mut numbers: Vec<i64> = teams.iter().map(|team| team.team).collect();
        numbers.sort_unstable();
        let mark = |index: usize, team: i64| {
            let number = numbers.binary_search(&team).ok()?;
            (index < MARKED).then(|| Mark::of(number))
        };
        let dots = |steps: &[(Millis, u64)]| -> Vec<[String; 2]> {
            let dot = |(at, score): &(Millis, u64)| [number(x(*at)), number(y(*score))];
            steps.iter().map(dot).collect()
        };
        let lines = teams.iter().zip(&steps).enumerate();
        let mut lines: Vec<Line> = lines
            .filter(|(_, (_, steps))| !steps.is_empty())
            .take(DRAWN)
            .map(|(index, (team, steps))| (mark(index, team.team), team, steps))
            .map(|(mark, team, steps)| Line {
                team: team.team,
                name: team.name.clone(),
                mark,
                is_kept: team.is_pinned,
                path: path(steps, x, y),
                dots: mark.map_or(Vec::new(), |_| dots(steps)),
            })
            .collect();
        // The best is drawn last, over the others.
        lines.reverse();
        let part = end - start;
        let across = (0..=4).map(|quarter| Tick {
            at: number(x(start + part * quarter / 4)),
            label: hours(part * quarter / 4),
        });
        let up = (0..=top / unit).map(|step| Tick {
            at: number(y(step * unit)),
            label: grouped(step * unit),
        });
        let grid = Grid {
            label,
            across: across.collect(),
            up: up.collect(),
            left: LEFT,
            right: WIDTH - RIGHT,
            bottom: HEIGHT - BOTTOM,
            foot: HEIGHT - 8.0,
        };
        Graph { grid, lines }
    }

    /// What stands around the lines, up to where they begin.
    pub(crate) fn grid(&self) -> &Grid {
        &self.grid
    }

    /// In the order in which they are drawn.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// How a team's line is marked, if it has one.
    pub(crate) fn mark(&self, team: i64) -> Option<Mark> {
        let mut lines = self.lines.iter();
        lines.find(|line| line.team == team)?.mark
    }
}

/// What counted for a team after each of its runs.
fn steps(team: &Standing, contest: &Contest) -> Vec<(Millis, u64)> {
    let scores: Vec<u64> = team.points.iter().map(|point| point.score).collect();
    let points = team.points.iter().enumerate();
    points
        .filter_map(|(index, point)| {
            let score = contest.rule.score(&scores[..=index])?;
            Some((point.at, score))
        })
        .collect()
}

/// A distance of 1, 2 or 5 times a power of ten that divides a height into at most five.
pub(crate) fn unit(highest: u64) -> u64 {
    let mut ten = 1_u64;
    loop {
        for unit in [1, 2, 5].map(|digit| ten.saturating_mul(digit)) {
            if highest.div_ceil(unit) <= 5 {
                return unit;
            }
        }
        ten = ten.saturating_mul(10);
    }
}

fn path(steps: &[(Millis, u64)], x: impl Fn(Millis) -> f64, y: impl Fn(u64) -> f64) -> String {
    let mut path = String::new();
    for (index, (at, score)) in steps.iter().enumerate() {
        let (x, y) = (number(x(*at)), number(y(*score)));
        match index {
            0 => path.push_str(&format!("M{x} {y}")),
            _ => path.push_str(&format!("H{x}V{y}")),
        }
    }
    path
}

/// Hours and minutes since the start.
fn hours(since: Millis) -> String {
    let minutes = since / 60_000;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// A place in a drawing.
pub(crate) fn number(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_few_round_steps() {
        assert_eq!(unit(0), 1);
        assert_eq!(unit(5), 1);
        assert_eq!(unit(6), 2);
        assert_eq!(unit(9_999), 2_000);
        assert_eq!(unit(12_345), 5_000);
        assert!(unit(u64::MAX) > 0);
    }

    #[test]
    fn lines_differ_in_colour_or_dash() {
        let marks: Vec<Mark> = (0..COLOURS * DASHES).map(Mark::of).collect();
        for (index, mark) in marks.iter().enumerate() {
            assert!(!marks[..index].contains(mark), "{index}");
        }
    }
}
