//! What workers say to the portal.

use std::time::Duration;

use hyper::{
    Method, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use isutori_protocol::contest::{Assignment, Finish, Heartbeat, Hello, Lease, Pulse, Welcome};

use super::{Portal, PortalError};

/// How long a file may take.
const FILE_LIMIT: Duration = Duration::from_secs(600);

impl Portal {
    /// Presents a worker. Its other calls need [`Portal::as_worker`].
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn hello(&self, hello: &Hello) -> Result<Welcome, PortalError> {
        self.ask(self.post(&["worker", "hello"], hello)).await
    }

    /// Asks for a job; nothing when there is none.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn claim(&self) -> Result<Option<Assignment>, PortalError> {
        let call = self.call(Method::POST, &["worker", "claim"]);
        let answer = self.send(call).await?.accepted()?;
        match answer.status {
            StatusCode::NO_CONTENT => Ok(None),
            _ => answer.json().map(Some),
        }
    }

    /// Tells that an attempt goes on; to be answered within `limit`.
    ///
    /// # Errors
    /// See [`PortalError`], above all [`PortalError::takes_lease_away`].
    pub async fn heartbeat(
        &self,
        heartbeat: &Heartbeat,
        limit: Duration,
    ) -> Result<Pulse, PortalError> {
        let call = self.post(&["worker", "heartbeat"], heartbeat);
        self.ask(call.within(limit)).await
    }

    /// Hands in a file of a run, compressed by gzip. Its name may have several parts, as
    /// `failures/001.json`.
    ///
    /// # Errors
    /// As [`Portal::heartbeat`].
    pub async fn put_file(
        &self,
        lease: Lease,
        name: &str,
        compressed: Vec<u8>,
    ) -> Result<(), PortalError> {
        let (job, attempt) = (lease.job.to_string(), lease.attempt.to_string());
        let mut path = vec!["worker", "files", &job, &attempt];
        path.extend(name.split('/'));
        let call = self
            .call(Method::PUT, &path)
            .within(FILE_LIMIT)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_ENCODING, "gzip")
            .body(compressed);
        self.send(call).await?.accepted().map(drop)
    }

    /// A file of the run that this attempt verifies, compressed by gzip.
    ///
    /// # Errors
    /// As [`Portal::heartbeat`]; a file that is not there is a refusal that leaves the lease.
    pub async fn file(&self, lease: Lease, name: &str) -> Result<Vec<u8>, PortalError> {
        let (job, attempt) = (lease.job.to_string(), lease.attempt.to_string());
        let call = self.get(&["worker", "files", &job, &attempt, name]);
        let answer = self.send(call.within(FILE_LIMIT)).await?.accepted()?;
        Ok(answer.body)
    }

    /// Ends an attempt.
    ///
    /// # Errors
    /// As [`Portal::heartbeat`].
    pub async fn finish(&self, finish: &Finish) -> Result<(), PortalError> {
        let call = self.post(&["worker", "finish"], finish);
        self.send(call).await?.accepted().map(drop)
    }
}
