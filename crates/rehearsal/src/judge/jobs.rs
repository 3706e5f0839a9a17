//! Every job has exactly one result, and a team one job at a time.

use std::collections::BTreeSet;

use isutori_protocol::{
    Verdict,
    contest::{JobKind, JobState},
};

use super::Findings;
use crate::record::{JobRecord, Record, TeamRecord};

pub(super) fn judge(record: &Record, findings: &mut Findings) {
    for team in &record.teams {
        for job in &team.jobs {
            judge_job(record, team, job, findings);
        }
        judge_order(team, findings);
    }
    judge_strangers(record, findings);
}

fn judge_job(record: &Record, team: &TeamRecord, job: &JobRecord, findings: &mut Findings) {
    let (id, name) = (job.job.id, &team.name);
    let reason = job.job.reason.as_deref().unwrap_or("no reason is told");
    match job.job.state {
        JobState::Waiting | JobState::Running => {
            return findings.wrong(format!("job {id} of {name} never ended"));
        }
        JobState::Errored => {
            return findings.wrong(format!("job {id} of {name} has no result: {reason}"));
        }
        JobState::Cancelled if job.is_ours => {
            return findings.wrong(format!(
                "job {id} of {name} was cancelled, which nobody wanted: {reason}"
            ));
        }
        JobState::Cancelled => return,
        JobState::Finished => {}
    }
    let attempts: Vec<_> = record.attempts_at(id).collect();
    let judged = attempts
        .iter()
        .filter(|attempt| attempt.is_judged())
        .count();
    let wanted = match job.job.verdict {
        Some(Verdict::Void) => {
            findings.note(format!("job {id} of {name} stayed void: {reason}"));
            0
        }
        Some(_) => 1,
        None => return findings.wrong(format!("job {id} of {name} is over without a verdict")),
    };
    if job.job.kind == JobKind::Run && job.health.is_none() {
        findings.wrong(format!(
            "the portal has lost the result of job {id} of {name}"
        ));
    }
    if judged != wanted {
        findings.wrong(format!(
            "job {id} of {name} has {judged} results instead of {wanted}"
        ));
    }
    if attempts.iter().any(|attempt| attempt.ended_at.is_none()) {
        findings.wrong(format!(
            "job {id} of {name} is over, and an attempt goes on"
        ));
    }
}

/// A team's jobs, by the moments of the portal's clock.
fn judge_order(team: &TeamRecord, findings: &mut Findings) {
    for pair in team.jobs.windows(2) {
        let [earlier, later] = [&pair[0].job, &pair[1].job];
        let is_over = earlier
            .finished_at
            .is_some_and(|at| at <= later.enqueued_at);
        if !is_over {
            findings.wrong(format!(
                "{} had two jobs at the same time, {} and {}",
                team.name, earlier.id, later.id
            ));
        }
    }
}

/// Nobody else makes jobs.
fn judge_strangers(record: &Record, findings: &mut Findings) {
    let jobs = || record.teams.iter().flat_map(|team| &team.jobs);
    for job in jobs().filter(|job| job.job.kind == JobKind::Run && !job.is_ours) {
        if job.job.enqueued_at >= record.schedule.starts_at {
            findings.wrong(format!(
                "nobody has enqueued job {}, and it was made",
                job.job.id
            ));
        }
    }
    let known: BTreeSet<i64> = jobs().map(|job| job.job.id).collect();
    let made: BTreeSet<i64> = record.attempts.iter().map(|made| made.job).collect();
    for job in made.difference(&known) {
        findings.wrong(format!("job {job} was made for nobody who is known"));
    }
}
