//! The table `[environment]`.

use std::{collections::BTreeMap, net::Ipv4Addr, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use crate::{Lifetime, Network, Role};

/// So many teams have addresses.
const MOST_TEAMS: usize = 250;
/// So many hosts a team has at most.
const MOST_HOSTS: usize = 5;
/// So many workers have addresses.
const MOST_WORKERS: usize = 99;
/// Of one processor, per cent: with less no database starts in time, and no machine has more.
const CPU_PERCENT: RangeInclusive<u32> = 5..=6400;

/// A database engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// MariaDB.
    #[default]
    Mysql,
    /// PostgreSQL.
    Postgres,
}

/// The teams: so many, or by their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Teams {
    /// `team1`, `team2` and so on.
    Count(usize),
    /// As they are called.
    Named(Vec<String>),
}

impl Teams {
    /// Their names.
    pub fn names(&self) -> Vec<String> {
        match self {
            Teams::Count(count) => (1..=*count).map(|number| format!("team{number}")).collect(),
            Teams::Named(names) => names.clone(),
        }
    }

    fn count(&self) -> usize {
        match self {
            Teams::Count(count) => *count,
            Teams::Named(names) => names.len(),
        }
    }
}

/// What a host of each team is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamHost {
    /// `app`, `database`, or both.
    pub roles: Vec<Role>,
}

/// What hosts a contest has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The teams.
    pub teams: Teams,
    /// The hosts that each team gets.
    #[serde(rename = "host")]
    pub hosts: Vec<TeamHost>,
    /// How many hosts run the benchmark.
    #[serde(default = "one")]
    pub workers: usize,
    /// The database that teams find.
    #[serde(default)]
    pub database: Engine,
    /// The contestants' account on their hosts.
    #[serde(default = "contest_user")]
    pub contest_user: String,
    /// The organiser's account on every host.
    #[serde(default = "organiser_user")]
    pub organiser_user: String,
    /// Where all addresses are from.
    #[serde(default)]
    pub network: Network,
    /// Addresses that do not follow from the network, by the host's name.
    #[serde(default)]
    pub addresses: BTreeMap<String, Ipv4Addr>,
    /// Where people and workers find the portal, unless it is its host's port 8000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_url: Option<String>,
    /// Whether the benchmark comes by https. Hosts serve both in any case.
    #[serde(default)]
    pub tls: bool,
    /// So long after the contest hosts switch themselves off.
    #[serde(default = "a_day")]
    pub stop_after: Lifetime,
    /// How much of one processor each of a team's hosts may use, per cent; 200 are two. All there is
    /// unless given. For a lab alone: hosts elsewhere have the processors that they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<u32>,
}

fn one() -> usize {
    1
}

fn a_day() -> Lifetime {
    Lifetime::from_hours(24)
}

fn contest_user() -> String {
    "isutori".to_owned()
}

fn organiser_user() -> String {
    "organiser".to_owned()
}

impl Environment {
    /// Teams of so many hosts each: the last keeps the database, the others serve the app; a
    /// single one does both.
    pub fn usual(teams: usize, hosts: usize) -> Environment {
        let role = |number| match hosts {
            1 => vec![Role::App, Role::Database],
            _ if number == hosts => vec![Role::Database],
            _ => vec![Role::App],
        };
        Environment {
            teams: Teams::Count(teams),
            hosts: (1..=hosts)
                .map(|number| TeamHost {
                    roles: role(number),
                })
                .collect(),
            workers: one(),
            database: Engine::default(),
            contest_user: contest_user(),
            organiser_user: organiser_user(),
            network: Network::default(),
            addresses: BTreeMap::new(),
            portal_url: None,
            tls: false,
            stop_after: a_day(),
            cpu_percent: None,
        }
    }

    /// Whether it can be; `most_hosts` is what the contest allows a team.
    pub(crate) fn check(&self, most_hosts: Option<u64>) -> Result<(), String> {
        self.check_counts(most_hosts)?;
        self.check_roles()?;
        self.check_names()
    }

    fn check_counts(&self, most_hosts: Option<u64>) -> Result<(), String> {
        let within = |what: &str, count: usize, most: usize| {
            let fits = (1..=most).contains(&count);
            fits.then_some(())
                .ok_or(format!("{what} are 1 to {most}, not {count}"))
        };
        within("teams", self.teams.count(), MOST_TEAMS)?;
        within(
            "a team's hosts, [[environment.host]],",
            self.hosts.len(),
            MOST_HOSTS,
        )?;
        within("workers", self.workers, MOST_WORKERS)?;
        if let Some(percent) = self
            .cpu_percent
            .filter(|percent| !CPU_PERCENT.contains(percent))
        {
            let (least, most) = CPU_PERCENT.into_inner();
            return Err(format!("cpu_percent is {least} to {most}, not {percent}"));
        }
        let hosts = self.hosts.len();
        match most_hosts {
            Some(most) if most < hosts as u64 => Err(format!(
                "a team gets {hosts} hosts, but the contest allows {most}; raise hosts = {most}"
            )),
            _ => Ok(()),
        }
    }

    fn check_roles(&self) -> Result<(), String> {
        for (index, host) in self.hosts.iter().enumerate() {
            let number = index + 1;
            if host.roles.is_empty() {
                return Err(format!(
                    "host {number} has no roles; give app, database or both"
                ));
            }
            if let Some(role) = host.roles.iter().find(|role| !role.is_of_team()) {
                let role = role.name();
                return Err(format!(
                    "host {number} has the role {role}, which is no team's; give app or database"
                ));
            }
        }
        for role in [Role::App, Role::Database] {
            if !self.hosts.iter().any(|host| host.roles.contains(&role)) {
                let role = role.name();
                return Err(format!(
                    "no host of a team has the role {role}; give it to one"
                ));
            }
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), String> {
        let names = self.teams.names();
        for (index, name) in names.iter().enumerate() {
            let is_line = !name.trim().is_empty() && !name.chars().any(char::is_control);
            if !is_line || name.trim() != name {
                return Err(format!(
                    "team {} has the name {name:?}, which is none",
                    index + 1
                ));
            }
            if names[..index].contains(name) {
                return Err(format!("two teams are called {name:?}; rename one"));
            }
        }
        for user in [&self.contest_user, &self.organiser_user] {
            if !is_account(user) {
                return Err(format!(
                    "{user:?} is no account; give up to 32 letters of a-z 0-9 _ -, a letter first"
                ));
            }
        }
        if self.contest_user == self.organiser_user {
            return Err("contest_user and organiser_user must be two".to_owned());
        }
        let known: Vec<String> = crate::host::all_of(self)
            .into_iter()
            .map(|host| host.name)
            .collect();
        match self.addresses.keys().find(|name| !known.contains(name)) {
            Some(name) => Err(format!(
                "addresses names {name:?}; hosts are {}",
                known.join(", ")
            )),
            None => Ok(()),
        }
    }
}

fn is_account(name: &str) -> bool {
    name.len() <= 32
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && (name.bytes())
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}
