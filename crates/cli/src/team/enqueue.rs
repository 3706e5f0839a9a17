//! `isutori team enqueue`.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use isutori_protocol::contest::{Enqueue, Job, JobState};
use isutori_worker::{
    Portal,
    client::{Enqueued, patiently},
};
use tokio::time::sleep;

use super::PortalArguments;
use crate::{
    ENVIRONMENT, shutdown,
    terminal::{self, progress::Line, summary, team},
};

/// How often a job is looked at.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori team enqueue --portal https://portal.example --token TOKEN --note 'index on comments' --wait\n  isutori team enqueue --portal https://portal.example --token TOKEN --host app1 app2 --commit 4f65781d"
)]
pub(crate) struct EnqueueCommand {
    /// Names of the team's hosts to be visited; all of them when not given.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    host: Vec<String>,

    /// What this run is about.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// Which commit is deployed.
    #[arg(long, value_name = "HASH")]
    commit: Option<String>,

    /// Wait for the verdict. Exit codes: 0 passed, 1 failed, 2 no verdict, 3 void.
    #[arg(long)]
    wait: bool,

    #[command(flatten)]
    portal: PortalArguments,

    /// Print JSON: the job.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(arguments: EnqueueCommand) -> anyhow::Result<u8> {
    let portal = arguments.portal.portal()?;
    let enqueue = Enqueue {
        hosts: arguments.host,
        note: arguments.note,
        commit: arguments.commit,
    };
    let job = match portal.enqueue(&enqueue).await? {
        Enqueued::New(job) => job,
        Enqueued::UnderWay(job) => anyhow::bail!(
            "there is no new job, because {}; wait for its end, or take it back with isutori team cancel {}",
            team::sentence(&job),
            job.id
        ),
    };
    match (arguments.wait, arguments.json) {
        (true, json) => wait(&portal, job, json).await,
        (false, true) => terminal::print_json(&job).map(|()| 0),
        (false, false) => terminal::print(&format!("{}\n", team::sentence(&job))).map(|()| 0),
    }
}

/// Waits for a job's end, and tells it.
async fn wait(portal: &Portal, job: Job, json: bool) -> anyhow::Result<u8> {
    let stop = shutdown::listen()?;
    let id = job.id;
    let job = shutdown::or_stop(&stop, follow(portal, job)).await;
    let job = job.with_context(|| format!("job {id} goes on without this command"))?;
    match json {
        true => terminal::print_json(&job)?,
        false => terminal::print(&describe_end(portal, &job).await?)?,
    }
    Ok(exit_code(&job))
}

/// Shows how a job goes until it is over.
async fn follow(portal: &Portal, mut job: Job) -> anyhow::Result<Job> {
    let line = Line::new();
    let mut state = None;
    while !job.state.is_over() {
        let changed = state.replace(job.state) != Some(job.state);
        line.show(&team::sentence(&job), changed);
        sleep(EVERY).await;
        job = patiently(|| portal.job(job.id)).await?;
    }
    line.clear();
    Ok(job)
}

async fn describe_end(portal: &Portal, job: &Job) -> anyhow::Result<String> {
    let sentence = team::sentence(job);
    if job.state != JobState::Finished {
        return Ok(format!("{sentence}\n"));
    }
    let result = patiently(|| portal.result(job.id)).await?;
    Ok(format!("job {}: {}", job.id, summary::describe(&result)))
}

fn exit_code(job: &Job) -> u8 {
    match (job.state, job.verdict) {
        (JobState::Finished, Some(verdict)) => verdict.exit_code(),
        _ => ENVIRONMENT,
    }
}
