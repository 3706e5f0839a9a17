//! A team's own page.

use askama::Template;
use axum::extract::State;

use isutori_protocol::contest::{Job, JobKind};

use super::{
    Page,
    announcements::News,
    frame::{ContestClock, Frame},
    measurement::{Cell, JobCell},
    visitor::Member,
};
use crate::{
    announcements::{self, Told},
    boards::standings_now,
    class::shown::{self, Shown},
    error::Error,
    figures::grouped,
    graph::Graph,
    measurement::{self, TeamRecord},
    people, queue,
    standings::{Eyes, Standing},
    state::AppState,
    teams::{self, HostState, Team},
};

/// How many jobs are shown.
const LATEST: i64 = 50;

/// How much news is shown.
const LATEST_NEWS: usize = 3;

#[derive(Template)]
#[template(path = "team.html")]
pub(crate) struct TeamPage {
    frame: Frame,
    team: Team,
    clock: Option<ContestClock>,
    jobs: Vec<Job>,
    hosts: Vec<HostState>,
    most_hosts: u64,
    are_hosts_locked: bool,
    members: Vec<String>,
    is_full: bool,
    standing: Option<Standing>,
    graph: Graph,
    ai_policy: String,
    is_frozen: bool,
    /// The latest that was told and not yet read.
    news: News,
    /// How much of it there is besides.
    more_news: usize,
    measured: Option<TeamRecord>,
    /// What the teacher shows to everyone.
    shown: Vec<Shown>,
    /// Whether the measurement is the staff's, and counts.
    is_final: bool,
}

impl TeamPage {
    fn under_way(&self) -> Option<&Job> {
        self.jobs.iter().find(|job| !job.state.is_over())
    }

    /// The final measurement is the staff's.
    fn may_cancel(&self, job: &Job) -> bool {
        matches!(job.kind, JobKind::Run | JobKind::Rehearsal)
    }

    fn score(&self) -> String {
        let score = self.standing.as_ref().and_then(|standing| standing.score);
        score.map_or("–".to_owned(), grouped)
    }

    fn best(&self) -> String {
        let best = self.standing.as_ref().and_then(|standing| standing.best);
        best.map_or("–".to_owned(), grouped)
    }
}

/// `GET /team`.
pub(crate) async fn show_team(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Page<TeamPage>, Error> {
    let contest = frame.contest()?;
    let standings = standings_now(&state, Eyes::Team(team.id)).await?;
    let own = standings.teams.into_iter();
    let own: Vec<Standing> = own.filter(|own| own.team == team.id).collect();
    let graph = Graph::new(&own, contest, frame.now, frame.t.own_graph_label);
    let mut connection = state.connection().await?;
    let mut jobs = Vec::new();
    for row in queue::of_team(&mut connection, team.id, LATEST).await? {
        jobs.push(queue::to_protocol(&mut connection, &row, frame.now).await?);
    }
    let members = people::members(&mut connection, team.id).await?;
    let mut unread = announcements::told_to(&mut connection, frame.reader()).await?;
    unread.retain(Told::is_unread);
    let more_news = unread.len().saturating_sub(LATEST_NEWS);
    unread.truncate(LATEST_NEWS);
    let measured = measurement::of_team(&mut connection, team.id).await?;
    let shown = match frame.is_class() {
        true => shown::all(&mut connection).await?,
        false => Vec::new(),
    };
    let is_final = measured.as_ref().is_some_and(|(one, _)| one.counts != 0);
    Ok(Page(TeamPage {
        measured: measured.map(|(_, record)| record),
        is_final,
        shown,
        clock: frame.clock(Some(&team)),
        jobs,
        hosts: teams::host_states(&mut connection, team.id).await?,
        most_hosts: contest.hosts,
        are_hosts_locked: team.is_over(contest, frame.now),
        is_full: members.len() as u64 >= contest.team_size,
        members,
        standing: own.into_iter().next(),
        graph,
        ai_policy: contest.ai_policy.clone(),
        is_frozen: standings.is_frozen,
        team,
        news: News::new(&frame, unread),
        more_news,
        frame,
    }))
}
