//! The portal, as a process of its own that is commanded over its standard input.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write, stdin},
    net::SocketAddr,
    process::{Child, ChildStdin, Command, Stdio},
    time::Duration,
};

use isutori_portal::{
    contest::{self, Contest},
    people::{self, Role},
    router::router,
    state::AppState,
    store::Store,
    teams,
};
use nix::unistd::{SysconfVar, sysconf};
use sqlx::Connection;
use tokio::net::TcpListener;

use crate::{Failure, RUNS, TEAMS};

/// With this argument the program is the portal.
pub const ARGUMENT: &str = "--portal";

/// The process, which is ended when dropped.
pub struct Portal {
    process: Child,
    commands: ChildStdin,
    pub url: String,
    /// Cookies, one of each team.
    pub sessions: Vec<String>,
}

impl Drop for Portal {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a process has used.
pub struct Usage {
    processor: Duration,
    /// Resident memory.
    pub mebibytes: f64,
}

impl Usage {
    /// Processor time since then, user and system.
    pub fn since(&self, before: &Usage) -> Duration {
        self.processor.saturating_sub(before.processor)
    }
}

impl Portal {
    /// Starts it, and waits until all teams are there.
    pub fn start() -> Result<Portal, Failure> {
        let mut process = Command::new(env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let commands = process.stdin.take().ok_or("no input")?;
        let said = process.stdout.take().ok_or("no output")?;
        let mut portal = Portal {
            process,
            commands,
            url: String::new(),
            sessions: Vec::new(),
        };
        for line in BufReader::new(said).lines() {
            let line = line?;
            match line.split_once(' ') {
                Some(("session", token)) => portal.sessions.push(format!("isutori={token}")),
                Some(("listening", url)) => {
                    portal.url = url.to_owned();
                    return Ok(portal);
                }
                _ => return Err(format!("the portal says {line:?}").into()),
            }
        }
        Err("the portal ended".into())
    }

    /// Tells it what to do: `judge` or `freeze`.
    pub fn command(&mut self, command: &str) -> Result<(), Failure> {
        writeln!(self.commands, "{command}")?;
        Ok(self.commands.flush()?)
    }

    /// What it has used.
    pub fn usage(&self) -> Result<Usage, Failure> {
        let id = self.process.id();
        let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
        let (_, fields) = stat.rsplit_once(')').ok_or("no name in stat")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        // Fields 14 and 15 of proc(5), user and system.
        let ticks = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        let ticks_a_second = sysconf(SysconfVar::CLK_TCK)?.ok_or("no ticks")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let mut lines = status.lines();
        let resident = lines.find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|rest| rest.split_whitespace().next());
        Ok(Usage {
            processor: Duration::from_secs_f64(ticks as f64 / ticks_a_second as f64),
            mebibytes: resident.ok_or("no memory")?.parse::<f64>()? / 1024.0,
        })
    }
}

/// Is the portal until its input ends.
pub fn serve() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("portal.db");
    let url = format!("sqlite:{}?mode=rwc", file.display());
    let state = runtime.block_on(async {
        let state = AppState::new(Store::open(&url).await?);
        fill(&state).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening http://{}", listener.local_addr()?);
        let app = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok::<_, Failure>(state)
    })?;
    for (number, command) in stdin().lines().enumerate() {
        let command = command?;
        runtime.block_on(async {
            match &*command {
                "judge" => judge(&state, number).await,
                "freeze" => freeze(&state).await,
                other => Err(format!("{other:?} is no command").into()),
            }
        })?;
    }
    Ok(())
}

async fn fill(state: &AppState) -> Result<(), Failure> {
    let now = state.clock.now();
    let contest = format!(
        "name = \"Spectators\"\nstarts_at = \"{}\"\nends_at = \"{}\"",
        jiff::Timestamp::from_millisecond(now - 5 * 3_600_000)?,
        jiff::Timestamp::from_millisecond(now + 3 * 3_600_000)?
    );
    let contest = Contest::parse(&contest)?;
    let mut connection = state.connection().await?;
    let mut transaction = connection.begin().await?;
    contest::write(&mut transaction, &contest).await?;
    for number in 0..TEAMS {
        let team = teams::create(&mut transaction, &format!("Team {number}"), now).await?;
        let role = Role::Member(team);
        let invite = people::invite(&mut transaction, role, now).await?;
        let name = format!("member{number}");
        let person = people::join(&mut transaction, &invite, &name, "no hash", 3, now).await?;
        let session = people::begin_session(&mut transaction, person, now).await?;
        println!("session {session}");
        for run in 0..RUNS {
            let at = now - 4 * 3_600_000 + (run * 1_200_000 + number * 1_117) as i64;
            let score = 900 + number as i64 * 7 % 513 + run as i64 * (number as i64 * 13 % 251);
            add_run(&mut transaction, team, at, score).await?;
        }
    }
    Ok(transaction.commit().await?)
}

async fn add_run(
    connection: &mut sqlx::AnyConnection,
    team: i64,
    at: i64,
    score: i64,
) -> Result<(), Failure> {
    let sql =
        "INSERT INTO jobs (team_id, kind, state, targets, enqueued_at, finished_at, verdict, score)
        VALUES ($1, 'run', 'finished', '[]', $2, $2, 'pass', $3)";
    let insert = sqlx::query(sql).bind(team).bind(at).bind(score);
    insert.execute(connection).await?;
    Ok(())
}

/// Somebody from the middle comes a little further.
async fn judge(state: &AppState, number: usize) -> Result<(), Failure> {
    let team = (number * 389 % TEAMS) as i64 + 1;
    let mut connection = state.connection().await?;
    let score = 2_000 + number as i64 * 7;
    add_run(&mut connection, team, state.clock.now(), score).await?;
    state.events.tell();
    Ok(())
}

async fn freeze(state: &AppState) -> Result<(), Failure> {
    let mut contest = state.contest().await?.contest;
    let now = jiff::Timestamp::from_millisecond(state.clock.now())?;
    contest.freezes_at = Some(now);
    let mut connection = state.connection().await?;
    contest::write(&mut connection, &contest).await?;
    state.events.tell();
    Ok(())
}
