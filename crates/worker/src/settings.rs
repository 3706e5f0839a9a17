//! What a worker has to know.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::Portal;

/// All settings of a worker.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where jobs come from, with the worker's token.
    pub portal: Portal,
    /// Unique among the portal's workers; see [`host_name`].
    pub name: String,
    /// The worker takes jobs of teams in this zone, and of teams without one.
    pub zone: Option<String>,
    /// How many jobs it takes at the same time; at least 1.
    pub concurrency: u16,
    /// Each attempt gets a folder of its own here. Nothing is ever removed from it.
    pub runs: PathBuf,
    /// Where benchmarks have their external services: an address of this machine that the sites can
    /// reach. With port 0 each takes a free one, otherwise this one and those that follow it.
    pub services: SocketAddr,
    /// Certificates of authorities whose sites the benchmark trusts besides those of public ones.
    pub authorities: Option<PathBuf>,
    /// The `isutori` that makes the runs.
    pub program: PathBuf,
}

impl Settings {
    /// The services of the job in this slot, counted from 0.
    pub(crate) fn services_of(&self, slot: u16) -> SocketAddr {
        let mut address = self.services;
        if address.port() != 0 {
            address.set_port(address.port().saturating_add(slot));
        }
        address
    }

    pub(crate) fn runs(&self) -> &Path {
        &self.runs
    }
}

/// The name of this machine, or `worker` if it has none that is text.
pub fn host_name() -> String {
    let name = nix::unistd::gethostname().ok();
    let name = name.and_then(|name| name.into_string().ok());
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| "worker".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(services: &str) -> Settings {
        Settings {
            portal: Portal::new("http://127.0.0.1:1", "token").expect("a portal"),
            name: host_name(),
            zone: None,
            concurrency: 2,
            runs: PathBuf::new(),
            services: services.parse().expect("an address"),
            authorities: None,
            program: PathBuf::new(),
        }
    }

    #[test]
    fn a_given_port_is_followed_by_those_of_other_slots() {
        let given = settings("10.0.0.1:9000");
        assert_eq!(given.services_of(0).to_string(), "10.0.0.1:9000");
        assert_eq!(given.services_of(3).to_string(), "10.0.0.1:9003");
    }

    #[test]
    fn any_port_is_any_port_for_every_slot() {
        let any = settings("10.0.0.1:0");
        assert_eq!(any.services_of(3).to_string(), "10.0.0.1:0");
    }
}
