//! For the organiser: who is locked, and which addresses are banned.

use std::collections::HashMap;

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{
    accounts::{FAILURES_OF_ADDRESS, FAILURES_OF_PERSON},
    error::AppError,
    organiser::Organiser,
    people,
    state::AppState,
};

/// What the organiser is told, in no particular order.
#[derive(Serialize)]
pub struct Report {
    /// Account names.
    locked_people: Vec<String>,
    banned_addresses: Vec<String>,
}

/// `GET /report`
pub async fn show_report(
    State(state): State<AppState>,
    _: Organiser,
) -> Result<Json<Report>, AppError> {
    let mut people: HashMap<i64, i64> = HashMap::new();
    let mut addresses: HashMap<String, i64> = HashMap::new();
    let attempts: Vec<(Option<i64>, String, i16)> = state
        .db
        .query_as("SELECT person_id, address, succeeded FROM login_log ORDER BY id")
        .fetch_all(&state.db.pool)
        .await?;
    for (person, address, succeeded) in attempts {
        let succeeded = succeeded != 0;
        if let Some(person) = person {
            count(people.entry(person).or_default(), succeeded);
        }
        count(addresses.entry(address).or_default(), succeeded);
    }
    let mut locked_people = Vec::new();
    for (person, failures) in people {
        if failures >= FAILURES_OF_PERSON {
            let person = people::find_by_id(&state.db, person).await?;
            locked_people.extend(person.map(|person| person.name));
        }
    }
    let banned_addresses = addresses
        .into_iter()
        .filter(|(_, failures)| *failures >= FAILURES_OF_ADDRESS)
        .map(|(address, _)| address)
        .collect();
    Ok(Json(Report {
        locked_people,
        banned_addresses,
    }))
}

/// Failures since the last success.
fn count(failures: &mut i64, succeeded: bool) {
    *failures = if succeeded { 0 } else { *failures + 1 };
}
