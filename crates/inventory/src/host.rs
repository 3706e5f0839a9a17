//! Hosts, their names and addresses.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use crate::{Environment, TeamHost};

/// What a host is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Serves the reference app.
    App,
    /// Keeps its database.
    Database,
    /// Runs the benchmark.
    Worker,
    /// Serves the contest.
    Portal,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 4] = [Role::App, Role::Database, Role::Worker, Role::Portal];

    /// As the environment calls it.
    pub fn name(self) -> &'static str {
        match self {
            Role::App => "app",
            Role::Database => "database",
            Role::Worker => "worker",
            Role::Portal => "portal",
        }
    }

    /// Whether teams' hosts may have it.
    pub fn is_of_team(self) -> bool {
        matches!(self, Role::App | Role::Database)
    }
}

/// Whose host it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The team's name.
    pub team: String,
    /// The team's number, from 1.
    pub team_number: usize,
    /// The host's number within the team, from 1.
    pub number: usize,
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name in the whole contest: `team1-host2`, `worker1`, `portal`.
    pub name: String,
    /// Its address.
    pub address: Ipv4Addr,
    /// What it is for, in the order of [`Role::ALL`].
    pub roles: Vec<Role>,
    /// The team that it belongs to; none for the organiser's own.
    pub member: Option<Member>,
    /// Whether the benchmark comes by https.
    pub tls: bool,
}

impl Host {
    /// Its team's number, from 1.
    pub fn team_number(&self) -> Option<usize> {
        self.member.as_ref().map(|member| member.team_number)
    }

    /// Its name within the team: `host2`.
    pub fn short_name(&self) -> String {
        match &self.member {
            Some(member) => format!("host{}", member.number),
            None => self.name.clone(),
        }
    }

    /// Where the benchmark finds it, if it serves the app.
    pub fn url(&self) -> Option<String> {
        let serves = self.roles.contains(&Role::App);
        let scheme = if self.tls { "https" } else { "http" };
        serves.then(|| format!("{scheme}://{}", self.address))
    }
}

/// The hosts of an environment: the portal and the workers from the network's first 256 addresses,
/// those of each team from 256 of its own.
pub(crate) fn all_of(environment: &Environment) -> Vec<Host> {
    let organisers = |name: String, fourth: usize, role| {
        let address = address(environment, &name, 0, fourth);
        Host {
            name,
            address,
            roles: vec![role],
            member: None,
            tls: environment.tls,
        }
    };
    let portal = organisers("portal".to_owned(), 10, Role::Portal);
    let worker = |number| organisers(format!("worker{number}"), 10 + number, Role::Worker);
    let workers = (1..=environment.workers).map(worker);
    let teams = environment.teams.names().into_iter().enumerate();
    let teams = teams.flat_map(|(index, team)| of_team(environment, index + 1, &team));
    [portal].into_iter().chain(workers).chain(teams).collect()
}

fn of_team(environment: &Environment, team_number: usize, team: &str) -> Vec<Host> {
    let host = |(index, what): (usize, &TeamHost)| {
        let number = index + 1;
        let name = format!("team{team_number}-host{number}");
        let mut roles = what.roles.clone();
        roles.sort_unstable();
        roles.dedup();
        Host {
            address: address(environment, &name, team_number, number),
            name,
            roles,
            member: Some(Member {
                team: team.to_owned(),
                team_number,
                number,
            }),
            tls: environment.tls,
        }
    };
    environment.hosts.iter().enumerate().map(host).collect()
}

fn address(environment: &Environment, name: &str, third: usize, fourth: usize) -> Ipv4Addr {
    // Counts beyond their bounds are refused before anybody sees the hosts.
    let octet = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    let given = environment.addresses.get(name).copied();
    given.unwrap_or_else(|| environment.network.address(octet(third), octet(fourth)))
}
