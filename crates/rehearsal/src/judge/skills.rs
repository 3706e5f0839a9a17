//! Each team comes to what its skill must come to.

use isutori_protocol::{
    Verdict,
    contest::{Job, TeamStep},
};

use super::Findings;
use crate::{
    Millis,
    record::{JobRecord, Phase, Record, TeamRecord},
    skill::Skill,
};

/// The portal's list has whole seconds.
const ROUNDED: Millis = 2_000;

pub(super) fn judge(record: &Record, findings: &mut Findings) {
    for team in &record.teams {
        judge_runs(team, findings);
        judge_measurement(record, team, findings);
    }
    judge_gain(record, "in its runs", median_after, findings);
    judge_gain(record, "in the final measurement", final_score, findings);
}

fn judge_runs(team: &TeamRecord, findings: &mut Findings) {
    let (name, skill) = (&team.name, team.skill.name());
    let mut judged = [0, 0];
    for run in team.finished_runs().into_iter().filter(|run| run.is_ours) {
        let (which, expected) = match team.phase(&run.job) {
            Phase::Before => (0, Verdict::Pass),
            Phase::After => (1, team.skill.expected()),
            Phase::During => {
                findings.note(format!(
                    "job {} of {name} was made while its hosts were changed or rebooted: {}",
                    run.job.id,
                    came_to(run)
                ));
                continue;
            }
        };
        if run.job.verdict == Some(Verdict::Void) {
            continue;
        }
        judged[which] += 1;
        if let Some(sentence) = contradiction(expected, run.job.verdict, run.job.score) {
            let when = ["before", "after"][which];
            findings.wrong(format!(
                "job {} of {name} ({skill}, {when} its change) {sentence}: {}",
                run.job.id,
                came_to(run)
            ));
        }
    }
    let [before, after] = judged;
    if before == 0 || after == 0 {
        findings.wrong(format!(
            "{name} ({skill}) has {before} judged runs before its change and {after} after it; \
             give the contest more time with --duration"
        ));
    }
}

fn judge_measurement(record: &Record, team: &TeamRecord, findings: &mut Findings) {
    let (name, skill) = (&team.name, team.skill.name());
    let Some(measured) = &team.measurement else {
        return findings.wrong(format!("{name} ({skill}) was not measured in the end"));
    };
    let reason = measured.reason.as_deref().unwrap_or("no reason is told");
    let expected = team.skill.expected_in_the_end();
    match measured.verdict {
        _ if measured.step != TeamStep::Over => findings.wrong(format!(
            "the final measurement of {name} ({skill}) never ended"
        )),
        // Whether a host that cannot be reached is the team's fault is for the staff to say.
        None if team.skill == Skill::DeadHost => findings.note(format!(
            "the final measurement of {name} ({skill}) came to no verdict: {reason}"
        )),
        None => findings.wrong(format!(
            "the final measurement of {name} ({skill}) came to no verdict: {reason}"
        )),
        verdict => {
            if let Some(sentence) = contradiction(expected, verdict, measured.score) {
                findings.wrong(format!(
                    "the final measurement of {name} ({skill}) {sentence}: {reason}"
                ));
            }
        }
    }
    let places = &record.released_board.teams;
    let place = places.iter().find(|place| place.name == *name);
    let score = place.and_then(|place| place.score).unwrap_or(0);
    if expected == Verdict::Fail && score > 0 {
        findings.wrong(format!("{name} ({skill}) has {score} in the end"));
    }
}

/// How verdict and score are not what they must be.
fn contradiction(
    expected: Verdict,
    verdict: Option<Verdict>,
    score: Option<u64>,
) -> Option<String> {
    let is = verdict.map_or("NONE", Verdict::word);
    match (verdict == Some(expected), score.unwrap_or(0)) {
        (false, _) => Some(format!("is {is} instead of {}", expected.word())),
        (true, 0) if expected == Verdict::Pass => Some("passed with no points".to_owned()),
        (true, score) if expected == Verdict::Fail && score > 0 => {
            Some(format!("failed with a score of {score}"))
        }
        _ => None,
    }
}

fn came_to(run: &JobRecord) -> String {
    match (run.job.verdict, run.reasons.first()) {
        (Some(verdict), Some(reason)) => format!("{}, {reason}", verdict.word()),
        (Some(verdict), None) => verdict.word().to_owned(),
        (None, _) => "no verdict".to_owned(),
    }
}

/// Who has tuned is ahead of who has not, as far as the benchmark was alone with their sites: runs
/// side by side share a machine, or may do so.
fn judge_gain(
    record: &Record,
    when: &str,
    score: impl Fn(&Record, &TeamRecord) -> Option<u64>,
    findings: &mut Findings,
) {
    let of = |skill| record.teams.iter().filter(move |team| team.skill == skill);
    for tuned in of(Skill::Tuned) {
        for untouched in of(Skill::Untouched) {
            let (name, other) = (&tuned.name, &untouched.name);
            match (score(record, tuned), score(record, untouched)) {
                (Some(higher), Some(lower)) if higher > lower => {}
                (Some(higher), Some(lower)) => findings.wrong(format!(
                    "{name} (tuned) is not ahead of {other} (untouched) {when}: {higher} and \
                     {lower}"
                )),
                _ => findings.note(format!(
                    "{name} (tuned) cannot be compared with {other} (untouched) {when}: they have \
                     no runs that were made alone"
                )),
            }
        }
    }
}

fn median_after(record: &Record, team: &TeamRecord) -> Option<u64> {
    let runs = team.finished_runs().into_iter();
    let after = runs.filter(|run| {
        let is_after = team.phase(&run.job) == Phase::After;
        let is_passed = run.job.verdict == Some(Verdict::Pass);
        run.is_ours && is_after && is_passed && is_alone(record, &run.job)
    });
    let mut scores: Vec<u64> = after.filter_map(|run| run.job.score).collect();
    scores.sort_unstable();
    scores.get(scores.len().saturating_sub(1) / 2).copied()
}

fn final_score(record: &Record, team: &TeamRecord) -> Option<u64> {
    let measured = team.measurement.as_ref()?;
    let run = team
        .jobs
        .iter()
        .find(|job| Some(job.job.id) == measured.run);
    let is_alone = run.is_none_or(|run| is_alone(record, &run.job));
    let has_passed = measured.verdict == Some(Verdict::Pass);
    measured.score.filter(|_| has_passed && is_alone)
}

/// Whether no other attempt was made at the same time.
fn is_alone(record: &Record, job: &Job) -> bool {
    let (Some(began), Some(ended)) = (job.started_at, job.finished_at) else {
        return false;
    };
    let mut attempts = record.attempts.iter();
    attempts.all(|other| {
        let until = other.ended_at.unwrap_or(Millis::MAX);
        let shared = until.min(ended) - other.began_at.max(began);
        other.job == job.id || shared <= ROUNDED
    })
}
