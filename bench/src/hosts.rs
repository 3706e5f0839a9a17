//! The hosts of one site.

use std::{path::Path, sync::Arc};

use isutori_engine::{
    browser::Site,
    connection::Limits,
    failure::Failure,
    target::{Scheme, Target},
    trust::{Trust, TrustError},
};

/// The line of each connection between person and site, in bytes a second: 8 Mbit/s, so that what
/// is compressed is there sooner.
pub const LINE: u64 = 1_000_000;

/// What an answer may take.
pub const LIMITS: Limits = Limits {
    line: Some(LINE),
    ..Limits::DEFAULT
};

/// The hosts of one site, at least one. Sessions and data are the same on all of
/// them; a person's browser keeps to one.
#[derive(Clone)]
pub struct Hosts(Arc<[Site]>);

/// Hosts that cannot be those of one site; the message says why.
#[derive(Debug, thiserror::Error)]
pub enum HostsError {
    /// Nothing to visit.
    #[error("no target is given; give the URL of each host of the site")]
    None,
    /// One host twice.
    #[error("the target {0} is given twice; give each host of the site once")]
    Twice(Target),
    /// Browsers would keep cookies on one host that they do not send to another.
    #[error(
        "{0} and {1} cannot be hosts of one site; \
         give targets that all begin with http://, all with https://, or all with unix:"
    )]
    Mixed(Target, Target),
    /// The authorities that are to be trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
}

impl Hosts {
    /// Hosts at these addresses. With TLS, their certificates must be signed by a
    /// public authority or by one in the PEM file `authorities`.
    ///
    /// # Errors
    /// See [`HostsError`].
    pub fn new(targets: &[Target], authorities: Option<&Path>) -> Result<Self, HostsError> {
        let first = targets.first().ok_or(HostsError::None)?;
        for (n, target) in targets.iter().enumerate() {
            if targets[..n].contains(target) {
                return Err(HostsError::Twice(target.clone()));
            }
            if kind(target) != kind(first) {
                return Err(HostsError::Mixed(first.clone(), target.clone()));
            }
        }
        let trust = authorities.map_or_else(|| Ok(Trust::public()), Trust::with_authorities)?;
        let sites = targets
            .iter()
            .map(|target| Site::new(target.clone(), &trust, LIMITS));
        Ok(Hosts(sites.collect()))
    }

    /// Where `POST /initialize` goes.
    pub fn first(&self) -> &Site {
        &self.0[0]
    }

    /// All of them, the first one first.
    pub fn all(&self) -> &[Site] {
        &self.0
    }

    /// The one that the person of that number keeps to.
    pub fn of(&self, person: u64) -> &Site {
        &self.0[(person % self.0.len() as u64) as usize]
    }

    /// Whether all of it is on other machines than this one, as far as the
    /// addresses tell.
    pub fn are_elsewhere(&self) -> bool {
        !self.0.iter().any(|site| site.target().is_local())
    }

    /// The addresses, as they were given.
    pub fn addresses(&self) -> Vec<String> {
        let targets = self.0.iter().map(|site| site.target().to_string());
        targets.collect()
    }

    /// The failure with the name of its host, where there are others.
    #[must_use]
    pub(crate) fn locate(&self, failure: Failure, host: &Target) -> Failure {
        match self.0.len() {
            1 => failure,
            _ => failure.at(&host.to_string()),
        }
    }
}

/// A site with a single host.
impl From<Site> for Hosts {
    fn from(site: Site) -> Self {
        Hosts(Arc::new([site]))
    }
}

/// A site with a single host, and with the public's trust.
impl From<Target> for Hosts {
    fn from(target: Target) -> Self {
        Site::new(target, &Trust::public(), LIMITS).into()
    }
}

fn kind(target: &Target) -> (bool, Scheme) {
    (matches!(target, Target::Unix { .. }), target.scheme())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(targets: &[&str]) -> Result<Hosts, String> {
        let targets = targets
            .iter()
            .map(|target| target.parse().expect("a target"))
            .collect::<Vec<Target>>();
        Hosts::new(&targets, None).map_err(|error| error.to_string())
    }

    #[test]
    fn people_are_dealt_evenly_and_keep_to_their_host() {
        let hosts = hosts(&["http://a", "http://b", "http://c"]).expect("hosts");
        let dealt: String = (0..7)
            .map(|person| hosts.of(person).target().host().to_owned())
            .collect();
        assert_eq!(dealt, "abcabca");
        assert_eq!(hosts.first().target().host(), "a");
    }

    #[test]
    fn what_cannot_be_one_site_is_refused() {
        for (targets, words) in [
            (&[][..], "no target is given"),
            (
                &["http://a", "http://b", "http://a:80"],
                "http://a is given twice",
            ),
            (
                &["http://a", "https://a"],
                "http://a and https://a cannot be",
            ),
            (&["http://a", "unix:a"], "http://a and unix:a cannot be"),
        ] {
            let error = hosts(targets).err().expect("an error");
            assert!(error.contains(words), "{error}");
        }
        assert!(hosts(&["unix:a", "unix:b"]).is_ok());
    }

    #[test]
    fn failures_name_their_host_where_there_are_several() {
        let failure = Failure::wrong("x", "GET /: x");
        let host = "http://b".parse().expect("a target");
        for (targets, sentence) in [
            (&["http://b"][..], "GET /: x"),
            (&["http://a", "http://b"], "http://b: GET /: x"),
        ] {
            let located = hosts(targets)
                .expect("hosts")
                .locate(failure.clone(), &host);
            assert_eq!(located.sentence, sentence);
        }
    }
}
