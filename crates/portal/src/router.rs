//! All routes, grouped by who calls them.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post, put},
};

use crate::{
    api::{team, worker},
    state::AppState,
};

/// A run's file has at most so many bytes, compressed.
const LARGEST_FILE: usize = 64 << 20;

/// A team's text has at most so many bytes.
const LARGEST_PASTE: usize = 1 << 20;

/// All routes.
pub fn router(state: AppState) -> Router {
    let workers = Router::new()
        .route("/api/worker/hello", post(worker::hello))
        .route("/api/worker/claim", post(worker::claim))
        .route("/api/worker/heartbeat", post(worker::heartbeat))
        .route(
            "/api/worker/files/{job}/{attempt}/{*name}",
            put(worker::put_file).layer(DefaultBodyLimit::max(LARGEST_FILE)),
        )
        .route("/api/worker/finish", post(worker::finish));
    let teams = Router::new()
        .route("/api/team", get(team::show))
        .route("/api/team/jobs", post(team::enqueue))
        .route("/api/team/jobs/{id}", get(team::show_job))
        .route("/api/team/jobs/{id}/cancel", post(team::cancel))
        .route("/api/team/jobs/{id}/log", get(team::log))
        .route("/api/team/jobs/{id}/result", get(team::result))
        .route(
            "/api/team/pastes",
            post(team::paste).layer(DefaultBodyLimit::max(LARGEST_PASTE)),
        );
    workers.merge(teams).with_state(state)
}
