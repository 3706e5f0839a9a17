//! What went wrong on purpose did no harm.

use super::Findings;
use crate::record::{Happened, Record};

pub(super) fn judge(record: &Record, findings: &mut Findings) {
    for incident in &record.incidents {
        match &incident.happened {
            Happened::Rushed {
                accepted, failures, ..
            } => {
                for (team, accepted) in record.teams.iter().zip(accepted) {
                    if *accepted > 1 {
                        findings.wrong(format!(
                            "{accepted} of the requests that {} sent at once became jobs",
                            team.name
                        ));
                    }
                }
                for failure in failures {
                    findings.wrong(format!("a request to enqueue was answered: {failure}"));
                }
            }
            Happened::Died {
                worker,
                job,
                attempt,
            } => judge_death(record, worker, (*job, *attempt), findings),
            Happened::Rebooted { .. } => {}
            Happened::Missed { why } => {
                let what = incident.incident.name();
                findings.wrong(format!("{what} could not be brought about: {why}"));
            }
        }
    }
}

/// Whose power is cut hands nothing in, and somebody makes the run again.
fn judge_death(record: &Record, worker: &str, (job, attempt): (i64, u32), findings: &mut Findings) {
    let mut attempts = record.attempts_at(job);
    let lost = attempts.find(|made| made.attempt == attempt);
    let Some(lost) = lost else {
        return findings.wrong(format!(
            "nothing is known of attempt {attempt} at job {job}, which died with {worker}"
        ));
    };
    if lost.is_judged() {
        findings.wrong(format!(
            "attempt {attempt} at job {job} has a result, though {worker} died with it"
        ));
    }
    if attempts.next().is_none() {
        findings.wrong(format!(
            "job {job} was not made again after {worker} had died with it"
        ));
    }
}
