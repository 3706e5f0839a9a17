//! Who is stuck.

use std::collections::HashMap;

use isutori_protocol::{Verdict, contest::JobState};
use serde::Serialize;
use sqlx::AnyConnection;

use super::{
    course,
    hints::{self, Read},
};
use crate::{
    boards::standings_now,
    clock::Millis,
    contest::{Contest, Practice},
    error::Error,
    queue::{self, Row},
    runs,
    standings::{Eyes, Point, SPREAD, Standing},
    state::AppState,
};

/// How a class is going.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Class {
    /// The portal's time, milliseconds since 1970.
    pub now: Millis,
    /// When the class began, milliseconds since 1970.
    pub starts_at: Millis,
    /// The score of the untouched app, points.
    pub untouched: Option<u64>,
    /// Whoever has been stuck for longest first.
    pub teams: Vec<ClassTeam>,
}

/// A team of a class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassTeam {
    /// Its number.
    pub team: i64,
    /// Its name.
    pub name: String,
    /// For so many seconds it has not improved; since the start, if it never has.
    pub stuck_seconds: i64,
    /// When it has improved last, milliseconds since 1970: by a score higher than the one before by
    /// more than runs of one app differ.
    pub improved_at: Option<Millis>,
    /// How many of its runs were judged.
    pub runs: usize,
    /// The last run that came to anything.
    pub last: Option<LastRun>,
    /// The best score, points.
    pub best: Option<u64>,
    /// The best score as a ratio to the untouched one.
    pub ratio: Option<f64>,
    /// The highest rung whose band that reaches.
    pub rung: Option<usize>,
    /// The hints that it has read, in the order in which it did.
    pub hints: Vec<Read>,
    /// What it has in the queue.
    pub under_way: Option<UnderWay>,
}

/// A run that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// The job's number.
    pub job: i64,
    /// Whether it was judged or could not be done.
    pub state: JobState,
    /// How it was judged.
    pub verdict: Option<Verdict>,
    /// Points; 0 when it failed.
    pub score: Option<u64>,
    /// Why it did not pass.
    pub reason: Option<String>,
    /// Milliseconds since 1970.
    pub finished_at: Option<Millis>,
}

/// A job in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnderWay {
    /// Its number.
    pub job: i64,
    /// Whether it waits or runs.
    pub state: JobState,
    /// How many jobs are before one that waits.
    pub ahead: Option<u64>,
}

/// How a class is going. Teams of the staff's own, and those that are out, are left out.
///
/// # Errors
/// The database's, or when the contest is no class.
pub async fn show(state: &AppState, contest: &Contest) -> Result<Class, Error> {
    let practice = contest.practice.as_ref();
    let practice = practice.ok_or(Error::NotFound("a class"))?;
    let standings = standings_now(state, Eyes::Staff).await?;
    let now = state.clock.now();
    let mut connection = state.connection().await?;
    let read = hints::all_read(&mut connection).await?;
    let mut last = last_runs(&mut connection).await?;
    let mut under_way = under_way(&mut connection).await?;
    let in_class = standings.teams.into_iter().filter(|team| !team.is_excluded);
    let mut teams = Vec::new();
    for standing in in_class {
        let number = standing.team;
        let mut team = row(&standing, contest, practice, now);
        if let Some(job) = last.remove(&number) {
            team.last = Some(last_run(&mut connection, &job).await?);
        }
        let own = read.iter().filter(|read| read.team_id == number);
        team.hints = own.copied().collect();
        team.under_way = under_way.remove(&number);
        teams.push(team);
    }
    teams.sort_by(|a, b| {
        let longest = b.stuck_seconds.cmp(&a.stuck_seconds);
        longest.then_with(|| a.name.cmp(&b.name))
    });
    Ok(Class {
        now,
        starts_at: contest.starts_at.as_millisecond(),
        untouched: practice.untouched,
        teams,
    })
}

/// What follows from a team's scores.
fn row(standing: &Standing, contest: &Contest, practice: &Practice, now: Millis) -> ClassTeam {
    let starts_at = contest.starts_at.as_millisecond();
    let improved_at = improved_at(&standing.points);
    let since = improved_at.map_or(starts_at, |at| at.max(starts_at));
    let ratio = standing.best.zip(practice.untouched);
    let ratio = ratio.map(|(best, untouched)| best as f64 / untouched as f64);
    ClassTeam {
        team: standing.team,
        name: standing.name.to_string(),
        stuck_seconds: (now - since).max(0) / 1000,
        improved_at,
        runs: standing.points.len(),
        last: None,
        best: standing.best,
        ratio,
        rung: ratio.and_then(|ratio| Some(course().reached(ratio)?.number)),
        hints: Vec::new(),
        under_way: None,
    }
}

/// When a score was last higher than what had been reached by more than runs of one app differ.
fn improved_at(points: &[Point]) -> Option<Millis> {
    let (mut reached, mut at) = (0.0, None);
    for point in points {
        let score = point.score as f64;
        if score > reached * (1.0 + SPREAD) {
            (reached, at) = (score, Some(point.at));
        }
    }
    at
}

/// The last run of each team that was judged or could not be done.
async fn last_runs(connection: &mut AnyConnection) -> Result<HashMap<i64, Row>, sqlx::Error> {
    let sql = "SELECT * FROM jobs WHERE id IN (
            SELECT MAX(id) FROM jobs
            WHERE kind = 'run' AND state IN ('finished', 'errored') GROUP BY team_id)";
    let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.team_id, row)).collect())
}

async fn last_run(connection: &mut AnyConnection, row: &Row) -> Result<LastRun, sqlx::Error> {
    let result = runs::result(connection, row.id).await?;
    let reason = match &result {
        Some(result) => result.reasons.first().cloned(),
        None => row.reason.clone(),
    };
    Ok(LastRun {
        job: row.id,
        state: row.state()?,
        verdict: result.map(|result| result.verdict),
        score: row.score.map(i64::cast_unsigned),
        reason,
        finished_at: row.finished_at,
    })
}

/// The job of each team that is waiting or running.
async fn under_way(connection: &mut AnyConnection) -> Result<HashMap<i64, UnderWay>, sqlx::Error> {
    let sql = "SELECT * FROM jobs WHERE state IN ('waiting', 'running')";
    let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
    let mut jobs = HashMap::new();
    for row in rows {
        let state = row.state()?;
        let ahead = match state {
            JobState::Waiting => Some(queue::ahead(connection, &row).await?),
            _ => None,
        };
        let job = row.id;
        jobs.insert(row.team_id, UnderWay { job, state, ahead });
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_improvement_is_more_than_noise() {
        let improved = |scores: &[u64]| {
            let points = (1..).zip(scores).map(|(at, score)| Point {
                job: at,
                at,
                score: *score,
            });
            improved_at(&points.collect::<Vec<_>>())
        };
        assert_eq!(improved(&[]), None);
        assert_eq!(improved(&[0, 0]), None);
        assert_eq!(improved(&[0, 100, 102, 0, 90]), Some(2));
        assert_eq!(improved(&[100, 103, 103]), Some(2));
        // Many small steps are one in the end.
        assert_eq!(improved(&[100, 101, 102, 103]), Some(4));
    }
}
