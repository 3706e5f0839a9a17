//! All routes, grouped by who calls them.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post, put},
};
use isutori_protocol::contest::{LARGEST_REPORT, LARGEST_SAMPLES};

use crate::{
    api,
    error::Error,
    pages::{
        acting, announcements, assets, board, files, guard::guard, hints, hosts, invite, job,
        listen, login, measurement, members, pastes, questions, staff, team,
    },
    state::AppState,
    unread,
};

/// A run's file has at most so many bytes, compressed.
const LARGEST_FILE: usize = 64 << 20;

/// A team's text has at most so many bytes.
const LARGEST_PASTE: usize = 1 << 20;

/// All routes. Serve them with `into_make_service_with_connect_info::<SocketAddr>()`, so that
/// logins can be limited by address.
pub fn router(state: AppState) -> Router {
    let pages = audience()
        .merge(members())
        .merge(staff())
        .fallback(async || Error::NotFound("this page"))
        .layer(middleware::from_fn_with_state(state.clone(), guard));
    pages
        .route("/static/{hash}/{name}", get(assets::show_asset))
        .route("/metrics", get(api::metrics::show))
        .merge(worker_programs())
        .merge(team_programs())
        .merge(host_programs())
        .merge(staff_programs())
        .layer(middleware::from_fn(unread::read_first))
        .with_state(state)
}

/// Workers.
fn worker_programs() -> Router<AppState> {
    use api::worker;
    Router::new()
        .route("/api/worker/hello", post(worker::hello))
        .route("/api/worker/claim", post(worker::claim))
        .route("/api/worker/heartbeat", post(worker::heartbeat))
        .route(
            "/api/worker/files/{job}/{attempt}/{*name}",
            put(worker::put_file)
                .get(worker::show_file)
                .layer(DefaultBodyLimit::max(LARGEST_FILE)),
        )
        .route("/api/worker/finish", post(worker::finish))
}

/// What teams run.
fn team_programs() -> Router<AppState> {
    use api::team;
    Router::new()
        .route("/api/team", get(team::show))
        .route("/api/team/jobs", post(team::enqueue))
        .route("/api/team/jobs/{id}", get(team::show_job))
        .route("/api/team/jobs/{id}/cancel", post(team::cancel))
        .route("/api/team/jobs/{id}/log", get(team::log))
        .route("/api/team/jobs/{id}/result", get(team::result))
        .route(
            "/api/team/rehearsal",
            get(team::show_measurement).post(team::rehearse),
        )
        .route(
            "/api/team/pastes",
            post(team::paste).layer(DefaultBodyLimit::max(LARGEST_PASTE)),
        )
}

/// What runs on teams' hosts.
fn host_programs() -> Router<AppState> {
    use api::host;
    let report = post(host::report).layer(DefaultBodyLimit::max(LARGEST_REPORT));
    let samples = post(host::take_samples).layer(DefaultBodyLimit::max(LARGEST_SAMPLES));
    Router::new()
        .route("/api/host/report", report)
        .route("/api/host/run", get(host::show_run))
        .route("/api/host/samples", samples)
}

/// What the staff runs.
fn staff_programs() -> Router<AppState> {
    Router::new().route("/api/staff/class", get(api::staff::show_class))
}

/// Anybody.
fn audience() -> Router<AppState> {
    Router::new()
        .route("/", get(board::show_board))
        .route("/board", get(board::show_part))
        .route("/board.json", get(board::show_json))
        .route("/screen", get(board::show_screen))
        .route("/announcements", get(announcements::show_announcements))
        .route("/events", get(listen::listen))
        .route("/login", get(login::show_login).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route(
            "/invite/{token}",
            get(invite::show_invite).post(invite::accept_invite),
        )
}

/// Members of a team; the staff may look at runs and their files as well.
fn members() -> Router<AppState> {
    Router::new()
        .route("/team", get(team::show_team))
        .route("/team/jobs", post(job::enqueue))
        .route("/team/jobs/{id}", get(job::show_job))
        .route("/team/jobs/{id}/cancel", post(job::cancel_job))
        .route("/team/jobs/{id}/files/{*name}", get(files::show_file))
        .route("/team/hosts", post(hosts::put_host))
        .route("/team/hosts/remove", post(hosts::remove_host))
        .route("/team/invite", post(members::invite))
        .route("/team/token", post(members::make_token))
        .route("/team/announcements/read", post(announcements::mark_read))
        .route(
            "/team/questions",
            get(questions::show_questions).post(questions::ask),
        )
        .route("/team/host-token", post(members::make_hosts_token))
        .route("/team/rehearsal", post(measurement::rehearse))
        .route("/team/hints", get(hints::show_hints).post(hints::read_hint))
        .route("/team/pastes", get(pastes::show_pastes))
        .route("/team/pastes/{id}", get(pastes::show_paste))
}

/// The staff; while one of them acts for a team, the way back alone.
fn staff() -> Router<AppState> {
    use staff::{
        announcements, audit, class, contest, exports, hints, hosts, jobs, measurements, questions,
        team, teams, workers,
    };
    Router::new()
        .route("/staff", get(staff::show_overview))
        .route("/staff/jobs", post(jobs::enqueue))
        .route("/staff/jobs/{id}/cancel", post(jobs::cancel_job))
        .route("/staff/jobs/{id}/show", post(class::show_run))
        .route("/staff/class", get(class::show_class))
        .route(
            "/staff/hints",
            get(hints::show_hints).post(hints::change_hint),
        )
        .route("/staff/workers/{id}/drain", post(workers::drain_worker))
        .route("/staff/worker-token", post(workers::make_token))
        .route(
            "/staff/teams",
            get(teams::show_teams).post(teams::create_team),
        )
        .route("/staff/teams/import", post(teams::import_teams))
        .route(
            "/staff/teams/{id}",
            get(team::show_team).post(team::change_team),
        )
        .route("/staff/teams/{id}/act", post(acting::begin))
        .route("/acting/end", post(acting::end))
        .route("/staff/teams/{id}/invite", post(team::invite_member))
        .route("/staff/teams/{id}/hosts", post(hosts::put_host))
        .route("/staff/teams/{id}/hosts/remove", post(hosts::remove_host))
        .route(
            "/staff/contest",
            get(contest::show_contest).post(contest::change_contest),
        )
        .route("/staff/contest.toml", get(contest::export_contest))
        .route(
            "/staff/final",
            get(measurements::show).post(measurements::begin),
        )
        .route("/staff/final/{id}/abort", post(measurements::abort))
        .route("/staff/final/{id}/count", post(measurements::let_count))
        .route("/staff/release", post(contest::release_results))
        .route(
            "/staff/announcements",
            get(announcements::show_announcements).post(announcements::tell),
        )
        .route(
            "/staff/announcements/{id}",
            get(announcements::show_announcement).post(announcements::amend),
        )
        .route(
            "/staff/announcements/{id}/withdraw",
            post(announcements::withdraw),
        )
        .route("/staff/questions", get(questions::show_questions))
        .route(
            "/staff/questions/{id}",
            get(questions::show_question).post(questions::answer),
        )
        .route("/staff/audit", get(audit::show_audit))
        .route("/staff/invite", post(audit::invite_staff))
        .route("/staff/export/standings.csv", get(exports::export_csv))
        .route("/staff/export/standings.json", get(exports::export_json))
        .route("/staff/export/runs.csv", get(exports::export_runs))
        .route(
            "/staff/export/announcements.csv",
            get(exports::export_announcements),
        )
        .route(
            "/staff/export/questions.csv",
            get(exports::export_questions),
        )
}
