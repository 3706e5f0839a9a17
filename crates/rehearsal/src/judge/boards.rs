//! The leaderboard equals what the runs say, reckoned once more.

use isutori_protocol::Verdict;

use super::Findings;
use crate::{
    Millis,
    record::{Board, Record, TeamRecord},
};

pub(super) fn judge(record: &Record, findings: &mut Findings) {
    let until = record.schedule.freezes_at;
    let frozen = |team: &TeamRecord| by_rule(team, &record.schedule.rule, until);
    judge_board(record, "frozen", &record.frozen_board, frozen, findings);
    let released = |team: &TeamRecord| {
        let measured = team.measurement.as_ref();
        match measured.and_then(|measured| measured.verdict.map(|_| measured.score)) {
            Some(score) => Some(score.unwrap_or(0)),
            None => by_rule(team, &record.schedule.rule, Millis::MAX),
        }
    };
    judge_board(
        record,
        "released",
        &record.released_board,
        released,
        findings,
    );
}

fn judge_board(
    record: &Record,
    which: &str,
    board: &Board,
    score: impl Fn(&TeamRecord) -> Option<u64>,
    findings: &mut Findings,
) {
    if board.is_frozen != (which == "frozen") {
        let is = if board.is_frozen { "is" } else { "is not" };
        findings.wrong(format!("the {which} leaderboard says that it {is} frozen"));
    }
    for team in &record.teams {
        let mut places = board.teams.iter();
        let Some(place) = places.find(|place| place.name == team.name) else {
            findings.wrong(format!("{} is not on the {which} leaderboard", team.name));
            continue;
        };
        let (shown, reckoned) = (words(place.score), words(score(team)));
        if shown != reckoned {
            findings.wrong(format!(
                "{} has {shown} on the {which} leaderboard, but its runs say {reckoned}",
                team.name
            ));
        }
    }
    let ranked: Vec<_> = (board.teams.iter())
        .filter(|place| !place.is_excluded && place.score.is_some())
        .collect();
    let is_sorted = ranked.is_sorted_by_key(|place| std::cmp::Reverse(place.score));
    let are_counted = (1..)
        .zip(&ranked)
        .all(|(place, team)| team.place == Some(place));
    if !is_sorted || !are_counted {
        findings.wrong(format!(
            "the places of the {which} leaderboard are not in the order of its scores"
        ));
    }
}

fn words(score: Option<u64>) -> String {
    score.map_or("no score".to_owned(), |score| score.to_string())
}

/// A team's score by the contest's rule, from its runs that had ended by then.
fn by_rule(team: &TeamRecord, rule: &str, until: Millis) -> Option<u64> {
    let runs = team.finished_runs().into_iter().filter(|run| {
        let is_judged = matches!(run.job.verdict, Some(Verdict::Pass | Verdict::Fail));
        is_judged && run.job.finished_at.is_some_and(|at| at <= until)
    });
    let scores: Vec<u64> = runs.map(|run| run.job.score.unwrap_or(0)).collect();
    match rule
        .strip_prefix("mean-of-")
        .and_then(|runs| runs.parse().ok())
    {
        Some(runs) => {
            let last = &scores[scores.len().saturating_sub(runs)..];
            (!last.is_empty()).then(|| last.iter().sum::<u64>() / last.len() as u64)
        }
        None if rule == "best" => scores.into_iter().max(),
        None => scores.last().copied(),
    }
}
