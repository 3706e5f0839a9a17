//! What teams' programs say to the portal.

use hyper::{Method, StatusCode, header::CONTENT_TYPE};
use isutori_protocol::{
    RunResult,
    contest::{
        Enqueue, HostReport, HostSamples, Job, Lease, Log, Measurement, ReportTaken, RunUnderWay,
        TeamStatus, WatchedRun,
    },
};
use serde::Deserialize;

use super::{Portal, PortalError};

/// What became of an [`Enqueue`].
#[derive(Clone, Debug, PartialEq)]
pub enum Enqueued {
    /// The new job.
    New(Job),
    /// The one that is under way already; there is no new one.
    UnderWay(Job),
}

/// Where something can be looked at.
#[derive(Deserialize)]
struct Pasted {
    url: String,
}

impl Portal {
    /// How the team stands.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn team_status(&self) -> Result<TeamStatus, PortalError> {
        self.ask(self.get(&["team"])).await
    }

    /// Asks for a benchmark run.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn enqueue(&self, enqueue: &Enqueue) -> Result<Enqueued, PortalError> {
        let answer = self.send(self.post(&["team", "jobs"], enqueue)).await?;
        match answer.status {
            // A conflict may also be a refusal like any other.
            StatusCode::CONFLICT => answer
                .json()
                .map(Enqueued::UnderWay)
                .map_err(|_| answer.refusal()),
            _ => answer.accepted()?.json().map(Enqueued::New),
        }
    }

    /// A job of the team.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn job(&self, id: i64) -> Result<Job, PortalError> {
        self.ask(self.get(&["team", "jobs", &id.to_string()])).await
    }

    /// Takes a job back, and says where it stands now.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn cancel(&self, id: i64) -> Result<Job, PortalError> {
        let id = id.to_string();
        let call = self.call(Method::POST, &["team", "jobs", &id, "cancel"]);
        self.ask(call).await
    }

    /// The lines of a job's log with a higher sequence than `after`; all when not given. The
    /// language is `en` or `ja`.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn log(
        &self,
        id: i64,
        after: Option<u64>,
        language: &str,
    ) -> Result<Log, PortalError> {
        let mut call = self.get(&["team", "jobs", &id.to_string(), "log"]);
        call = call.query("language", language);
        if let Some(after) = after {
            call = call.query("after", &after.to_string());
        }
        self.ask(call).await
    }

    /// The result of a job.
    ///
    /// # Errors
    /// See [`PortalError`]; above all a refusal when there is none.
    pub async fn result(&self, id: i64) -> Result<RunResult, PortalError> {
        let path = ["team", "jobs", &id.to_string(), "result"];
        self.ask(self.get(&path)).await
    }

    /// Begins a rehearsal of the final measurement.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn rehearse(&self) -> Result<Measurement, PortalError> {
        self.ask(self.call(Method::POST, &["team", "rehearsal"]))
            .await
    }

    /// The team's last measurement.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn measurement(&self) -> Result<Measurement, PortalError> {
        self.ask(self.get(&["team", "rehearsal"])).await
    }

    /// Tells how a host of the team is; needs the token of its hosts.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn report(&self, report: &HostReport) -> Result<ReportTaken, PortalError> {
        self.ask(self.post(&["host", "report"], report)).await
    }

    /// The run of the team that is under way, as soon as that is another one than is known, or
    /// after some seconds; needs the token of the team's hosts.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn run_under_way(
        &self,
        known: Option<Lease>,
    ) -> Result<Option<WatchedRun>, PortalError> {
        let mut call = self.get(&["host", "run"]);
        if let Some(Lease { job, attempt }) = known {
            call = call.query("known", &format!("{job}.{attempt}"));
        }
        let RunUnderWay { run } = self.ask(call).await?;
        Ok(run)
    }

    /// Hands in what a host has sampled of itself; needs the token of the team's hosts.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn hand_in_samples(&self, samples: &HostSamples) -> Result<(), PortalError> {
        let call = self.post(&["host", "samples"], samples);
        self.send(call).await?.accepted().map(drop)
    }

    /// Leaves a text at the portal, and says where it can be looked at.
    ///
    /// # Errors
    /// See [`PortalError`].
    pub async fn paste(&self, text: Vec<u8>) -> Result<String, PortalError> {
        let call = self
            .call(Method::POST, &["team", "pastes"])
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .body(text);
        let Pasted { url } = self.ask(call).await?;
        // The portal may not know how it is reached.
        Ok(self.base.join(&url).map_or(url, String::from))
    }
}
