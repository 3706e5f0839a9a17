//! The leaderboard as a piece of HTML.

use askama::Template;

use crate::{
    clock::Millis,
    contest::{Contest, Language, Rule},
    figures::{Moment, grouped},
    graph::{Graph, Mark},
    standings::{Eyes, Standing, Standings, Won},
    texts::{Texts, texts},
};

/// The table of teams and their graph.
#[derive(Template)]
#[template(path = "board_part.html")]
pub(super) struct Part<'a> {
    t: &'static Texts,
    frozen_since: Option<Moment>,
    rule: String,
    graph: Graph,
    rows: Vec<Row<'a>>,
    prizes: &'a [Won],
}

struct Row<'a> {
    team: &'a Standing,
    mark: Option<Mark>,
    is_own: bool,
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

impl<'a> Part<'a> {
    /// How large a table may be written so that it fits on a screen.
    fn crowd(&self) -> &'static str {
        match self.rows.len() {
            0..=12 => "few",
            13..=24 => "some",
            _ => "many",
        }
    }

    pub(super) fn new(
        standings: &'a Standings,
        contest: &Contest,
        eyes: Eyes,
        language: Language,
        now: Millis,
    ) -> Self {
        let t = texts(language);
        let graph = Graph::new(&standings.teams, contest, now, t.graph_label);
        let rows = standings.teams.iter().map(|team| Row {
            team,
            mark: graph.mark(team.team),
            is_own: eyes == Eyes::Team(team.team),
        });
        let frozen_since = contest.freezes_at.filter(|_| standings.is_frozen);
        Part {
            t,
            frozen_since: frozen_since.map(Moment::of),
            rule: match contest.rule {
                Rule::Last => t.rule_last.to_owned(),
                Rule::Best => t.rule_best.to_owned(),
                Rule::MeanOfLast(runs) => (t.rule_mean)(runs),
            },
            rows: rows.collect(),
            graph,
            prizes: &standings.prizes,
        }
    }
}
