//! How a team and its jobs stand, for people.

use std::fmt::Write;

use isutori_bench::figures::grouped;
use isutori_protocol::contest::{Job, JobKind, JobState, TeamStatus};

use super::progress::run_line;

/// The team, its time, its hosts, its newest jobs.
pub(crate) fn describe(status: &TeamStatus) -> String {
    let score = match status.score {
        Some(score) => format!("score {}", grouped(score)),
        None => "no score yet".to_owned(),
    };
    let mut text = String::new();
    let TeamStatus { contest, team, .. } = status;
    let _ = writeln!(text, "{contest}: {team}, {score}");
    let _ = writeln!(text, "{}", time(status));
    for (name, url) in &status.hosts {
        let url = url.as_deref().unwrap_or("serves no pages");
        let _ = writeln!(text, "host {name}: {url}");
    }
    describe_jobs(&mut text, status);
    text
}

fn time(status: &TeamStatus) -> String {
    match (status.starts_at - status.now, status.ends_at - status.now) {
        (until_start @ 1.., _) => format!("begins in {}", span(until_start)),
        (_, until_end @ 1..) => format!("ends in {}", span(until_end)),
        (_, since_end) => format!("ended {} ago", span(-since_end)),
    }
}

fn describe_jobs(text: &mut String, status: &TeamStatus) {
    if status.jobs.is_empty() {
        let _ = writeln!(text, "no job yet");
        return;
    }
    let _ = writeln!(
        text,
        "\n{:>6}  {:<10}{:>10}  enqueued",
        "job", "state", "score"
    );
    for job in &status.jobs {
        let score = job.score.map(grouped).unwrap_or_default();
        let ago = format!("{} ago", span(status.now - job.enqueued_at));
        let line = format!(
            "{:>6}  {:<10}{score:>10}  {ago:<14}  {}",
            job.id,
            word(job),
            remarks(job).join("; ")
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

/// The state, or the verdict of a job that has one.
fn word(job: &Job) -> &'static str {
    match (job.state, job.verdict) {
        (JobState::Finished, Some(verdict)) => verdict.word(),
        (state, _) => state.name(),
    }
}

/// A job in a sentence without a full stop.
pub(crate) fn sentence(job: &Job) -> String {
    let id = job.id;
    let (stands, verdict) = match (job.state, job.verdict) {
        (JobState::Waiting, _) => ("is waiting", None),
        (JobState::Running, _) => ("is running", None),
        (JobState::Finished, verdict) => ("is over", verdict),
        (JobState::Cancelled, _) => ("was cancelled", None),
        (JobState::Errored, _) => ("could not be done", None),
    };
    let verdict = verdict.map(|verdict| match job.score {
        Some(score) => format!("{}, score {}", verdict.word(), grouped(score)),
        None => verdict.word().to_owned(),
    });
    let course: Vec<String> = verdict.into_iter().chain(course(job)).collect();
    match course.is_empty() {
        true => format!("job {id} {stands}"),
        false => format!("job {id} {stands}: {}", course.join("; ")),
    }
}

/// How it goes, and what the team said about it.
fn remarks(job: &Job) -> Vec<String> {
    let commit = job.commit.iter().map(|commit| format!("commit {commit}"));
    let said = job.note.iter().cloned().chain(commit);
    course(job).into_iter().chain(said).collect()
}

/// How it goes.
fn course(job: &Job) -> Vec<String> {
    let mut course = Vec::new();
    match job.kind {
        JobKind::Run => {}
        JobKind::Final => course.push("final measurement".to_owned()),
        JobKind::Rehearsal => course.push("rehearsal of the final".to_owned()),
        JobKind::Verify => course.push("looks for what was written".to_owned()),
    }
    if let (JobState::Waiting, Some(ahead)) = (job.state, job.ahead) {
        course.push(format!("{ahead} before it"));
    }
    if let (JobState::Waiting, Some(seconds)) = (job.state, job.expected_wait_seconds) {
        let wait = span(i64::try_from(seconds).unwrap_or(i64::MAX / 1000) * 1000);
        course.push(format!("begins in about {wait}"));
    }
    if let (JobState::Running, Some(progress)) = (job.state, &job.progress) {
        course.push(run_line(progress));
    }
    if job.attempt > 1 {
        course.push(format!("attempt {}", job.attempt));
    }
    course.extend(job.reason.clone());
    course
}

/// A length of time as people say it.
fn span(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds {
        ..120 => format!("{seconds} s"),
        120..3600 => format!("{minutes} min"),
        3600..172_800 => format!("{hours} h {minutes:02} min"),
        _ => format!("{} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use isutori_protocol::{Phase, Progress, Verdict};

    use super::*;

    /// Milliseconds since 1970, in the afternoon of a contest.
    const NOW: i64 = 1_775_000_000_000;

    fn job(id: i64, state: JobState) -> Job {
        Job {
            id,
            kind: JobKind::Run,
            state,
            ahead: None,
            expected_wait_seconds: None,
            attempt: 1,
            note: None,
            commit: None,
            targets: vec!["http://10.0.0.1".to_owned()],
            enqueued_at: NOW - 600_000 * (13 - id),
            started_at: None,
            finished_at: None,
            progress: None,
            verdict: None,
            score: None,
            seed: None,
            reason: None,
        }
    }

    fn jobs() -> Vec<Job> {
        let progress = Progress {
            sequence: 7,
            phase: Phase::Load,
            seconds_left: 41.6,
            people: 1234,
            requests_per_second: 87.4,
            score: 56789,
            errors: 2,
        };
        vec![
            Job {
                ahead: Some(3),
                expected_wait_seconds: Some(270),
                attempt: 0,
                ..job(13, JobState::Waiting)
            },
            Job {
                progress: Some(progress),
                note: Some("index on comments".to_owned()),
                commit: Some("4f65781d".to_owned()),
                ..job(12, JobState::Running)
            },
            Job {
                verdict: Some(Verdict::Pass),
                score: Some(12_345),
                attempt: 2,
                ..job(11, JobState::Finished)
            },
            Job {
                verdict: Some(Verdict::Fail),
                score: Some(0),
                ..job(10, JobState::Finished)
            },
            job(9, JobState::Cancelled),
            Job {
                reason: Some("no worker could do it".to_owned()),
                ..job(1, JobState::Errored)
            },
        ]
    }

    fn status() -> TeamStatus {
        let host = |name: &str, url: Option<&str>| (name.to_owned(), url.map(str::to_owned));
        TeamStatus {
            contest: "Autumn practice".to_owned(),
            team: "Rocking Chairs".to_owned(),
            now: NOW,
            starts_at: NOW - 3_600_000,
            ends_at: NOW + 12_345_000,
            score: Some(12_345),
            hosts: vec![host("app1", Some("http://10.0.0.1")), host("data", None)],
            jobs: jobs(),
        }
    }

    #[test]
    fn a_team_in_the_middle_of_a_contest() {
        assert_snapshot!(describe(&status()));
    }

    #[test]
    fn a_team_before_and_after_a_contest() {
        let before = TeamStatus {
            starts_at: NOW + 90_000,
            score: None,
            hosts: Vec::new(),
            jobs: Vec::new(),
            ..status()
        };
        let after = TeamStatus {
            starts_at: NOW - 6 * 86_400_000,
            ends_at: NOW - 5 * 86_400_000,
            ..before.clone()
        };
        assert_snapshot!([before, after].iter().map(describe).collect::<String>());
    }

    #[test]
    fn jobs_in_a_sentence() {
        let sentences: Vec<String> = jobs().iter().map(sentence).collect();
        assert_snapshot!(sentences.join("\n"));
    }
}
