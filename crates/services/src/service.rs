//! A running server.

use std::{fs::File, io, path::PathBuf};

use crate::home::Home;
use crate::{Process, ServiceError};

/// The name of a slow query log in the home of its server.
pub(crate) const SLOW_LOG: &str = "slow.log";

/// A private server with its address. It is killed when this value is dropped;
/// [`Service::stop`] is the polite way.
#[derive(Debug)]
pub struct Service {
    process: Process,
    url: String,
    /// Kept because a home may be temporary; dropped after the process that uses it.
    home: Option<Home>,
}

impl Service {
    pub(crate) fn new(process: Process, url: String, home: Option<Home>) -> Self {
        Self { process, url, home }
    }

    /// Where it listens, as `DATABASE_URL` or `SESSION_URL` wants it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The log of slow queries, if the server writes one.
    pub fn slow_log(&self) -> Option<PathBuf> {
        let log = self.home.as_ref()?.join(SLOW_LOG);
        log.exists().then_some(log)
    }

    /// Begins the log of slow queries anew, if the server writes one.
    ///
    /// # Errors
    /// When the file cannot be emptied.
    pub fn restart_slow_log(&self) -> io::Result<()> {
        match self.slow_log() {
            // The server appends, so that it goes on at the beginning.
            Some(log) => File::options().write(true).open(log)?.set_len(0),
            None => Ok(()),
        }
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Says nothing while the server runs.
    ///
    /// # Errors
    /// [`ServiceError::Failed`] with the end of its log when it has ended.
    pub fn check(&mut self) -> Result<(), ServiceError> {
        match self.process.exited() {
            None => Ok(()),
            Some(status) => Err(self.process.failure(format!("ended with {status}"))),
        }
    }

    /// Stops the server and waits until it is gone. To stop twice is no error.
    pub async fn stop(&mut self) {
        self.process.stop().await;
    }
}
