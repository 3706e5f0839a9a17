//! What is said of measurements, and of hosts.

use isutori_protocol::contest::{JobKind, TeamStep};

use super::Texts;
use crate::{measurement::Reason, teams::Problem};

impl Texts {
    /// What a run is for, unless the team just wants it.
    pub(crate) fn job_kind(&self, kind: &JobKind) -> Option<&'static str> {
        match kind {
            JobKind::Run => None,
            JobKind::Final => Some(self.kind_final),
            JobKind::Rehearsal => Some(self.kind_rehearsal),
            JobKind::Verify => Some(self.kind_verify),
        }
    }

    /// Where a measured team stands.
    pub(crate) fn team_step(&self, step: &TeamStep) -> &'static str {
        match step {
            TeamStep::Prepare => self.step_prepare,
            TeamStep::Run => self.step_run,
            TeamStep::PrepareAgain => self.step_prepare_again,
            TeamStep::Verify => self.step_verify,
            TeamStep::Over => self.step_over,
        }
    }

    /// What is wrong with a host.
    pub(crate) fn problem(&self, problem: &Problem) -> String {
        let (words, what) = match problem {
            Problem::NoReport => (self.problem_no_report, None),
            Problem::Contested => (self.problem_contested, None),
            Problem::NoBootId => (self.problem_no_boot_id, None),
            Problem::OtherHandout => (self.problem_other_handout, None),
            Problem::Elsewhere(url) => (self.problem_elsewhere, Some(url)),
            Problem::Inactive(unit) => (self.problem_inactive, Some(unit)),
            Problem::NotEnabled(unit) => (self.problem_not_enabled, Some(unit)),
            Problem::DiskFull(mount) => (self.problem_disk, Some(mount)),
            Problem::Missing(what) => (self.problem_missing, Some(what)),
        };
        match what {
            None => words.to_owned(),
            Some(what) => format!("{words} {what}"),
        }
    }

    /// Why a measured team did not pass.
    pub(crate) fn measured_reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::Aborted => self.reason_aborted.to_owned(),
            Reason::NoHost => self.reason_no_host.to_owned(),
            Reason::NoReport { host } => format!("{} {host}", self.reason_no_report),
            Reason::Silent { host } => format!("{} {host}", self.reason_silent),
            Reason::NotCommanded { host, why } => {
                format!("{} {host}: {why}", self.reason_not_commanded)
            }
            Reason::NotRebooted { host } => format!("{} {host}", self.reason_not_rebooted),
            Reason::NotBack { host } => format!("{} {host}", self.reason_not_back),
            Reason::Failed { why } => why.clone(),
            Reason::Lost { why } => format!("{} {why}", self.reason_lost),
            Reason::NoVerdict { job, why } => format!("{} {job}: {why}", self.reason_no_verdict),
            Reason::Unknown => self.reason_unknown.to_owned(),
        }
    }
}
