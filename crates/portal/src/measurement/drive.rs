//! Drives measurements: looks again and again which steps can be taken, and takes them.

use std::time::Duration;

use tokio::{task::JoinSet, time::sleep};

use super::{advance, reboot};
use crate::state::AppState;

/// So often it is looked.
const EVERY: Duration = Duration::from_secs(1);

/// So many hosts are told to reboot at the same time.
const MOST_REBOOTS: usize = 8;

/// Drives measurements for as long as it is let to.
pub async fn look_after(state: AppState) {
    let mut reboots = JoinSet::new();
    loop {
        sleep(EVERY).await;
        if let Err(error) = drive(&state, &mut reboots).await {
            tracing::warn!(%error, "the final measurement could not be driven");
        }
    }
}

/// Takes all steps that can be taken now. Commands that reboot hosts are begun in `reboots`.
///
/// # Errors
/// The database's.
pub async fn drive(state: &AppState, reboots: &mut JoinSet<()>) -> Result<(), sqlx::Error> {
    while reboots.try_join_next().is_some() {}
    let sql = "SELECT id FROM measurements WHERE ended_at IS NULL LIMIT 1";
    let under_way: Option<i64> = sqlx::query_scalar(sql)
        .fetch_optional(&state.store.pool)
        .await?;
    if under_way.is_none() {
        return Ok(());
    }
    let sql = "SELECT measurement_id, team_id FROM measured_teams WHERE step <> 'over'";
    let teams: Vec<(i64, i64)> = sqlx::query_as(sql).fetch_all(&state.store.pool).await?;
    let contest = match state.contest().await {
        Ok(current) => current.contest,
        Err(error) => {
            tracing::warn!(%error, "there is a measurement, but no contest");
            return Ok(());
        }
    };
    let command = contest.final_measurement.reboot;
    for team in teams {
        let now = state.clock.now();
        if advance::advance(&state.store, team, !command.is_empty(), now).await? {
            state.events.tell_team(team.1);
        }
    }
    if !command.is_empty() {
        while reboots.len() < MOST_REBOOTS {
            let Some(order) = reboot::take(state, state.clock.now()).await? else {
                break;
            };
            reboots.spawn(reboot::carry_out(state.clone(), command.clone(), order));
        }
    }
    if close(state).await? {
        state.events.tell();
    }
    Ok(())
}

/// A measurement ends with its last team.
async fn close(state: &AppState) -> Result<bool, sqlx::Error> {
    let sql = "UPDATE measurements SET ended_at = $1 WHERE ended_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM measured_teams
            WHERE measurement_id = measurements.id AND step <> 'over')";
    let closed = sqlx::query(sql)
        .bind(state.clock.now())
        .execute(&state.store.pool)
        .await?;
    Ok(closed.rows_affected() > 0)
}
