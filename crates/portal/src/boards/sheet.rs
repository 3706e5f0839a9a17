//! The leaderboard as pieces of HTML, which are shared where they are the same.

use std::sync::Arc;

use askama::Template;

use super::{Pins, tag_of};
use crate::{
    clock::Millis,
    contest::{Contest, Language, Rule},
    error::Error,
    figures::{Moment, grouped},
    graph::{Graph, Mark},
    standings::{Standing, Standings, Won},
    texts::{Texts, texts},
};

/// Stands in a row where its place will be: places change more often than rows.
const PLACE: char = '\u{1}';

/// A row of the table, without its place.
#[derive(Template)]
#[template(path = "board_row.html")]
struct Row<'a> {
    t: &'static Texts,
    team: &'a Standing,
    mark: Option<Mark>,
}

impl Row<'_> {
    fn score(&self) -> String {
        self.team.score.map_or("–".to_owned(), grouped)
    }

    fn best(&self) -> String {
        self.team.best.map_or("–".to_owned(), grouped)
    }

    fn last(&self) -> Option<Moment> {
        self.team.points.last().map(|point| Moment(point.at))
    }
}

#[derive(Template)]
#[template(path = "board_prizes.html")]
struct Prizes<'a> {
    t: &'static Texts,
    prizes: &'a [Won],
}

/// The whole, put together.
#[derive(Template)]
#[template(path = "board_part.html")]
struct Part<'a> {
    t: &'static Texts,
    sheet: &'a Sheet,
    pins: &'a Pins,
    crowd: &'static str,
    graph: String,
    rows: Vec<PlacedRow<'a>>,
}

struct PlacedRow<'a> {
    team: i64,
    class: &'a str,
    html: String,
}

/// A piece that belongs to a team.
pub(super) type OfTeam = (i64, Arc<str>);

/// The pieces of a leaderboard.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Differs when anything does.
    pub(crate) tag: String,
    t: &'static Texts,
    /// How large a table may be written so that it fits on a screen.
    pub(super) crowd: &'static str,
    pub(super) notice: String,
    pub(super) rule: String,
    pub(super) grid: Arc<str>,
    /// In the order in which they are drawn.
    pub(super) lines: Vec<OfTeam>,
    /// In the order of the places.
    pub(super) rows: Vec<OfTeam>,
    pub(super) prizes: String,
}

impl Sheet {
    /// Of these standings. Pieces that the others have as well are theirs.
    pub(super) fn new(
        standings: &Standings,
        contest: &Contest,
        language: Language,
        now: Millis,
        alike: &[&Sheet],
    ) -> Result<Sheet, Error> {
        let t = texts(language);
        let graph = Graph::new(&standings.teams, contest, now, t.graph_label);
        let mut rows = Vec::with_capacity(standings.teams.len());
        for (index, team) in standings.teams.iter().enumerate() {
            let row = Row {
                t,
                team,
                mark: graph.mark(team.team),
            };
            let others = alike.iter().map(|sheet| &sheet.rows);
            rows.push(shared(team.team, rendered(row)?, index, others));
        }
        let mut lines = Vec::new();
        for (index, line) in graph.lines().iter().enumerate() {
            let others = alike.iter().map(|sheet| &sheet.lines);
            lines.push(shared(line.team(), rendered(line)?, index, others));
        }
        let frozen_since = contest.freezes_at.filter(|_| standings.is_frozen);
        let prizes = Prizes {
            t,
            prizes: &standings.prizes,
        };
        let mut sheet = Sheet {
            tag: String::new(),
            t,
            crowd: crowd(rows.len()),
            notice: frozen_since.map_or(String::new(), |since| {
                format!("{} {}", t.frozen, Moment::of(since))
            }),
            rule: match contest.rule {
                Rule::Last => t.rule_last.to_owned(),
                Rule::Best => t.rule_best.to_owned(),
                Rule::MeanOfLast(runs) => (t.rule_mean)(runs),
            },
            grid: rendered(graph.grid())?.into(),
            lines,
            rows,
            prizes: rendered(prizes)?,
        };
        let single = [&sheet.notice, &sheet.rule, &*sheet.grid, &sheet.prizes];
        let of_teams = sheet.rows.iter().chain(&sheet.lines);
        let pieces = single.into_iter().chain([sheet.crowd]);
        sheet.tag = tag_of(pieces.chain(of_teams.map(|(_, html)| &**html)));
        Ok(sheet)
    }

    /// The graph with all lines.
    pub(super) fn graph(&self) -> String {
        let lines: usize = self.lines.iter().map(|(_, html)| html.len()).sum();
        let mut graph = String::with_capacity(self.grid.len() + lines + 16);
        graph.push_str(&self.grid);
        for (_, line) in &self.lines {
            graph.push_str(line);
        }
        graph.push_str("</svg>");
        graph
    }

    /// The same with thick lines for those that are pinned.
    fn graph_with(&self, pins: &Pins) -> String {
        pins.pinned.iter().fold(self.graph(), |graph, team| {
            let line = format!("id=\"line-{team}\" class=\"");
            graph.replacen(&line, &format!("{line}high "), 1)
        })
    }

    /// The whole piece of HTML, in which a team's own row is marked, and those that are pinned.
    pub(crate) fn html(&self, own: Option<i64>, pins: &Pins) -> String {
        let mut place = 0;
        let rows = self.rows.iter().enumerate();
        let rows = rows.map(|(index, (team, html))| PlacedRow {
            team: *team,
            class: pins.classes(*team, index, Some(*team) == own),
            html: match html.contains(PLACE) {
                true => {
                    place += 1;
                    html.replacen(PLACE, &place.to_string(), 1)
                }
                false => html.to_string(),
            },
        });
        let part = Part {
            t: self.t,
            sheet: self,
            pins,
            crowd: pins
                .top
                .map_or(self.crowd, |top| crowd(top.min(self.rows.len()))),
            graph: self.graph_with(pins),
            rows: rows.collect(),
        };
        part.to_string()
    }
}

fn crowd(rows: usize) -> &'static str {
    match rows {
        0..=12 => "few",
        13..=24 => "some",
        _ => "many",
    }
}

fn rendered(piece: impl Template) -> Result<String, Error> {
    piece
        .render()
        .map_err(|error| Error::Internal(error.to_string()))
}

/// The piece, or the same one that somebody has already; mostly it stands at the same place.
fn shared<'a>(
    team: i64,
    html: String,
    index: usize,
    others: impl Iterator<Item = &'a Vec<OfTeam>>,
) -> OfTeam {
    let mut found = others.filter_map(|pieces| {
        let near = index.saturating_sub(1)..(index + 2).min(pieces.len());
        let near = pieces.get(near).unwrap_or_default().iter();
        let mut same = near.chain(pieces);
        let (_, same) = same.find(|(other, _)| *other == team)?;
        (**same == *html).then(|| same.clone())
    });
    let found = found.next();
    (team, found.unwrap_or_else(|| html.into()))
}
