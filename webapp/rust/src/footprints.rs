//! Footprints: who looked at whom, and when.

use std::{cmp::Reverse, collections::HashMap};

use askama::Template;
use axum::extract::State;
use sqlx::{FromRow, Row, any::AnyRow};

use crate::{
    database::Database,
    error::AppError,
    moment::Moment,
    page::Page,
    people::{self, Person},
    state::AppState,
    viewer::{CurrentPerson, Viewer},
};

/// How many footprints their own page shows.
const PAGE_LENGTH: usize = 50;

/// A row of `footprints`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Footprint {
    id: i64,
    visitor_id: i64,
    created_at: Moment,
}

impl FromRow<'_, AnyRow> for Footprint {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            visitor_id: row.try_get("visitor_id")?,
            created_at: Moment(row.try_get("created_at")?),
        })
    }
}

/// A visitor's last visit on one day.
pub struct Visit {
    pub visitor: Person,
    pub last: Moment,
}

/// Notes that somebody who is logged in looked at somebody else.
pub async fn leave_footprint(
    db: &Database,
    visitor: Option<&Person>,
    owner_id: i64,
) -> Result<(), sqlx::Error> {
    let Some(visitor) = visitor.filter(|visitor| visitor.id != owner_id) else {
        return Ok(());
    };
    db.query("INSERT INTO footprints (owner_id, visitor_id, created_at) VALUES (?, ?, ?)")
        .bind(owner_id)
        .bind(visitor.id)
        .bind(Moment::now().0)
        .execute(&db.pool)
        .await?;
    Ok(())
}

/// The newest visits, one for each visitor and UTC day, newest first.
pub async fn newest_visits(
    db: &Database,
    owner_id: i64,
    limit: usize,
) -> Result<Vec<Visit>, sqlx::Error> {
    let footprints: Vec<Footprint> = db
        .query_as("SELECT * FROM current_footprints WHERE owner_id = ?")
        .bind(owner_id)
        .fetch_all(&db.pool)
        .await?;
    let mut visits = Vec::with_capacity(limit);
    for footprint in last_of_each_day(footprints).into_iter().take(limit) {
        let visitor = people::find_by_id(db, footprint.visitor_id).await?;
        let last = footprint.created_at;
        visits.extend(visitor.map(|visitor| Visit { visitor, last }));
    }
    Ok(visits)
}

/// Keeps the last footprint of each visitor and day; newest first.
fn last_of_each_day(footprints: Vec<Footprint>) -> Vec<Footprint> {
    let time = |footprint: &Footprint| (footprint.created_at, footprint.id);
    let mut last: HashMap<(i64, String), Footprint> = HashMap::new();
    for footprint in footprints {
        let key = (footprint.visitor_id, footprint.created_at.day());
        let is_later = last
            .get(&key)
            .is_none_or(|known| time(known) < time(&footprint));
        if is_later {
            last.insert(key, footprint);
        }
    }
    let mut last: Vec<Footprint> = last.into_values().collect();
    last.sort_by_key(|footprint| Reverse(time(footprint)));
    last
}

#[derive(Template)]
#[template(path = "footprints.html")]
struct FootprintsPage {
    viewer: Viewer,
    visits: Vec<Visit>,
}

/// `GET /footprints`
pub async fn list_footprints(
    State(state): State<AppState>,
    current: CurrentPerson,
) -> Result<Page<impl Template>, AppError> {
    let visits = newest_visits(&state.db, current.person.id, PAGE_LENGTH).await?;
    Ok(Page(FootprintsPage {
        viewer: current.into(),
        visits,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn footprint(id: i64, visitor_id: i64, created_at: i64) -> Footprint {
        Footprint {
            id,
            visitor_id,
            created_at: Moment(created_at),
        }
    }

    #[test]
    fn one_footprint_is_kept_for_each_visitor_and_day() {
        let kept = last_of_each_day(vec![
            footprint(1, 7, 10),
            footprint(2, 8, 20),
            footprint(3, 7, DAY - 1),
            footprint(4, 7, DAY),
            footprint(5, 8, 20),
        ]);
        let ids: Vec<i64> = kept.iter().map(|footprint| footprint.id).collect();
        assert_eq!(ids, [4, 3, 5]);
    }
}
