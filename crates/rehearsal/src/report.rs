//! The report: Markdown for people, JSON for programs.

use std::{
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

use isutori_protocol::Verdict;
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    Millis,
    figures::{Figures, Waits, verdicts},
    judge::Findings,
    plan::Incident,
    record::{Happened, IncidentRecord, Phase, Record, TeamRecord},
};

/// All there is to tell.
#[derive(Serialize)]
pub struct Report<'a> {
    /// Whether all is as it must be.
    pub is_right: bool,
    /// What was found.
    pub findings: &'a Findings,
    /// The numbers.
    pub figures: &'a Figures,
    /// What was seen.
    pub record: &'a Record,
}

impl Report<'_> {
    /// Writes `report.md` and `rehearsal.json` into a folder, which is made. Gives the path of the
    /// first.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let json = serde_json::to_vec_pretty(self)?;
        fs::write(folder.join("rehearsal.json"), json)?;
        let path = folder.join("report.md");
        fs::write(&path, self.to_markdown())?;
        Ok(path)
    }

    /// For people; what is wrong comes first.
    pub fn to_markdown(&self) -> String {
        let mut text = String::from("# Dress rehearsal\n\n");
        let word = if self.is_right { "right" } else { "**wrong**" };
        let _ = writeln!(text, "The results are {word}.\n");
        push_list(&mut text, "What is wrong", &self.findings.wrong);
        self.push_summary(&mut text);
        self.push_teams(&mut text);
        self.push_incidents(&mut text);
        self.push_waits(&mut text);
        self.push_bench(&mut text);
        push_list(&mut text, "Good to know", &self.findings.notes);
        text
    }

    fn push_summary(&self, text: &mut String) {
        let Record {
            schedule,
            teams,
            workers,
            load_seconds,
            seed,
            ended_at,
            ..
        } = self.record;
        let _ = writeln!(
            text,
            "{} teams, {workers} workers, loads of {load_seconds} s, seed {seed}. Teams could \
             enqueue from {} to {} ({}), the leaderboard froze at {}, and all was over at {}. \
             Times are UTC.\n",
            teams.len(),
            clock(schedule.starts_at),
            clock(schedule.ends_at),
            minutes(schedule.ends_at - schedule.starts_at),
            clock(schedule.freezes_at),
            clock(*ended_at),
        );
    }

    fn push_teams(&self, text: &mut String) {
        text.push_str(
            "## Teams\n\n\
             | team | skill | runs | scores before its change | and after | expected | final \
             measurement | expected | on the released leaderboard |\n\
             |---|---|---|---|---|---|---|---|---|\n",
        );
        for team in &self.record.teams {
            let board = &self.record.released_board;
            let place = board.teams.iter().find(|place| place.name == team.name);
            let place = place.and_then(|place| Some(format!("{}. {}", place.place?, place.score?)));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                cell(&team.name),
                team.skill.name(),
                verdicts(&team.jobs),
                scores(team, Phase::Before),
                scores(team, Phase::After),
                team.skill.expected().word(),
                cell(&final_words(team)),
                team.skill.expected_in_the_end().word(),
                place.unwrap_or_default(),
            );
        }
        text.push('\n');
    }

    fn push_incidents(&self, text: &mut String) {
        text.push_str("## Incidents\n\n| at | for | what | what came of it |\n|---|---|---|---|\n");
        for incident in &self.record.incidents {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                clock(incident.began_at),
                seconds(incident.ended_at - incident.began_at),
                incident.incident.name(),
                cell(&self.outcome(incident)),
            );
        }
        text.push('\n');
    }

    fn outcome(&self, incident: &IncidentRecord) -> String {
        match &incident.happened {
            Happened::Rushed {
                accepted,
                refused,
                failures,
            } => {
                let Incident::Rush { requests } = incident.incident else {
                    return String::new();
                };
                let accepted: usize = accepted.iter().sum();
                format!(
                    "{} requests: {accepted} became jobs, {refused} were answered by the job \
                     that was under way, {} otherwise",
                    requests * self.record.teams.len(),
                    failures.len()
                )
            }
            Happened::Died {
                worker,
                job,
                attempt,
            } => {
                let again = self.record.attempts_at(*job).last();
                let again = again.filter(|last| last.attempt > *attempt);
                match again {
                    Some(last) => format!(
                        "{worker} lost attempt {attempt} at job {job}; {} made attempt {}, {} \
                         after the power was cut: {}",
                        last.worker,
                        last.attempt,
                        seconds(last.began_at - incident.began_at),
                        last.outcome
                    ),
                    None => format!(
                        "{worker} died in attempt {attempt} at job {job}, which was not made again"
                    ),
                }
            }
            Happened::Rebooted { hosts } => format!("{} served again", hosts.join(", ")),
            Happened::Missed { why } => format!("it could not be brought about: {why}"),
        }
    }

    fn push_waits(&self, text: &mut String) {
        text.push_str(
            "## Waits in the queue\n\n| team | jobs | median | worst |\n|---|---|---|---|\n",
        );
        let mut line = |name: &str, waits: &Waits| {
            let _ = writeln!(
                text,
                "| {} | {} | {} s | {} s |",
                cell(name),
                waits.jobs,
                waits.median_seconds,
                waits.worst_seconds
            );
        };
        for (team, waits) in self.record.teams.iter().zip(&self.figures.waits_of_teams) {
            line(&team.name, waits);
        }
        line("all", &self.figures.waits);
        let counts = &self.figures.counts;
        let _ = writeln!(
            text,
            "\nJobs of teams: {} enqueued, {} with a verdict, {} errored. Attempts, those of the \
             final measurement included: {} judged, {} void, {} lost with their workers, {} broken \
             otherwise; {} were made because one before came to nothing.\n",
            counts.jobs,
            counts.finished,
            counts.errored,
            counts.judged,
            counts.void,
            counts.lost,
            counts.broken,
            counts.retried,
        );
    }

    fn push_bench(&self, text: &mut String) {
        let bench = &self.figures.bench;
        let _ = writeln!(
            text,
            "## Whether the benchmark was the limit\n\n{} Of {} runs with a \
             result, others disturbed {}. At most, a thread of the load had no time to spare for \
             {:.0} % of it, timers were {:.0} ms late (99th percentile), {:.0} % of descriptors or \
             ports were taken, and {} MiB of memory.\n",
            self.figures.counts.limit(),
            bench.runs,
            bench.disturbed,
            bench.busy_share * 100.0,
            bench.lag_p99_ms,
            bench.supplies_share * 100.0,
            bench.memory_mib,
        );
    }
}

fn push_list(text: &mut String, head: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    let _ = writeln!(text, "## {head}\n");
    for sentence in sentences {
        let _ = writeln!(text, "- {}", sentence.replace('\n', " "));
    }
    text.push('\n');
}

/// A text within a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn scores(team: &TeamRecord, phase: Phase) -> String {
    let runs = team.finished_runs().into_iter();
    let runs = runs.filter(|run| run.is_ours && team.phase(&run.job) == phase);
    let scores = runs.map(|run| match (run.job.verdict, run.job.score) {
        (Some(Verdict::Pass), Some(score)) => score.to_string(),
        (Some(verdict), _) => verdict.word().to_owned(),
        (None, _) => "?".to_owned(),
    });
    scores.collect::<Vec<_>>().join(", ")
}

fn final_words(team: &TeamRecord) -> String {
    let Some(measured) = &team.measurement else {
        return "none".to_owned();
    };
    let reason = measured.reason.as_deref().unwrap_or_default();
    match (measured.verdict, measured.score) {
        (Some(Verdict::Pass), Some(score)) => format!("PASS {score}"),
        (Some(verdict), _) => format!("{}: {reason}", verdict.word()),
        (None, _) => format!("no verdict: {reason}"),
    }
}

fn clock(at: Millis) -> String {
    let at = Timestamp::from_millisecond(at).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string()
}

fn seconds(millis: Millis) -> String {
    format!("{:.0} s", millis as f64 / 1000.0)
}

fn minutes(millis: Millis) -> String {
    let seconds = millis / 1000;
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{judge::judge, record::sample::right};

    fn markdown(record: &Record) -> String {
        let (findings, figures) = (judge(record), Figures::of(record));
        let report = Report {
            is_right: findings.is_right(),
            findings: &findings,
            figures: &figures,
            record,
        };
        report.to_markdown()
    }

    #[test]
    fn what_is_wrong_is_told_before_all_else() {
        let mut record = right();
        record.frozen_board.is_frozen = false;

        let text = markdown(&record);

        let wrong = "# Dress rehearsal\n\nThe results are **wrong**.\n\n## What is wrong\n\n\
            - the frozen leaderboard says that it is not frozen\n";
        assert!(text.starts_with(wrong), "{text}");
    }

    #[test]
    fn a_right_rehearsal_is_told_whole() {
        let text = markdown(&right());

        for line in [
            "The results are right.",
            "5 teams, 2 workers, loads of 20 s, seed 1. Teams could enqueue from 00:00:00 to \
             00:10:00 (10:00 min), the leaderboard froze at 00:06:40",
            "| team2 | tuned | 3 PASS | 1010 | 2000, 2100 | PASS | PASS 2101 | PASS | 1. 2101 |",
            "| team4 | dead host | 1 PASS, 2 FAIL | 1020 | FAIL, FAIL | FAIL | FAIL:  | FAIL | 4. 0 |",
            "| 00:00:20 | 20 s | all teams at once | 50 requests: 2 became jobs, 48 were answered \
             by the job that was under way, 0 otherwise |",
            "worker1 lost attempt 1 at job 11; worker1 made attempt 2, 10 s after",
            "| all | 15 | 30 s | 30 s |",
            "It was the limit in none of 16 attempts.",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(!text.contains("wrong"), "{text}");
    }
}
