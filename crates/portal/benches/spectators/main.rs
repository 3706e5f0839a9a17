//! What a large contest costs the portal: 1,000 teams, and 5,000 browsers that look at the
//! leaderboard while runs are judged.
//!
//! `cargo bench -p isutori-portal --bench spectators`; what it measures and what came out is in
//! `docs/benchmarks.md`. The portal is a process of its own; every viewer has a connection on
//! loopback and is one of a team or nobody in particular.

mod crowd;
mod log;
mod pages;
mod portal;

use std::{
    env,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::{interval, sleep};

use crate::{log::Log, portal::Portal};

const TEAMS: usize = 1_000;
/// Judged runs of each team when the viewers come.
const RUNS: usize = 10;
const VIEWERS: usize = 5_000;
/// So many of them are of a team.
const MEMBERS: usize = 3_000;
/// Runs that are judged, one each second.
const UPDATES: u32 = 30;
/// Pages and leaderboards asked for besides, each second.
const PAGES: u32 = 50;
/// So long nothing happens.
const QUIET: Duration = Duration::from_secs(10);

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = runtime.map_err(Failure::from).and_then(|runtime| {
        // Cargo adds `--bench`.
        match env::args().any(|argument| argument == portal::ARGUMENT) {
            true => portal::serve(),
            false => runtime.block_on(measure()),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<(), Failure> {
    let began = Instant::now();
    let mut portal = Portal::start()?;
    let made = began.elapsed().as_secs_f64();
    println!("{TEAMS} teams with {RUNS} runs each, made in {made:.1} s");
    println!("leaderboard: {}", pages::sizes(&portal.url).await?);
    let alone = portal.usage()?;
    let log = Arc::new(Log::default());
    let _crowd = crowd::gather(&portal, &log).await?;
    let gathered = portal.usage()?;
    let came = gathered.since(&alone);
    println!(
        "{VIEWERS} viewers, {MEMBERS} of them of teams: {:.0} MiB without, {:.0} MiB with them; \
         each took {:.2} ms of processor to come",
        alone.mebibytes,
        gathered.mebibytes,
        came.as_secs_f64() * 1e3 / VIEWERS as f64
    );
    sleep(QUIET).await;
    let idle = portal.usage()?.since(&gathered);
    let share = 100.0 * idle.as_secs_f64() / QUIET.as_secs_f64();
    println!("nothing happens: {share:.1} % of a core");
    log.take();

    println!("a run is judged each second:");
    judge(&mut portal, &log).await?;
    println!("the same, and {PAGES} leaderboards and pages are asked for each second:");
    let asking = tokio::spawn(pages::ask(portal.url.clone(), log.clone()));
    judge(&mut portal, &log).await?;
    asking.abort();

    portal.command("freeze")?;
    sleep(Duration::from_secs(3)).await;
    let seen = log.take();
    println!("the freeze begins: {seen}");
    println!("a run is judged each second, and its team alone is told:");
    judge(&mut portal, &log).await?;
    println!("at the end: {:.0} MiB", portal.usage()?.mebibytes);
    Ok(())
}

/// Judges one run each second, and says what it cost and when the viewers knew.
async fn judge(portal: &mut Portal, log: &Log) -> Result<(), Failure> {
    let before = portal.usage()?;
    let mut seconds = interval(Duration::from_secs(1));
    for _ in 0..UPDATES {
        seconds.tick().await;
        log.mark();
        portal.command("judge")?;
    }
    // The last ones are told.
    sleep(Duration::from_secs(2)).await;
    let processor = portal.usage()?.since(&before);
    let each = processor.as_secs_f64() * 1e3 / f64::from(UPDATES);
    println!("  processor: {each:.1} ms for each run judged");
    println!("  {}", log.take());
    Ok(())
}
