//! All routes, grouped by who calls them.

use std::path::Path;

use anyhow::Context;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use tower_http::services::ServeDir;

use crate::{
    access_log::{AccessLog, log_access},
    accounts,
    body::read_body,
    comments,
    config::Config,
    diary, entries,
    error_page::draw_error_page,
    footprints, friends, home, initialize, moderation, panel, people, pictures, recent, report,
    state::AppState,
    timeline,
};

/// Puts the site together.
pub fn build(state: AppState, config: &Config) -> anyhow::Result<Router> {
    let mut router = Router::new()
        .merge(routes_for_everybody())
        .merge(routes_with_login())
        .merge(routes_for_the_organiser())
        .merge(static_files(&config.public_dir))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(read_body))
        .layer(from_fn_with_state(state.clone(), draw_error_page));
    if let Some(format) = config.access_log {
        let file = config.access_log_file.as_deref();
        let log = AccessLog::open(format, file, state.trusted_proxies.clone())
            .context("ACCESS_LOG_FILE: cannot open the access log")?;
        router = router.layer(from_fn_with_state(log, log_access));
    }
    Ok(router.with_state(state))
}

fn routes_for_everybody() -> Router<AppState> {
    Router::new()
        .route(
            "/signup",
            get(accounts::show_signup).post(accounts::sign_up),
        )
        .route("/login", get(accounts::show_login).post(accounts::log_in))
        .route("/recent/{page}", get(recent::show_recent))
        .route(
            "/people/{name}",
            get(people::show_person).post(people::edit_profile),
        )
        .route("/diary/{name}", get(diary::show_diary))
        .route("/entries/{id}", get(entries::show_entry))
        .route("/images/{id}", get(pictures::show_photo))
        .route("/icons/{name}", get(pictures::show_icon))
}

fn routes_with_login() -> Router<AppState> {
    Router::new()
        .route("/", get(home::show_home))
        .route("/logout", post(accounts::log_out))
        .route(
            "/friends",
            get(friends::list_friends).post(friends::befriend),
        )
        .route("/footprints", get(footprints::list_footprints))
        .route("/api/timeline", get(timeline::show_timeline))
        .route("/api/panel", get(panel::show_panel))
        .route("/entries", post(entries::create_entry))
        .route("/icon", post(pictures::change_icon))
        .route("/entries/{id}/comments", post(comments::create_comment))
}

fn routes_for_the_organiser() -> Router<AppState> {
    Router::new()
        .route("/initialize", post(initialize::initialize))
        .route("/report", get(report::show_report))
        .route("/entries/{id}/remove", post(moderation::remove_entry))
        .route("/people/{name}/ban", post(moderation::ban_person))
}

fn static_files(folder: &Path) -> Router<AppState> {
    let files = ServeDir::new(folder).append_index_html_on_directories(false);
    Router::new()
        .route_service("/css/{*file}", files.clone())
        .route_service("/js/{*file}", files.clone())
        .route_service("/img/{*file}", files.clone())
        .route_service("/fonts/{*file}", files)
}
