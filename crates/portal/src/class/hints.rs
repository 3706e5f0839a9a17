//! Which steps of hints are open to whom, and who has read them.
//!
//! A step opens by itself at its time, or by the teacher's word, which may also close it. What came
//! last counts: a step that the teacher has closed opens again only at a time that comes later, or
//! by another word. A word to all is a word to each team.

use serde::Serialize;
use sqlx::{AnyConnection, FromRow};

use super::course;
use crate::{
    clock::Millis,
    contest::{Contest, Practice},
    store,
};

/// Why a hint is not opened, closed or read.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The course has no such rung.
    #[error("there is no such rung")]
    NoRung,
    /// It is not the next one: somebody was quicker, or it is not open.
    #[error("another step of this hint is the next one by now")]
    NotNext,
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A step of a rung's hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rung, which counts from 1.
    pub rung: usize,
    /// Counts from 1: where to look, what is wrong, how to cure it.
    pub step: usize,
}

/// What the teacher has said of a step.
#[derive(Clone, Debug, FromRow)]
struct Word {
    rung: i64,
    step: i64,
    team_id: Option<i64>,
    opens: i64,
    said_at: Millis,
}

impl Word {
    fn is_of(&self, wanted: Step, team: Option<i64>) -> bool {
        (self.rung, self.step) == (wanted.rung as i64, wanted.step as i64)
            && (self.team_id.is_none() || self.team_id == team)
    }
}

/// What opens by itself, and all that the teacher has said.
#[derive(Clone, Debug)]
pub struct Hints {
    practice: Practice,
    starts_at: Millis,
    words: Vec<Word>,
}

impl Hints {
    /// Those of a class; of a contest without one, none is open.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(
        connection: &mut AnyConnection,
        contest: &Contest,
    ) -> Result<Hints, sqlx::Error> {
        let sql = "SELECT rung, step, team_id, opens, said_at FROM hint_words ORDER BY id";
        let words = sqlx::query_as(sql).fetch_all(connection).await?;
        Ok(Hints {
            practice: contest.practice.clone().unwrap_or_default(),
            starts_at: contest.starts_at.as_millisecond(),
            words,
        })
    }

    /// How many steps of a rung's hint are open at that moment: to a team, or as far as words to
    /// all go. No step is open without those before it.
    pub fn open(&self, rung: usize, team: Option<i64>, now: Millis) -> usize {
        let steps = course().rung(rung).map_or(0, |rung| rung.hints.len());
        let is_open = |step: &usize| self.is_open(Step { rung, step: *step }, team, now);
        (1..=steps).take_while(is_open).count()
    }

    fn is_open(&self, step: Step, team: Option<i64>, now: Millis) -> bool {
        let by_itself = self.opens_at(step).filter(|at| *at <= now);
        let mut words = self.words.iter().rev();
        match (words.find(|word| word.is_of(step, team)), by_itself) {
            (Some(word), Some(at)) if word.said_at < at => true,
            (Some(word), _) => word.opens != 0,
            (None, by_itself) => by_itself.is_some(),
        }
    }

    fn opens_at(&self, step: Step) -> Option<Millis> {
        self.practice.opens_at(self.starts_at, step.rung, step.step)
    }

    /// When the step after those that are open opens by itself, if it will.
    pub fn next_at(&self, rung: usize, team: Option<i64>, now: Millis) -> Option<Millis> {
        let step = self.open(rung, team, now) + 1;
        self.opens_at(Step { rung, step }).filter(|at| *at > now)
    }

    /// How many steps are open to a team that it has not read.
    pub fn unread(&self, team: i64, read: &[Read], now: Millis) -> usize {
        let rungs = course().rungs().iter();
        let unread = rungs.map(|rung| {
            let open = self.open(rung.number, Some(team), now);
            open.saturating_sub(steps_read(read, team, rung.number))
        });
        unread.sum()
    }
}

/// Opens the next step of a rung's hint or closes the last open one, to a team or to all; within a
/// transaction.
///
/// # Errors
/// When that step is not the next or the last one.
pub async fn say(
    connection: &mut AnyConnection,
    contest: &Contest,
    step: Step,
    team: Option<i64>,
    opens: bool,
    now: Millis,
) -> Result<(), Refused> {
    let rung = course().rung(step.rung).map_err(|_| Refused::NoRung)?;
    let hints = Hints::read(connection, contest).await?;
    let open = hints.open(step.rung, team, now);
    let is_next = match opens {
        true => step.step == open + 1 && step.step <= rung.hints.len(),
        false => step.step == open && open > 0,
    };
    if !is_next {
        return Err(Refused::NotNext);
    }
    let sql = "INSERT INTO hint_words (rung, step, team_id, opens, said_at)
        VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(sql)
        .bind(step.rung as i64)
        .bind(step.step as i64)
        .bind(team)
        .bind(i64::from(opens))
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// That a team has read a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct Read {
    /// The team's number.
    #[serde(skip)]
    pub team_id: i64,
    /// The rung.
    pub rung: i64,
    /// The step.
    pub step: i64,
    /// When, milliseconds since 1970.
    pub read_at: Millis,
}

/// How many steps of a rung's hint a team has read.
pub fn steps_read(read: &[Read], team: i64, rung: usize) -> usize {
    let is_of = |read: &&Read| (read.team_id, read.rung) == (team, rung as i64);
    read.iter().filter(is_of).count()
}

/// What all teams have read, in the order in which they did.
///
/// # Errors
/// The database's.
pub async fn all_read(connection: &mut AnyConnection) -> Result<Vec<Read>, sqlx::Error> {
    let sql =
        "SELECT team_id, rung, step, read_at FROM hints_read ORDER BY read_at, team_id, rung, step";
    sqlx::query_as(sql).fetch_all(connection).await
}

/// What a team has read, in the order in which it did.
///
/// # Errors
/// The database's.
pub async fn read_by(connection: &mut AnyConnection, team: i64) -> Result<Vec<Read>, sqlx::Error> {
    let sql = "SELECT team_id, rung, step, read_at FROM hints_read WHERE team_id = $1
        ORDER BY read_at, rung, step";
    sqlx::query_as(sql).bind(team).fetch_all(connection).await
}

/// A team reads a step that is open to it, one after the other; what it has read already changes
/// nothing. Within a transaction.
///
/// # Errors
/// When the step is not open, or not the next one.
pub async fn read(
    connection: &mut AnyConnection,
    contest: &Contest,
    team: i64,
    step: Step,
    now: Millis,
) -> Result<(), Refused> {
    let open = Hints::read(connection, contest).await?;
    let before = store::number("SELECT COUNT(*) FROM hints_read WHERE team_id = $1 AND rung = $2")
        .bind(team)
        .bind(step.rung as i64)
        .fetch_one(&mut *connection)
        .await?;
    let is_open = (1..=open.open(step.rung, Some(team), now)).contains(&step.step);
    if !is_open || step.step as i64 > before + 1 {
        return Err(Refused::NotNext);
    }
    let sql = "INSERT INTO hints_read (team_id, rung, step, read_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    sqlx::query(sql)
        .bind(team)
        .bind(step.rung as i64)
        .bind(step.step as i64)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}
