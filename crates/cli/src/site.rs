//! The arguments that say where a site is.

use std::path::{Path, PathBuf};

use clap::Args;
use isutori_bench::{
    hosts::{Hosts, HostsError},
    past_run::{PastRun, PastRunError},
};
use isutori_engine::target::Target;

/// Which site.
#[derive(Args, Clone, Debug)]
pub(crate) struct SiteArguments {
    /// The site: http://HOST:PORT, https://HOST:PORT or unix:PATH. A site on several hosts that
    /// share sessions and data has several: each person keeps to one of them.
    #[arg(long, value_name = "URL", required = true, num_args = 1..)]
    target: Vec<Target>,

    /// Certificates (PEM) of authorities to be trusted besides the public ones, for https.
    #[arg(long, env = "ISUTORI_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl SiteArguments {
    /// The hosts that they name.
    ///
    /// # Errors
    /// They cannot be those of one site, or the authorities' file cannot be used.
    pub(crate) fn hosts(&self) -> Result<Hosts, HostsError> {
        Hosts::new(&self.target, self.ca.as_deref())
    }
}

/// Where the site of a run that is over has gone.
#[derive(Args, Clone, Debug)]
pub(crate) struct MovedSiteArguments {
    /// Where the site is now, each of its hosts; where it was when not given.
    #[arg(long, value_name = "URL", num_args = 1..)]
    target: Vec<Target>,

    /// Certificates (PEM) of authorities to be trusted besides the public ones, for https.
    #[arg(long, env = "ISUTORI_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl MovedSiteArguments {
    /// The run of that folder, and its site.
    ///
    /// # Errors
    /// See [`PastRunError`].
    pub(crate) fn past_run(&self, folder: &Path) -> Result<PastRun, PastRunError> {
        PastRun::open(folder, &self.target, self.ca.as_deref())
    }
}
