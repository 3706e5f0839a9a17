//! A team's own page.

use askama::Template;
use axum::extract::State;

use isutori_protocol::contest::Job;

use super::{
    Page,
    frame::{ContestClock, Frame},
    visitor::Member,
};
use crate::{
    boards::standings_now,
    error::Error,
    figures::grouped,
    graph::Graph,
    people, queue,
    standings::{Eyes, Standing},
    state::AppState,
    teams::{self, Host, Team},
};

/// How many jobs are shown.
const LATEST: i64 = 50;

#[derive(Template)]
#[template(path = "team.html")]
pub(crate) struct TeamPage {
    frame: Frame,
    team: Team,
    clock: Option<ContestClock>,
    jobs: Vec<Job>,
    hosts: Vec<Host>,
    most_hosts: u64,
    are_hosts_locked: bool,
    members: Vec<String>,
    is_full: bool,
    standing: Option<Standing>,
    graph: Graph,
    ai_policy: String,
    is_frozen: bool,
}

impl TeamPage {
    fn under_way(&self) -> Option<&Job> {
        self.jobs.iter().find(|job| !job.state.is_over())
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
    Ok(Page(TeamPage {
        clock: frame.clock(Some(&team)),
        jobs,
        hosts: teams::hosts(&mut connection, team.id).await?,
        most_hosts: contest.hosts,
        are_hosts_locked: frame.now >= team.ends_at(contest),
        is_full: members.len() as u64 >= contest.team_size,
        members,
        standing: own.into_iter().next(),
        graph,
        ai_policy: contest.ai_policy.clone(),
        is_frozen: standings.is_frozen,
        team,
        frame,
    }))
}
