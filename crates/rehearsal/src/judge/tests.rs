//! Right records are right, and each way to be wrong is noticed.

use isutori_protocol::{
    Verdict,
    contest::{Job, JobState, TeamStep},
};

use super::{Findings, judge};
use crate::record::{
    Change, Happened, JobRecord, Record,
    sample::{attempt, board, right, run},
};

/// What is wrong with the record once it was changed so.
fn wrong(change: impl FnOnce(&mut Record)) -> Vec<String> {
    let mut record = right();
    change(&mut record);
    judge(&record).wrong
}

/// The record is wrong in one way, in these words.
fn is_wrong(words: &str, change: impl FnOnce(&mut Record)) {
    let wrong = wrong(change);
    assert!(
        matches!(&wrong[..], [only] if only.contains(words)),
        "{words}: {wrong:#?}"
    );
}

fn job(record: &mut Record, team: usize, index: usize) -> &mut Job {
    &mut record.teams[team - 1].jobs[index].job
}

#[test]
fn a_right_record_is_right() {
    assert_eq!(judge(&right()), Findings::default());
}

#[test]
fn a_job_without_exactly_one_result_is_noticed() {
    is_wrong("job 12 of team1 never ended", |record| {
        job(record, 1, 1).state = JobState::Running;
        record.frozen_board = board(true, &[(2, 2000), (1, 1000), (5, 970), (3, 0), (4, 0)]);
        // There are no two runs after the change any more, but one is enough.
        job(record, 1, 1).finished_at = Some(260_000);
    });
    is_wrong("job 57 of team5 has no result", |record| {
        let mut errored = run(57, 180_000, Verdict::Pass, 0);
        errored.job.state = JobState::Errored;
        record.attempts.push(attempt(&errored));
        record.teams[4].jobs.insert(1, errored);
    });
    is_wrong("job 23 of team2 has 2 results instead of 1", |record| {
        let again = attempt(&record.teams[1].jobs[2]);
        record.attempts.push(again);
    });
    is_wrong("job 23 of team2 has 0 results instead of 1", |record| {
        record.attempts.retain(|attempt| attempt.job != 23);
    });
    is_wrong("lost the result of job 13", |record| {
        record.teams[0].jobs[2].health = None;
    });
    is_wrong("an attempt goes on", |record| {
        record.attempts[2].ended_at = None;
    });
    is_wrong("without a verdict", |record| {
        let stray = JobRecord {
            is_ours: false,
            ..run(7, -100_000, Verdict::Pass, 0)
        };
        record.teams[3].jobs.insert(0, stray);
        job(record, 4, 0).verdict = None;
    });
}

#[test]
fn jobs_that_nobody_wanted_are_noticed() {
    is_wrong("two jobs at the same time, 11 and 12", |record| {
        job(record, 1, 1).enqueued_at = 59_999;
    });
    is_wrong("nobody has enqueued job 13", |record| {
        record.teams[0].jobs[2].is_ours = false;
    });
    is_wrong("job 77 was made for nobody", |record| {
        record.attempts[2].job = 77;
        let again = attempt(&record.teams[0].jobs[1]);
        record.attempts.push(again);
    });
}

#[test]
fn verdicts_that_do_not_fit_the_skill_are_noticed() {
    is_wrong(
        "job 31 of team3 (broken, before its change) is FAIL",
        |record| {
            job(record, 3, 0).verdict = Some(Verdict::Fail);
        },
    );
    let passes = wrong(|record| {
        let job = job(record, 3, 1);
        (job.verdict, job.score) = (Some(Verdict::Pass), Some(5));
        record.frozen_board = board(true, &[(2, 2000), (1, 1100), (5, 970), (3, 5), (4, 0)]);
    });
    assert!(
        passes[0].contains("job 32 of team3 (broken, after its change) is PASS instead of FAIL")
    );
    is_wrong("failed with a score of 3", |record| {
        job(record, 4, 1).score = Some(3);
        record.frozen_board = board(true, &[(2, 2000), (1, 1100), (5, 970), (4, 3), (3, 0)]);
    });
    is_wrong("give the contest more time", |record| {
        record.teams[4].jobs.remove(0);
        record.attempts.retain(|attempt| attempt.job != 51);
    });
}

#[test]
fn what_comes_to_nothing_while_hosts_are_rebooted_blames_nobody() {
    let mut record = right();
    record.teams[0].changes.push(Change {
        is_skill: false,
        began_at: 255_000,
        ended_at: 270_000,
    });
    let run = job(&mut record, 1, 1);
    (run.verdict, run.score) = (Some(Verdict::Fail), Some(0));
    record.frozen_board = board(true, &[(2, 2000), (5, 970), (1, 0), (3, 0), (4, 0)]);

    let findings = judge(&record);

    assert_eq!(findings.wrong, [""; 0]);
    assert!(findings.notes[0].contains("job 12 of team1 was made while"));
}

#[test]
fn a_run_that_stayed_void_is_told_and_no_fault() {
    let mut record = right();
    let run = job(&mut record, 1, 2);
    (run.verdict, run.score) = (Some(Verdict::Void), Some(0));
    for attempt in &mut record.attempts {
        if attempt.job == 13 {
            attempt.reason = "void: timers".to_owned();
        }
    }

    let findings = judge(&record);

    assert_eq!(findings.wrong, [""; 0]);
    assert!(findings.notes[0].contains("job 13 of team1 stayed void"));
}

#[test]
fn the_final_measurement_is_held_against_the_skill() {
    let passes = wrong(|record| {
        let measured = record.teams[4].measurement.as_mut().expect("one");
        (measured.verdict, measured.score) = (Some(Verdict::Pass), Some(1090));
        record.released_board = board(false, &[(2, 2101), (5, 1090), (1, 1051), (3, 0), (4, 0)]);
    });
    assert!(passes[0].contains("final measurement of team5 (fails after reboot) is PASS"));
    assert!(passes[1].contains("team5 (fails after reboot) has 1090 in the end"));
    is_wrong("never ended", |record| {
        let measured = record.teams[3].measurement.as_mut().expect("one");
        measured.step = TeamStep::Run;
    });
    is_wrong(
        "measurement of team3 (broken) came to no verdict",
        |record| {
            let measured = record.teams[2].measurement.as_mut().expect("one");
            (measured.verdict, measured.score) = (None, None);
        },
    );
    is_wrong("was not measured", |record| {
        record.teams[3].measurement = None;
    });
}

#[test]
fn a_dead_host_without_a_verdict_has_no_score_in_the_end() {
    let mut record = right();
    let measured = record.teams[3].measurement.as_mut().expect("one");
    (measured.verdict, measured.score) = (None, None);

    let findings = judge(&record);

    assert_eq!(findings.wrong, [""; 0]);
    assert!(findings.notes[0].contains("team4 (dead host) came to no verdict"));
    // By another rule an earlier run would count.
    record.schedule.rule = "best".to_owned();
    record.frozen_board = board(true, &[(2, 2000), (1, 1100), (4, 1020), (3, 990), (5, 980)]);
    record.released_board = board(false, &[(2, 2101), (1, 1051), (4, 1020), (3, 0), (5, 0)]);
    assert_eq!(
        judge(&record).wrong,
        ["team4 (dead host) has 1020 in the end"]
    );
}

#[test]
fn who_has_tuned_must_be_ahead() {
    is_wrong(
        "team2 (tuned) is not ahead of team1 (untouched) in its runs",
        |record| {
            job(record, 2, 1).score = Some(1100);
            job(record, 2, 2).score = Some(1000);
            record.frozen_board = board(true, &[(1, 1100), (2, 1100), (5, 970), (3, 0), (4, 0)]);
        },
    );
    is_wrong(
        "not ahead of team1 (untouched) in the final measurement",
        |record| {
            let measured = record.teams[1].measurement.as_mut().expect("one");
            measured.score = Some(1051);
            record.released_board = board(false, &[(1, 1051), (2, 1051), (3, 0), (4, 0), (5, 0)]);
        },
    );
}

#[test]
fn runs_that_were_made_side_by_side_are_not_compared() {
    let mut record = right();
    for index in [1, 2] {
        let run = job(&mut record, 2, index);
        run.score = Some(900);
    }
    record.frozen_board = board(true, &[(1, 1100), (5, 970), (2, 900), (3, 0), (4, 0)]);
    assert!(judge(&record).wrong[0].contains("not ahead of team1 (untouched) in its runs"));
    // Another worker was at work all the time.
    let lasting = record.attempts.last_mut().expect("an attempt");
    lasting.began_at = 0;

    let findings = judge(&record);

    assert_eq!(findings.wrong, [""; 0]);
    assert!(findings.notes[0].contains("cannot be compared with team1"));
}

#[test]
fn a_leaderboard_that_the_runs_do_not_say_is_noticed() {
    is_wrong(
        "team1 has 1101 on the frozen leaderboard, but its runs say 1100",
        |record| {
            record.frozen_board.teams[1].score = Some(1101);
        },
    );
    is_wrong("not in the order of its scores", |record| {
        record.frozen_board.teams.swap(0, 1);
    });
    is_wrong("not in the order of its scores", |record| {
        record.released_board.teams[1].place = Some(1);
    });
    is_wrong("team3 is not on the released leaderboard", |record| {
        record.released_board.teams.remove(2);
        for (team, place) in record.released_board.teams.iter_mut().zip(1..) {
            team.place = Some(place);
        }
    });
    is_wrong(
        "the frozen leaderboard says that it is not frozen",
        |record| {
            record.frozen_board.is_frozen = false;
        },
    );
    is_wrong(
        "the released leaderboard says that it is frozen",
        |record| {
            record.released_board.is_frozen = true;
        },
    );
}

#[test]
fn scores_are_reckoned_by_the_rule_of_the_contest() {
    let scores = |rule: &str, places: &[(usize, u64)]| {
        let mut record = right();
        record.schedule.rule = rule.to_owned();
        record.frozen_board = board(true, places);
        judge(&record).wrong
    };
    let best = [(2, 2000), (1, 1100), (4, 1020), (3, 990), (5, 980)];
    assert_eq!(scores("best", &best), [""; 0]);
    let mean = [(2, 1505), (1, 1050), (5, 975), (4, 510), (3, 495)];
    assert_eq!(scores("mean-of-2", &mean), [""; 0]);
    assert_eq!(scores("mean-of-1", &best).len(), 3);
}

#[test]
fn incidents_that_did_harm_are_noticed() {
    is_wrong(
        "2 of the requests that team1 sent at once became jobs",
        |record| {
            record.incidents[0].happened = Happened::Rushed {
                accepted: vec![2, 0, 0, 0, 0],
                refused: 48,
                failures: Vec::new(),
            };
        },
    );
    is_wrong("answered: trouble", |record| {
        record.incidents[0].happened = Happened::Rushed {
            accepted: vec![0; 5],
            refused: 49,
            failures: vec!["trouble".to_owned()],
        };
    });
    is_wrong("could not be brought about: nobody", |record| {
        record.incidents[1].happened = Happened::Missed {
            why: "nobody".to_owned(),
        };
    });
    let lived = wrong(|record| record.attempts[0].outcome = "judged".to_owned());
    assert!(
        lived
            .iter()
            .any(|wrong| wrong.contains("though worker1 died with it"))
    );
    let forgotten = wrong(|record| drop(record.attempts.remove(1)));
    assert!(
        forgotten
            .iter()
            .any(|wrong| wrong.contains("not made again"))
    );
    is_wrong("nothing is known of attempt 1 at job 11", |record| {
        record.attempts.remove(0);
    });
}
