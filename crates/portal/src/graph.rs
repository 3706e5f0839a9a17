//! Scores over time as a drawing: a step for every judged run, by the contest's rule.
//!
//! Colours and dashes are classes; the style sheet says what they look like, in light and dark.

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

/// So many teams have a line of their own; others are thin and grey.
const MARKED: usize = 24;

/// The axis of time is this many parts long at most; it grows by one after the other.
const PARTS: i64 = 8;

/// Colour and dash of a team's line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    colour: usize,
    dash: usize,
}

impl Mark {
    fn of(index: usize) -> Option<Mark> {
        (index < MARKED).then(|| Mark::at(index))
    }

    fn at(index: usize) -> Mark {
        Mark {
            colour: index % COLOURS,
            dash: (index + index / COLOURS) % DASHES,
        }
    }

    /// The classes that the style sheet knows.
    pub(crate) fn classes(self) -> String {
        format!("line c{} d{}", self.colour, self.dash)
    }
}

struct Line {
    team: i64,
    name: String,
    mark: Option<Mark>,
    is_highlighted: bool,
    path: String,
    dots: Vec<[String; 2]>,
}

impl Line {
    fn classes(&self) -> String {
        let highlighted = if self.is_highlighted { " high" } else { "" };
        match self.mark {
            Some(mark) => format!("{}{highlighted}", mark.classes()),
            None => "line other".to_owned(),
        }
    }
}

struct Tick {
    at: String,
    label: String,
}

/// Scores over time.
#[derive(Template)]
#[template(path = "graph.html")]
pub(crate) struct Graph {
    label: &'static str,
    lines: Vec<Line>,
    across: Vec<Tick>,
    up: Vec<Tick>,
    left: f64,
    right: f64,
    bottom: f64,
    foot: f64,
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
        let points = || teams.iter().flat_map(|team| &team.points);
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
        let lines = teams.iter().zip(&steps).enumerate();
        let mut lines: Vec<Line> = lines
            .filter(|(_, (_, steps))| !steps.is_empty())
            .map(|(index, (team, steps))| Line {
                team: team.team,
                name: team.name.clone(),
                mark: Mark::of(index),
                is_highlighted: false,
                path: path(steps, x, y),
                dots: steps
                    .iter()
                    .map(|(at, score)| [number(x(*at)), number(y(*score))])
                    .collect(),
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
        Graph {
            label,
            lines,
            across: across.collect(),
            up: up.collect(),
            left: LEFT,
            right: WIDTH - RIGHT,
            bottom: HEIGHT - BOTTOM,
            foot: HEIGHT - 8.0,
        }
    }

    /// The same with thick lines for some teams, over all others.
    pub(crate) fn highlighting(mut self, is_high: impl Fn(i64) -> bool) -> Graph {
        for line in self.lines.iter_mut().filter(|line| is_high(line.team)) {
            line.is_highlighted = true;
            // Whoever stands too low for a mark of its own gets one of another.
            let number = line.team.unsigned_abs() as usize;
            line.mark = line.mark.or(Some(Mark::at(number % MARKED)));
        }
        self.lines.sort_by_key(|line| line.is_highlighted);
        self
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
fn unit(highest: u64) -> u64 {
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

fn number(value: f64) -> String {
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
        let marks: Vec<Mark> = (0..MARKED).filter_map(Mark::of).collect();
        for (index, mark) in marks.iter().enumerate() {
            assert!(!marks[..index].contains(mark), "{index}");
        }
        assert_eq!(Mark::of(MARKED), None);
    }
}
