//! What teams ask the staff.
//!
//! An answer is an announcement: to the team alone, or to everybody in the staff's own words, with
//! the question as its title. What the team has written is shown to the team and the staff alone.

use sqlx::{AnyConnection, FromRow};

use crate::{
    announcements::{self, Draft},
    clock::Millis,
};

/// A question has at most so many characters.
pub const LONGEST: usize = 2_000;

/// So many questions of a team may wait at the same time.
pub const MOST_WAITING: i64 = 5;

/// A question that waits longer is warned of.
pub const PATIENCE: Millis = 2 * 60_000;

/// Why a question is not asked.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing, or too much.
    #[error("a question has 1 to {LONGEST} characters")]
    Length,
    /// The team has asked enough for now.
    #[error("{MOST_WAITING} questions of the team wait already")]
    TooMany,
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Question {
    /// Its number.
    pub id: i64,
    /// The team that asks.
    pub team_id: i64,
    /// In the team's words.
    pub text: String,
    /// When it was asked, milliseconds since 1970.
    pub asked_at: Millis,
    /// The announcement that answers it, or did so before it was withdrawn.
    pub answer_id: Option<i64>,
    /// Since when it waits for an answer, if it does.
    pub waits_since: Option<Millis>,
}

/// How many questions wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// How many.
    pub count: i64,
    /// Since when the first of them waits.
    pub since: Option<Millis>,
}

impl Waiting {
    /// How long one has waited, milliseconds, when that is too long.
    pub fn too_long(&self, now: Millis) -> Option<Millis> {
        let waited = now - self.since?;
        (waited > PATIENCE).then_some(waited)
    }
}

/// A question whose answer was withdrawn waits again.
const QUESTIONS: &str = "SELECT questions.id, questions.team_id, questions.text, asked_at,
        answer_id, CASE WHEN announcements.id IS NULL THEN asked_at ELSE withdrawn_at END
            AS waits_since
    FROM questions LEFT JOIN announcements ON announcements.id = answer_id";

/// Asks on behalf of a team, within a transaction. Gives the question's number.
///
/// # Errors
/// When it is no question, or one too many.
pub async fn ask(
    connection: &mut AnyConnection,
    team: i64,
    text: &str,
    now: Millis,
) -> Result<i64, Refused> {
    let text = text.trim().replace("\r\n", "\n");
    if !(1..=LONGEST).contains(&text.chars().count()) {
        return Err(Refused::Length);
    }
    // Whoever asks for the same team waits here.
    sqlx::query("UPDATE teams SET name = name WHERE id = $1")
        .bind(team)
        .execute(&mut *connection)
        .await?;
    let waiting = of_team(connection, team).await?.into_iter();
    let waiting = waiting.filter(|question| question.waits_since.is_some());
    if waiting.count() as i64 >= MOST_WAITING {
        return Err(Refused::TooMany);
    }
    let sql = "INSERT INTO questions (team_id, text, asked_at) VALUES ($1, $2, $3) RETURNING id";
    let id = sqlx::query_scalar(sql)
        .bind(team)
        .bind(text)
        .bind(now)
        .fetch_one(connection)
        .await?;
    Ok(id)
}

/// The question of that number.
///
/// # Errors
/// The database's.
pub async fn find(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<Question>, sqlx::Error> {
    let sql = format!("{QUESTIONS} WHERE questions.id = $1");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .fetch_optional(connection)
        .await
}

/// What a team has asked, the newest first.
///
/// # Errors
/// The database's.
pub async fn of_team(
    connection: &mut AnyConnection,
    team: i64,
) -> Result<Vec<Question>, sqlx::Error> {
    let sql = format!("{QUESTIONS} WHERE questions.team_id = $1 ORDER BY questions.id DESC");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(team)
        .fetch_all(connection)
        .await
}

/// All questions, the oldest first.
///
/// # Errors
/// The database's.
pub async fn all(connection: &mut AnyConnection) -> Result<Vec<Question>, sqlx::Error> {
    let sql = format!("{QUESTIONS} ORDER BY questions.id");
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
}

/// How many wait for an answer.
///
/// # Errors
/// The database's.
pub async fn waiting(connection: &mut AnyConnection) -> Result<Waiting, sqlx::Error> {
    let sql = format!(
        "SELECT COUNT(*) AS count, MIN(waits_since) AS since FROM ({QUESTIONS}) AS asked
            WHERE waits_since IS NOT NULL"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_one(connection)
        .await
}

/// Answers a question or amends its answer, within a transaction. `version` is the one of the
/// answer that was known, 0 if there was none.
///
/// # Errors
/// When it would tell everybody the team's own words, or somebody else was quicker.
pub async fn answer(
    connection: &mut AnyConnection,
    question: &Question,
    version: i64,
    draft: &Draft,
    now: Millis,
) -> Result<(), announcements::Refused> {
    use announcements::Refused;
    if draft.team.is_none() && is_same(&draft.title, &question.text) {
        return Err(Refused::TeamsWords);
    }
    if let Some(answer) = question.answer_id {
        return announcements::amend(connection, answer, version, draft, now).await;
    }
    let answer = announcements::tell(connection, draft, now).await?;
    let sql = "UPDATE questions SET answer_id = $2 WHERE id = $1 AND answer_id IS NULL";
    let answered = sqlx::query(sql)
        .bind(question.id)
        .bind(answer)
        .execute(connection)
        .await?;
    match answered.rows_affected() {
        0 => Err(Refused::Changed),
        _ => Ok(()),
    }
}

/// Whether two texts have the same words.
fn is_same(one: &str, other: &str) -> bool {
    let words = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
    words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_warned_of_a_question_that_waits_too_long() {
        let waiting = |since| Waiting { count: 1, since };
        assert_eq!(waiting(None).too_long(PATIENCE * 9), None);
        assert_eq!(waiting(Some(5)).too_long(5 + PATIENCE), None);
        assert_eq!(waiting(Some(5)).too_long(6 + PATIENCE), Some(PATIENCE + 1));
    }

    #[test]
    fn the_same_words_are_known_again() {
        assert!(is_same(" May we\nuse Redis? ", "may we use  redis?"));
        assert!(!is_same("May we use Redis?", "Redis"));
    }
}
