//! A contest in full swing, to be looked at: made through the same functions as a real one.

mod class;
mod hosts;
mod result;
mod samples;
mod talk;

pub use class::fill as fill_class;

use isutori_protocol::{
    Phase, Progress, Verdict,
    contest::{Assignment, CONTEST_VERSION, Enqueue, Finish, Heartbeat, Hello, LogLine, Outcome},
};
use jiff::Timestamp;

use crate::{
    audit::{Deed, note},
    clock::Millis,
    contest::{self, Contest, Language, Prize, Rule, RunSettings},
    error::Error,
    gzip, pastes,
    people::{self, Role},
    queue, runs, secret,
    state::AppState,
    teams::{self, Host, Team},
    workers::{self, Worker},
};

/// Who can log in to the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// The name of one of the staff.
    pub staff: String,
    /// The name of a member of the team that leads.
    pub member: String,
    /// The password of both, drawn for this demo.
    pub password: String,
}

const BUILD: &str = "74eba39445b67b77";
const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;

/// Each team: its name, the score it began with, by how much percent each run was better, and
/// after how many minutes the next run came.
const TEAMS: [(&str, u64, u64, i64); 8] = [
    ("Stools and Benches", 1_150, 24, 22),
    ("座布団", 1_080, 22, 21),
    ("Rocking Chairs", 1_210, 17, 19),
    ("Standing Ovation", 1_020, 15, 24),
    ("縁側", 1_190, 12, 26),
    ("Musical Chairs", 990, 11, 28),
    ("The Armrests", 1_060, 6, 34),
    ("Folding Chair", 1_110, 3, 55),
];

const NOTES: [&str; 8] = [
    "first run",
    "index on comments",
    "no more N+1 on the timeline",
    "pictures from disk",
    "ranking in Redis",
    "larger pool",
    "two hosts",
    "タイムラインをキャッシュ",
];

/// Fills an empty portal with a contest of eight hours that began five hours ago: eight teams with
/// runs, some under way, and two workers.
///
/// # Errors
/// The database's; also when the portal is not empty, as names are taken then.
pub async fn fill(state: &AppState) -> Result<Accounts, Error> {
    let now = state.clock.now();
    let contest = contest_at(now)?;
    let mut connection = state.connection().await?;
    contest::write(&mut connection, &contest).await?;
    drop(connection);
    let teams = make_teams(state, &contest, &TEAMS.map(|team| team.0), now).await?;
    let accounts = make_people(state, &teams, now).await?;
    talk::talk(state, &teams, &accounts.member, now).await?;
    let mut demo = Demo {
        state,
        contest: &contest,
        workers: make_workers(state, now).await?,
        runs: 0,
    };
    demo.past(&teams, now).await?;
    demo.present(&teams, now).await?;
    let mut connection = state.connection().await?;
    for worker in &demo.workers {
        workers::see(&mut connection, worker.id, now).await?;
    }
    state.events.tell();
    Ok(accounts)
}

fn moment(millis: Millis) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(millis).map_err(|error| Error::Internal(error.to_string()))
}

fn contest_at(now: Millis) -> Result<Contest, Error> {
    let prize = |title: &str, first_to, best_at| Prize {
        title: title.to_owned(),
        first_to,
        best_at,
    };
    Ok(Contest {
        name: "Isutori demo".to_owned(),
        language: Language::En,
        starts_at: moment(now - 5 * HOUR)?,
        ends_at: moment(now + 3 * HOUR)?,
        freezes_at: Some(moment(now + 2 * HOUR)?),
        team_size: 3,
        hosts: 3,
        rule: Rule::Last,
        ai_policy: "Use what you like. Say afterwards what you used.".to_owned(),
        run: RunSettings {
            build: Some(BUILD.to_owned()),
            ..RunSettings::default()
        },
        final_measurement: Default::default(),
        practice: None,
        prizes: vec![
            prize("First to reach 5,000", Some(5_000), None),
            prize(
                "Ahead after three hours",
                None,
                Some(moment(now - 2 * HOUR)?),
            ),
            prize("First to reach 100,000", Some(100_000), None),
        ],
        environment: Default::default(),
    })
}

async fn make_teams(
    state: &AppState,
    contest: &Contest,
    names: &[&str],
    now: Millis,
) -> Result<Vec<Team>, Error> {
    let mut made = Vec::new();
    let mut transaction = state.store.begin_write().await?;
    for (number, name) in names.iter().enumerate() {
        let id = teams::create(&mut transaction, name, now - 6 * HOUR).await?;
        for host in 1..=1 + number % 3 {
            let host = Host {
                name: format!("web{host}"),
                url: Some(format!("http://192.0.2.{}", 10 * (number + 1) + host)),
            };
            teams::put_host(&mut transaction, id, &host).await?;
        }
        made.extend(teams::find(&mut transaction, id).await?);
    }
    hosts::report(&mut transaction, contest, &made, now - MINUTE).await?;
    for (name, hidden) in [("Staff's own", 1), ("Late Comers", 0)] {
        let id = teams::create(&mut transaction, name, now - 6 * HOUR).await?;
        if let Some(team) = teams::find(&mut transaction, id).await? {
            teams::change(&mut transaction, &Team { hidden, ..team }).await?;
        }
    }
    let deed = Deed {
        at: now - 6 * HOUR,
        who: "demo".to_owned(),
        what: "import teams".to_owned(),
        detail: names.join(", "),
    };
    note(&mut transaction, &deed).await?;
    transaction.commit().await?;
    Ok(made)
}

async fn make_people(state: &AppState, teams: &[Team], now: Millis) -> Result<Accounts, Error> {
    let mut password = secret::draw_token();
    password.truncate(12);
    let kept = password.clone();
    let kept = tokio::task::spawn_blocking(move || secret::hash_password(&kept)).await;
    let kept = kept.map_err(|error| Error::Internal(error.to_string()))?;
    let kept = kept.map_err(|error| Error::Internal(error.to_string()))?;
    let mut transaction = state.store.begin_write().await?;
    let mut names = vec![("staff".to_owned(), Role::Staff)];
    for (number, team) in teams.iter().enumerate() {
        for member in 0..=number % 3 {
            let name = format!("member{}", number * 10 + member + 1);
            names.push((name, Role::Member(team.id)));
        }
    }
    for (name, role) in &names {
        let invite = people::invite(&mut transaction, *role, now).await?;
        let joined = people::join(&mut transaction, &invite, name, &kept, 3, now).await;
        joined.map_err(|refused| Error::Conflict(refused.to_string()))?;
    }
    if let Some(team) = teams.first() {
        let text = "$ top -b -n 1 | head\nMem: 1853M total, 1204M used\nPID USER %CPU COMMAND\n 412 mysql  61 mariadbd\n 808 app    33 suwaru";
        pastes::keep(&mut transaction, team.id, text, now - HOUR).await?;
    }
    transaction.commit().await?;
    Ok(Accounts {
        staff: "staff".to_owned(),
        member: "member1".to_owned(),
        password,
    })
}

async fn make_workers(state: &AppState, now: Millis) -> Result<Vec<Worker>, Error> {
    let mut connection = state.connection().await?;
    let mut made = Vec::new();
    for name in ["bench-1", "bench-2"] {
        let hello = Hello {
            version: CONTEST_VERSION,
            name: name.to_owned(),
            zone: None,
            concurrency: 1,
            build: BUILD.to_owned(),
        };
        let id = workers::greet(&mut connection, &hello, now).await?;
        made.extend(workers::find(&mut connection, id).await?);
    }
    Ok(made)
}

struct Demo<'a> {
    state: &'a AppState,
    contest: &'a Contest,
    workers: Vec<Worker>,
    runs: usize,
}

impl Demo<'_> {
    /// What was judged up to now, in the order of time.
    async fn past(&mut self, teams: &[Team], now: Millis) -> Result<(), Error> {
        let mut plan = Vec::new();
        for (number, (_, first, percent, minutes)) in TEAMS.into_iter().enumerate() {
            let mut score = first;
            let mut at = now - 5 * HOUR + (9 + 2 * number as i64) * MINUTE;
            for run in 0.. {
                if at > now - 8 * MINUTE {
                    break;
                }
                plan.push((at, number, run, score));
                // Some ideas do not work.
                let change = if run % 5 == 3 { 92 } else { 100 + percent };
                score = score * change / 100;
                at += minutes * MINUTE + (run as i64 * 37 % 11) * MINUTE / 2;
            }
        }
        plan.sort_unstable();
        for (number, (at, team, run, score)) in (1..).zip(plan) {
            let team = &teams[team];
            self.enqueue(team, NOTES[run % NOTES.len()], at).await?;
            if number == 9 {
                let assignment = self.claim(0, at).await?;
                let outcome = Outcome::Judged {
                    result: Box::new(result::void(&assignment)),
                };
                self.end(0, &assignment, outcome, at + 70_000).await?;
            }
            let verdict = match number % 13 {
                6 => Verdict::Fail,
                _ => Verdict::Pass,
            };
            self.judge(team, at, verdict, score).await?;
        }
        Ok(())
    }

    /// Makes a run of the team's job that waits.
    async fn judge(
        &mut self,
        team: &Team,
        at: Millis,
        verdict: Verdict,
        score: u64,
    ) -> Result<(), Error> {
        self.runs += 1;
        let worker = self.runs % self.workers.len();
        let began = at + 80_000;
        let assignment = self.claim(worker, began).await?;
        let judged = result::judged(&assignment, verdict, score);
        let log = log(&judged);
        // Of one team it is to be seen what was the limit.
        if team.name == TEAMS[0].0 {
            self.watch(team, &assignment, began).await?;
        }
        self.beat(worker, &assignment, None, &log, began + 1_000)
            .await?;
        self.keep_files(worker, &assignment, &judged, &log).await?;
        let outcome = Outcome::Judged {
            result: Box::new(judged),
        };
        self.end(worker, &assignment, outcome, began + 78_000).await
    }

    /// The hosts tell how they were.
    async fn watch(
        &self,
        team: &Team,
        assignment: &Assignment,
        began: Millis,
    ) -> Result<(), Error> {
        let mut transaction = self.state.store.begin_write().await?;
        for piece in samples::of_run(assignment.lease, 78) {
            let now = began + 78_000;
            let taken =
                crate::samples::take(&mut transaction, self.contest, team, piece, now).await;
            taken.map_err(|refused| Error::Internal(refused.to_string()))?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// What is under way.
    async fn present(&mut self, teams: &[Team], now: Millis) -> Result<(), Error> {
        self.fault(&teams[7], now).await?;
        for (worker, team) in [0, 3].into_iter().enumerate() {
            self.begin(worker, &teams[team], now).await?;
        }
        for (number, team) in [1, 4, 5].into_iter().enumerate() {
            let at = now - MINUTE + number as i64 * 9_000;
            self.enqueue(&teams[team], "three hosts", at).await?;
        }
        Ok(())
    }

    /// A run that could not be done.
    async fn fault(&self, team: &Team, now: Millis) -> Result<(), Error> {
        self.enqueue(team, "after a reboot", now - 7 * MINUTE)
            .await?;
        for attempt in 0..=queue::MOST_FAULTS {
            let at = now - (6 - attempt) * MINUTE;
            let assignment = self.claim(1, at).await?;
            let outcome = Outcome::Broken {
                reason: "the benchmark could not write its files: no space left".to_owned(),
            };
            self.end(1, &assignment, outcome, at + 20_000).await?;
        }
        Ok(())
    }

    /// A run that is under way.
    async fn begin(&self, worker: usize, team: &Team, now: Millis) -> Result<(), Error> {
        let lines = ["it begins", "load: people come in", "more people come in"];
        let lines_ja = [
            "開始します",
            "負荷走行: 人がやって来ます",
            "さらに人がやって来ます",
        ];
        let log: Vec<(&str, String)> = lines
            .map(|line| ("en", line.to_owned()))
            .into_iter()
            .chain(lines_ja.map(|line| ("ja", line.to_owned())))
            .collect();
        self.enqueue(team, "cache the timeline", now - 2 * MINUTE)
            .await?;
        let assignment = self.claim(worker, now - 40_000).await?;
        let progress = Progress {
            sequence: 38,
            phase: Phase::Load,
            seconds_left: 24.0 + worker as f64,
            people: 1_310,
            requests_per_second: 2_204.0,
            score: 8_350 - 4_000 * worker as u64,
            errors: 3,
        };
        self.beat(worker, &assignment, Some(progress), &log, now)
            .await
    }

    async fn enqueue(&self, team: &Team, note: &str, at: Millis) -> Result<(), Error> {
        let mut connection = self.state.connection().await?;
        let digest = secret::hash(&format!("{at}{note}"));
        let wish = Enqueue {
            hosts: Vec::new(),
            note: Some(note.to_owned()),
            commit: digest.get(..7).map(str::to_owned),
        };
        let enqueued = queue::enqueue(&mut connection, self.contest, team, &wish, at).await;
        enqueued
            .map(drop)
            .map_err(|refused| Error::Conflict(refused.to_string()))
    }

    async fn claim(&self, worker: usize, at: Millis) -> Result<Assignment, Error> {
        let worker = &self.workers[worker];
        let claimed = queue::claim(
            &self.state.store,
            self.contest,
            worker,
            self.state.settings.lease,
            at,
        )
        .await?;
        claimed.ok_or_else(|| Error::Internal("the demo's worker found no job".to_owned()))
    }

    async fn end(
        &self,
        worker: usize,
        assignment: &Assignment,
        outcome: Outcome,
        at: Millis,
    ) -> Result<(), Error> {
        let finish = Finish {
            lease: assignment.lease,
            outcome,
        };
        queue::finish(
            &self.state.store,
            &self.workers[worker],
            &finish,
            self.state.settings.lease,
            at,
        )
        .await?;
        Ok(())
    }

    async fn beat(
        &self,
        worker: usize,
        assignment: &Assignment,
        progress: Option<Progress>,
        log: &[(&str, String)],
        at: Millis,
    ) -> Result<(), Error> {
        let mut sequences = [0, 0];
        let lines = log.iter().map(|(language, text)| {
            let sequence = &mut sequences[usize::from(*language == "ja")];
            *sequence += 1;
            LogLine {
                sequence: *sequence - 1,
                language: (*language).to_owned(),
                text: text.clone(),
            }
        });
        let heartbeat = Heartbeat {
            lease: assignment.lease,
            progress,
            log: lines.collect(),
        };
        queue::heartbeat(
            &self.state.store,
            self.contest,
            &self.workers[worker],
            &heartbeat,
            self.state.settings.lease,
            at,
        )
        .await?;
        Ok(())
    }

    async fn keep_files(
        &self,
        worker: usize,
        assignment: &Assignment,
        judged: &isutori_protocol::RunResult,
        log: &[(&str, String)],
    ) -> Result<(), Error> {
        let trouble = |error: serde_json::Error| Error::Internal(error.to_string());
        let lines = log.iter().filter(|(language, _)| *language == "en");
        let lines: Vec<&str> = lines.map(|(_, line)| line.as_str()).collect();
        let report = format!(
            "<!doctype html><meta charset=utf-8><title>Report</title>\
             <style>body{{font:16px sans-serif;margin:2em}}</style>\
             <h1>{}</h1><p>A run of the demo has this in place of its report.",
            judged.score
        );
        let files = [
            ("report.html", report),
            (
                "result.json",
                serde_json::to_string_pretty(judged).map_err(trouble)?,
            ),
            ("contestant.en.log", lines.join("\n")),
        ];
        let mut connection = self.state.connection().await?;
        for (name, text) in files {
            let body = gzip::zipped(text.as_bytes());
            let body = body.map_err(|error| Error::Internal(error.to_string()))?;
            let worker = &self.workers[worker];
            runs::keep_file(&mut connection, worker, assignment.lease, name, &body).await?;
        }
        Ok(())
    }
}

fn log(judged: &isutori_protocol::RunResult) -> Vec<(&'static str, String)> {
    let (peak, score) = (judged.people.peak, judged.score);
    vec![
        ("en", "the site was initialized in 3.2 s".to_owned()),
        ("en", "the consistency check found no fault".to_owned()),
        ("en", format!("at most {peak} people were there at once")),
        ("en", format!("{}: {score}", judged.verdict.word())),
        ("ja", "サイトは3.2秒で初期化されました".to_owned()),
        ("ja", "整合性チェックに問題はありませんでした".to_owned()),
        ("ja", format!("同時に最大{peak}人が訪れました")),
        ("ja", format!("{}: {score}", judged.verdict.word())),
    ]
}
