//! Who stands where.
//!
//! A team's score comes from its judged runs by the contest's rule; a run that failed counts as 0,
//! one that was void as nothing. Where the team went through a final measurement, that alone
//! counts. The audience sees what was so when the leaderboard froze, until the results are
//! released; the staff sees all, a team its own runs.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    clock::Millis,
    contest::{Current, Prize},
    judged::{Judged, TeamRow},
};

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Eyes {
    /// Anybody.
    Audience,
    /// A member of this team, who sees its own runs live.
    Team(i64),
    /// All there is.
    Staff,
}

/// A judged run on a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// The job.
    pub job: i64,
    /// When it ended, milliseconds since 1970.
    pub at: Millis,
    /// Its score; 0 when it failed.
    pub score: u64,
}

/// A team on the leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Counts from 1; teams of equal scores stand in the order in which they came to them.
    /// Nothing for a team without a score or out of the contest.
    pub place: Option<u64>,
    /// The team's number.
    pub team: i64,
    /// The team's name.
    pub name: Arc<str>,
    /// By the final measurement, or by the contest's rule as long as there is none.
    pub score: Option<u64>,
    /// The best of its runs.
    pub best: Option<u64>,
    /// What it came to in the final measurement; 0 when it failed.
    pub final_score: Option<u64>,
    /// Whether the next team is within the spread that the same app's runs have.
    pub is_close: bool,
    /// Whether it is out of the contest.
    pub is_excluded: bool,
    /// Whether the big screen always shows it.
    #[serde(skip)]
    pub is_pinned: bool,
    /// Its runs in their order.
    pub points: Arc<[Point]>,
}

/// A prize that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Won {
    /// The prize.
    pub title: String,
    /// The team's name; nobody yet.
    pub team: Option<Arc<str>>,
}

/// The leaderboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standings {
    /// Whether it is as it was when it froze.
    pub is_frozen: bool,
    /// The best first, then those without a score.
    pub teams: Vec<Standing>,
    /// Who has which prize, as far as these eyes may know.
    pub prizes: Vec<Won>,
}

/// Runs of one app on one machine differ by so much, as a share of the score.
pub const SPREAD: f64 = 0.02;

/// The leaderboard for these eyes.
pub fn standings(judged: &Judged, current: &Current, eyes: Eyes, now: Millis) -> Standings {
    let is_frozen = eyes != Eyes::Staff && current.is_frozen(now);
    let freezes_at = current.contest.freezes_at.map(Timestamp::as_millisecond);
    let visible_until = freezes_at.filter(|_| is_frozen).unwrap_or(Millis::MAX);
    let own = match eyes {
        Eyes::Team(team) => Some(team),
        _ => None,
    };
    let points = |team: i64| {
        let points = judged.points(team);
        let visible = points.partition_point(|point| point.at <= visible_until);
        match own == Some(team) || visible == points.len() {
            true => points.clone(),
            false => points[..visible].into(),
        }
    };
    let final_score = |team: i64| {
        let until = match own == Some(team) {
            true => Millis::MAX,
            false => visible_until,
        };
        judged.final_score(team, until)
    };
    let is_shown =
        |team: &&TeamRow| !team.is_hidden() || eyes == Eyes::Staff || own == Some(team.id);
    let teams = judged.teams().iter().filter(is_shown);
    let mut teams: Vec<Standing> = teams
        .map(|team| Standing {
            place: None,
            team: team.id,
            name: team.name.clone(),
            score: None,
            best: None,
            final_score: final_score(team.id),
            is_close: false,
            is_excluded: team.is_excluded() || team.is_hidden(),
            is_pinned: team.is_pinned(),
            points: points(team.id),
        })
        .collect();
    rank(&mut teams, current);
    // What a team sees of itself during a freeze must not tell it who else has a prize.
    let prizes = current.contest.prizes.iter();
    let prizes = prizes.map(|prize| Won {
        title: prize.title.clone(),
        team: winner(prize, &teams, current, visible_until.min(now)),
    });
    Standings {
        is_frozen,
        prizes: prizes.collect(),
        teams,
    }
}

fn rank(teams: &mut [Standing], current: &Current) {
    for team in &mut *teams {
        let scores: Vec<u64> = team.points.iter().map(|point| point.score).collect();
        team.score = team
            .final_score
            .or_else(|| current.contest.rule.score(&scores));
        team.best = scores.iter().max().copied();
    }
    // Who had the score first stands first. When the final measurement came to a team is chance.
    let since = |team: &Standing| team.points.last().map_or(Millis::MAX, |point| point.at);
    teams.sort_by_key(|team| {
        (
            team.is_excluded,
            std::cmp::Reverse(team.score),
            since(team),
            team.team,
        )
    });
    let mut place = 0;
    for team in teams.iter_mut().filter(|team| !team.is_excluded) {
        if team.score.is_some() {
            place += 1;
            team.place = Some(place);
        }
    }
    for next in 1..teams.len() {
        let (this, below) = (&teams[next - 1], &teams[next]);
        if let (Some(_), Some(_), Some(higher), Some(lower)) =
            (this.place, below.place, this.score, below.score)
        {
            let is_close = (higher - lower) as f64 <= SPREAD * higher as f64;
            teams[next - 1].is_close = is_close && higher > 0;
        }
    }
}

/// Who has a prize by what was known at that moment.
fn winner(prize: &Prize, teams: &[Standing], current: &Current, now: Millis) -> Option<Arc<str>> {
    let in_contest = teams.iter().filter(|team| !team.is_excluded);
    if let Some(goal) = prize.first_to {
        let reached = in_contest.filter_map(|team| {
            let mut points = team.points.iter().filter(|point| point.at <= now);
            let first = points.find(|point| point.score >= goal)?;
            Some((first.at, first.job, &team.name))
        });
        return reached.min().map(|(_, _, name)| name.clone());
    }
    let at = prize.best_at?.as_millisecond();
    if at > now {
        return None;
    }
    let then = in_contest.filter_map(|team| {
        let mut points = team.points.iter().filter(|point| point.at <= at);
        let scores: Vec<u64> = points.clone().map(|point| point.score).collect();
        let since = points.next_back()?.at;
        let score = current.contest.rule.score(&scores)?;
        Some((std::cmp::Reverse(score), since, &team.name))
    });
    then.min().map(|(_, _, name)| name.clone())
}
