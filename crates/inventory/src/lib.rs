//! The hosts of a contest.
//!
//! The table `[environment]` of a `contest.toml` says how many teams there are and what hosts each
//! of them gets ([`Environment`]). Everything else follows by rule: names and addresses
//! ([`Host`]), the files that tell a host who and where it is ([`Host::files`]), the inventory for
//! Ansible ([`Inventory::to_ansible`]), what a fresh machine of a cloud is told so that it becomes a
//! host ([`Inventory::to_cloud_init`]), and certificates ([`Inventory::certify`]). Teams and hosts are
//! data; nothing is said twice.

mod ansible;
mod certificates;
mod cloud_init;
mod environment;
mod files;
mod firewall;
mod host;
mod lifetime;
mod network;

use std::{fs, net::Ipv4Addr, path::Path};

use jiff::Timestamp;
use serde::Deserialize;

pub use certificates::CertificateError;
pub use cloud_init::Given;
pub use environment::{Engine, Environment, TeamHost, Teams};
pub use files::HostFile;
pub use host::{Host, Member, Role};
pub use lifetime::Lifetime;
pub use network::Network;

/// The initial data, as the table `[run]` says it for the benchmark too.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Data {
    /// `small`, `standard` or `large`.
    pub size: String,
    /// What it is made from.
    pub data_seed: u64,
}

impl Default for Data {
    fn default() -> Self {
        Data {
            size: "standard".to_owned(),
            data_seed: 1,
        }
    }
}

/// All hosts of a contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// What was said.
    pub environment: Environment,
    /// What databases hold at the start.
    pub data: Data,
    /// Portal, workers, then the teams' hosts, team by team.
    pub hosts: Vec<Host>,
    /// When the contest ends, if that is known.
    pub ends_at: Option<Timestamp>,
}

/// Why there is no inventory.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        error: std::io::Error,
    },
    /// It is no TOML, or has other fields.
    #[error("the environment: {0}")]
    Syntax(#[from] toml::de::Error),
    /// The table is missing.
    #[error(
        "the contest has no table [environment], which says what hosts there are; \
         docs/host-guide.md shows one"
    )]
    Absent,
    /// It says what cannot be.
    #[error("the environment: {0}")]
    Nonsense(String),
}

/// What is read of a `contest.toml`; the portal reads the rest.
#[derive(Deserialize)]
struct ContestFile {
    /// The most hosts of a team.
    hosts: Option<u64>,
    ends_at: Option<Timestamp>,
    environment: Option<Environment>,
    #[serde(default)]
    run: Data,
}

impl Inventory {
    /// Reads a `contest.toml`.
    ///
    /// # Errors
    /// When it cannot be read, or describes no environment that could be.
    pub fn read(path: &Path) -> Result<Inventory, InventoryError> {
        let text = fs::read_to_string(path).map_err(|error| InventoryError::File {
            path: path.display().to_string(),
            error,
        })?;
        Inventory::parse(&text)
    }

    /// Makes it from the text of a `contest.toml`.
    ///
    /// # Errors
    /// When that describes no environment that could be.
    pub fn parse(text: &str) -> Result<Inventory, InventoryError> {
        let file: ContestFile = toml::from_str(text)?;
        let environment = file.environment.ok_or(InventoryError::Absent)?;
        environment
            .check(file.hosts)
            .map_err(InventoryError::Nonsense)?;
        let hosts = host::all_of(&environment);
        Ok(Inventory {
            environment,
            data: file.run,
            hosts,
            ends_at: file.ends_at,
        })
    }

    /// A single host that knows nobody else, for whoever practises alone, on small data.
    pub fn practice() -> Inventory {
        let here = |name: &str| (name.to_owned(), Ipv4Addr::LOCALHOST);
        let environment = Environment {
            addresses: ["portal", "worker1", "team1-host1"].map(here).into(),
            ..Environment::usual(1, 1)
        };
        Inventory {
            hosts: host::all_of(&environment),
            environment,
            data: Data {
                size: "small".to_owned(),
                ..Data::default()
            },
            ends_at: None,
        }
    }

    /// The hosts with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Host> {
        (self.hosts.iter()).filter(move |host| host.roles.contains(&role))
    }

    /// The hosts of the team of that number, counted from 1.
    pub fn of_team(&self, number: usize) -> impl Iterator<Item = &Host> {
        (self.hosts.iter()).filter(move |host| host.team_number() == Some(number))
    }

    /// The host of that name.
    pub fn find(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }

    /// When hosts switch themselves off, if they do.
    pub fn stops_at(&self) -> Option<Timestamp> {
        self.environment.stop_after.end(self.ends_at?)
    }

    /// Where the portal is.
    pub fn portal_url(&self) -> String {
        let given = self.environment.portal_url.clone();
        given.unwrap_or_else(|| {
            let portal = self.with_role(Role::Portal).next();
            let portal = portal.expect("every inventory has a portal");
            format!("http://{}:8000", portal.address)
        })
    }
}

#[cfg(test)]
mod tests;
