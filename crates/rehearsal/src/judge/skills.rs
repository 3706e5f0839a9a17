//! Each team comes to what its skill must come to.

use isutori_protocol::{Verdict, contest::TeamStep};

use super::Findings;
use crate::{
    record::{JobRecord, Phase, Record, TeamRecord},
    skill::Skill,
};

pub(super) fn judge(record: &Record, findings: &mut Findings) {
    for team in &record.teams {
        judge_runs(team, findings);
        judge_measurement(team, findings);
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

fn judge_measurement(team: &TeamRecord, findings: &mut Findings) {
    let (name, skill) = (&team.name, team.skill.name());
    let Some(measured) = &team.measurement else {
        return findings.wrong(format!("{name} ({skill}) was not measured in the end"));
    };
    let reason = measured.reason.as_deref().unwrap_or("no reason is told");
    if measured.step != TeamStep::Over || measured.verdict.is_none() {
        return findings.wrong(format!(
            "the final measurement of {name} ({skill}) came to no verdict: {reason}"
        ));
    }
    let expected = team.skill.expected_in_the_end();
    if let Some(sentence) = contradiction(expected, measured.verdict, measured.score) {
        findings.wrong(format!(
            "the final measurement of {name} ({skill}) {sentence}: {reason}"
        ));
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

/// Who has tuned is ahead of who has not.
fn judge_gain(
    record: &Record,
    when: &str,
    score: impl Fn(&TeamRecord) -> Option<u64>,
    findings: &mut Findings,
) {
    let of = |skill| {
        let teams = record.teams.iter().filter(move |team| team.skill == skill);
        teams.filter_map(|team| Some((&team.name, score(team)?)))
    };
    for (tuned, higher) in of(Skill::Tuned) {
        for (untouched, lower) in of(Skill::Untouched) {
            if higher <= lower {
                findings.wrong(format!(
                    "{tuned} (tuned) is not ahead of {untouched} (untouched) {when}: \
                     {higher} and {lower}"
                ));
            }
        }
    }
}

fn median_after(team: &TeamRecord) -> Option<u64> {
    let runs = team.finished_runs().into_iter();
    let after = runs.filter(|run| {
        let is_after = team.phase(&run.job) == Phase::After;
        run.is_ours && is_after && run.job.verdict == Some(Verdict::Pass)
    });
    let mut scores: Vec<u64> = after.filter_map(|run| run.job.score).collect();
    scores.sort_unstable();
    scores.get(scores.len().saturating_sub(1) / 2).copied()
}

fn final_score(team: &TeamRecord) -> Option<u64> {
    let measured = team.measurement.as_ref()?;
    let has_passed = measured.verdict == Some(Verdict::Pass);
    measured.score.filter(|_| has_passed)
}
