//! The leaderboard as a piece of HTML.

use std::collections::BTreeSet;

use askama::Template;

use super::View;
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
    left_out: usize,
    prizes: &'a [Won],
    view: &'a View,
}

struct Row<'a> {
    team: &'a Standing,
    mark: Option<Mark>,
    is_own: bool,
    is_pinned: bool,
}

impl Row<'_> {
    fn classes(&self) -> &'static str {
        match (self.is_own, self.is_pinned) {
            (false, false) => "",
            (true, false) => "own",
            (false, true) => "pinned",
            (true, true) => "own pinned",
        }
    }

    /// Where the leaderboard is with this team pinned, or pinned no more.
    fn toggled(&self, view: &View) -> String {
        view.toggled(self.team.team)
    }

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
        view: &'a View,
    ) -> Self {
        let t = texts(language);
        let pinned = || standings.teams.iter().filter(|team| view.pins(team));
        let pinned: BTreeSet<i64> = pinned().map(|team| team.team).collect();
        let graph = Graph::new(&standings.teams, contest, now, t.graph_label);
        let graph = graph.highlighting(|team| pinned.contains(&team));
        let rows = standings.teams.iter().map(|team| Row {
            team,
            mark: graph.mark(team.team),
            is_own: eyes == Eyes::Team(team.team),
            is_pinned: pinned.contains(&team.team),
        });
        let top = view.top.unwrap_or(usize::MAX);
        let rows = rows.enumerate();
        let rows = rows.filter(|(index, row)| *index < top || row.is_own || row.is_pinned);
        let rows: Vec<Row<'_>> = rows.map(|(_, row)| row).collect();
        let frozen_since = contest.freezes_at.filter(|_| standings.is_frozen);
        Part {
            t,
            frozen_since: frozen_since.map(Moment::of),
            rule: match contest.rule {
                Rule::Last => t.rule_last.to_owned(),
                Rule::Best => t.rule_best.to_owned(),
                Rule::MeanOfLast(runs) => (t.rule_mean)(runs),
            },
            left_out: standings.teams.len() - rows.len(),
            rows,
            graph,
            view,
            prizes: &standings.prizes,
        }
    }
}
