//! Certificates for the hosts of a contest, by an authority of the contest's own.

mod authority;
mod files;

use std::{io, path::Path};

use jiff::{SignedDuration, Timestamp};

use self::{authority::Authority, files::Folder};
use crate::{Host, Inventory, Role};

/// A certificate outlasts the contest, or today, by so much; with less it is made anew.
const LEAST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// By so much it does when it is made.
const FULL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        error: io::Error,
    },
    /// The authority's files are not what was made here once.
    #[error(
        "the authority in {folder} cannot be used: {why}; it is never replaced, as it may be \
         trusted somewhere: put its files ca.pem and ca.key back, or begin anew in another folder"
    )]
    Authority {
        /// Where it lies.
        folder: String,
        /// What is wrong with it.
        why: String,
    },
    /// A host has a name that no certificate can be for.
    #[error("no certificate for {host}: {why}")]
    Host {
        /// The host.
        host: String,
        /// What is wrong.
        why: String,
    },
}

impl Inventory {
    /// Makes what is missing in the folder, or does not fit the hosts any more: the contest's
    /// authority, `ca.pem` and `ca.key`, once and for good, and for each team's host and the portal
    /// `HOST.pem` and `HOST.key`. Says what it made, the authority as `ca`.
    ///
    /// # Errors
    /// When files cannot be read or written, or the authority is broken.
    pub fn certify(&self, folder: &Path, now: Timestamp) -> Result<Vec<String>, CertificateError> {
        let folder = Folder::make(folder)?;
        let (authority, is_new) = Authority::open_or_make(&folder, now)?;
        let mut made = Vec::new();
        made.extend(is_new.then(|| "ca".to_owned()));
        let end = self.ends_at.map_or(now, |end| end.max(now));
        for host in self.hosts.iter().filter(|host| host.is_certified()) {
            let names = self.names_of(host);
            if !authority.has_certified(&folder, &host.name, &names, [now, end + LEAST]) {
                authority.certify(&folder, &host.name, &names, (now, end + FULL))?;
                made.push(host.name.clone());
            }
        }
        Ok(made)
    }

    /// All names and addresses by which a host is asked for.
    fn names_of(&self, host: &Host) -> Vec<String> {
        let mut names = vec![host.name.clone(), host.address.to_string()];
        if host.member.is_some() {
            names.extend([host.short_name(), "localhost".to_owned()]);
            names.push("127.0.0.1".to_owned());
        }
        if host.roles.contains(&Role::Portal) {
            names.extend(self.environment.portal_url.as_deref().and_then(host_of));
        }
        names.sort();
        names.dedup();
        names
    }
}

impl Host {
    /// Whether somebody may speak to it by https.
    fn is_certified(&self) -> bool {
        self.member.is_some() || self.roles.contains(&Role::Portal)
    }
}

/// The host of a URL.
fn host_of(url: &str) -> Option<String> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let host = authority.split(':').next().unwrap_or_default();
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests;
