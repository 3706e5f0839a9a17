//! What hosts sampled of themselves during runs: for their team to see what was the limit.
//!
//! Hosts belong to contestants, so that all of it is as they say, bounded, and of no effect on
//! anything else.

pub(crate) mod charts;
pub(crate) mod limit;

use std::collections::BTreeMap;

use isutori_protocol::contest::{HostSamples, HostSecond, Lease, ProcessUse, WatchedRun};
use sqlx::AnyConnection;

use crate::{
    clock::Millis,
    contest::Contest,
    gzip, store,
    teams::{Host, Team},
};

/// So long after a run its samples are still taken, milliseconds.
const LATEST: Millis = 5 * 60_000;

/// So far a host's clock may be ahead within a run, milliseconds.
const AHEAD: Millis = 2_000;

/// No number of a host is larger.
const LARGEST: u64 = 1 << 50;

/// So many bytes of samples that were sent at once are never more.
const LARGEST_PIECE: u64 = 1 << 20;

/// Why samples are not taken.
#[derive(Debug, thiserror::Error)]
pub enum SamplesRefused {
    /// They are not what they should be.
    #[error("{0}")]
    Invalid(&'static str),
    /// There is no such run of the team.
    #[error("the team has no such run")]
    NoRun,
    /// It was over too long ago.
    #[error("this run is over: its samples are not taken any more")]
    Over,
    /// More would be too much.
    #[error("no more samples are taken of this run")]
    Full,
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// A host during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WatchedHost {
    /// Its name.
    pub(crate) name: String,
    /// How many processors it has.
    pub(crate) processors: u64,
    /// Bytes of memory that it has.
    pub(crate) memory: u64,
    /// In the order of time.
    pub(crate) seconds: Vec<HostSecond>,
}

/// The run of a team that is under way.
///
/// # Errors
/// The database's.
pub async fn run_under_way(
    connection: &mut AnyConnection,
    team: i64,
    now: Millis,
) -> Result<Option<WatchedRun>, sqlx::Error> {
    let sql = "SELECT jobs.id, jobs.attempt, began_at FROM jobs
            JOIN runs ON runs.job_id = jobs.id AND runs.attempt = jobs.attempt
        WHERE team_id = $1 AND jobs.state = 'running' AND verifies IS NULL";
    let found: Option<(i64, i64, Millis)> = sqlx::query_as(sql)
        .bind(team)
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(job, attempt, began_at)| WatchedRun {
        lease: Lease {
            job,
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
        },
        elapsed_ms: (now - began_at).max(0).cast_unsigned(),
    }))
}

/// Keeps what a host has sampled of itself. Within a transaction.
///
/// # Errors
/// When it is not of a run of this team that is or was just under way, or too much.
pub async fn take(
    connection: &mut AnyConnection,
    contest: &Contest,
    team: &Team,
    mut samples: HostSamples,
    now: Millis,
) -> Result<(), SamplesRefused> {
    check(&samples).map_err(SamplesRefused::Invalid)?;
    let lease = samples.lease;
    let sql = "SELECT began_at, ended_at FROM runs JOIN jobs ON jobs.id = runs.job_id
        WHERE job_id = $1 AND runs.attempt = $2 AND team_id = $3";
    let run: Option<(Millis, Option<Millis>)> = sqlx::query_as(sql)
        .bind(lease.job)
        .bind(i64::from(lease.attempt))
        .bind(team.id)
        .fetch_optional(&mut *connection)
        .await?;
    let (began_at, ended_at) = run.ok_or(SamplesRefused::NoRun)?;
    if ended_at.is_some_and(|ended_at| ended_at + LATEST < now) {
        return Err(SamplesRefused::Over);
    }
    let until = (ended_at.unwrap_or(now) - began_at + AHEAD).max(0);
    samples
        .seconds
        .retain(|second| second.at_ms <= until.cast_unsigned());
    let Some(first) = samples.seconds.first() else {
        return Ok(());
    };
    let from = first.at_ms.cast_signed();
    check_room(connection, contest, &samples).await?;
    let body = serde_json::to_vec(&samples).map_err(|e| sqlx::Error::Encode(e.into()))?;
    let body = gzip::zipped(&body).map_err(sqlx::Error::Io)?;
    let sql = "INSERT INTO host_samples (job_id, attempt, host, from_ms, seconds, body)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    sqlx::query(sql)
        .bind(lease.job)
        .bind(i64::from(lease.attempt))
        .bind(&samples.host)
        .bind(from)
        .bind(samples.seconds.len() as i64)
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether so many seconds of so many hosts may still be kept of a run.
async fn check_room(
    connection: &mut AnyConnection,
    contest: &Contest,
    samples: &HostSamples,
) -> Result<(), SamplesRefused> {
    let HostSamples { host, lease, .. } = samples;
    let sql = "SELECT CAST(COALESCE(SUM(seconds), 0) AS BIGINT) FROM host_samples
        WHERE job_id = $1 AND attempt = $2 AND host = $3";
    let kept = store::number(sql)
        .bind(lease.job)
        .bind(i64::from(lease.attempt))
        .bind(host)
        .fetch_one(&mut *connection)
        .await?;
    if kept.cast_unsigned() as usize + samples.seconds.len() > HostSamples::MOST_OF_A_RUN {
        return Err(SamplesRefused::Full);
    }
    let sql = "SELECT COUNT(DISTINCT host) FROM host_samples
        WHERE job_id = $1 AND attempt = $2 AND host <> $3";
    let others = store::number(sql)
        .bind(lease.job)
        .bind(i64::from(lease.attempt))
        .bind(host)
        .fetch_one(connection)
        .await?;
    match others.cast_unsigned() < contest.hosts {
        true => Ok(()),
        false => Err(SamplesRefused::Full),
    }
}

/// What is wrong with samples by themselves.
fn check(samples: &HostSamples) -> Result<(), &'static str> {
    if Host::parse(&samples.host, None).is_err() {
        return Err("a host's name has 1 to 40 letters of A-Z a-z 0-9 . _ - and no - at first");
    }
    let seconds = &samples.seconds;
    if !(1..=HostSamples::MOST_SECONDS).contains(&seconds.len()) {
        return Err("1 to 60 seconds are sent at once");
    }
    let are_in_order = seconds.windows(2).all(|two| two[0].at_ms < two[1].at_ms);
    let is_size = (1..=4096).contains(&samples.processors) && samples.memory <= LARGEST;
    let are_fine = seconds.iter().all(|second| {
        let cpu = &second.cpu;
        let shares = [
            cpu.user,
            cpu.system,
            cpu.iowait,
            cpu.steal,
            second.disk.busy,
        ];
        let numbers = [
            second.at_ms,
            second.memory,
            second.swapped,
            second.disk.read,
            second.disk.written,
            second.network.received,
            second.network.sent,
        ];
        shares.into_iter().all(|share| share <= 1000)
            && numbers.into_iter().all(|number| number <= LARGEST)
            && second.processes.len() <= HostSamples::MOST_PROCESSES
            && second.processes.iter().all(is_process)
    });
    match are_in_order && is_size && are_fine {
        true => Ok(()),
        false => Err(
            "these are no samples: seconds in the order of time, shares of at most 1000, short names",
        ),
    }
}

fn is_process(process: &ProcessUse) -> bool {
    let is_name = |name: &str| {
        name.chars().nth(HostSamples::LONGEST_NAME).is_none() && !name.chars().any(char::is_control)
    };
    let numbers = [process.memory, process.read, process.written];
    is_name(&process.name)
        && is_name(&process.unit)
        && process.cpu <= 4096 * 1000
        && numbers.into_iter().all(|number| number <= LARGEST)
}

/// What the hosts of an attempt have sampled, by their names.
///
/// # Errors
/// The database's.
pub(crate) async fn of_run(
    connection: &mut AnyConnection,
    job: i64,
    attempt: i64,
) -> Result<Vec<WatchedHost>, sqlx::Error> {
    let sql = "SELECT body FROM host_samples WHERE job_id = $1 AND attempt = $2
        ORDER BY host, from_ms";
    let pieces: Vec<Vec<u8>> = sqlx::query_scalar(sql)
        .bind(job)
        .bind(attempt)
        .fetch_all(connection)
        .await?;
    let mut hosts: BTreeMap<String, WatchedHost> = BTreeMap::new();
    for piece in pieces {
        let piece = gzip::unzipped(&piece, LARGEST_PIECE).map_err(sqlx::Error::Io)?;
        // One of an older form is as good as none.
        let Ok(piece) = serde_json::from_slice::<HostSamples>(&piece.unwrap_or_default()) else {
            continue;
        };
        let host = hosts.entry(piece.host.clone()).or_insert(WatchedHost {
            name: piece.host,
            processors: 1,
            memory: 0,
            seconds: Vec::new(),
        });
        (host.processors, host.memory) = (piece.processors, piece.memory);
        let last = host.seconds.last().map(|second| second.at_ms);
        let is_new = |second: &HostSecond| last.is_none_or(|last| second.at_ms > last);
        host.seconds
            .extend(piece.seconds.into_iter().filter(is_new));
    }
    Ok(hosts.into_values().collect())
}

/// The processes of a host by what they took, those of most processor time first.
pub(crate) fn ranked(seconds: &[&HostSecond]) -> Vec<Ranked> {
    let mut sums: BTreeMap<(&str, &str), Ranked> = BTreeMap::new();
    for process in seconds.iter().flat_map(|second| &second.processes) {
        let key = (&*process.name, &*process.unit);
        let ranked = sums.entry(key).or_insert_with(|| Ranked {
            name: process.name.clone(),
            unit: process.unit.clone(),
            ..Ranked::default()
        });
        ranked.cpu += process.cpu;
        ranked.most_cpu = ranked.most_cpu.max(process.cpu);
        ranked.most_memory = ranked.most_memory.max(process.memory);
        ranked.read += process.read;
        ranked.written += process.written;
    }
    let count = (seconds.len() as u64).max(1);
    let mut all: Vec<Ranked> = sums.into_values().collect();
    for ranked in &mut all {
        for sum in [&mut ranked.cpu, &mut ranked.read, &mut ranked.written] {
            *sum /= count;
        }
    }
    // The sum of the others comes last, whatever it is.
    all.sort_by_key(|one| (one.name.is_empty(), std::cmp::Reverse(one.cpu)));
    all
}

/// Processes of one name and unit over some time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// Empty for all that were not listed.
    pub(crate) name: String,
    pub(crate) unit: String,
    /// Of one processor on average, in thousandths.
    pub(crate) cpu: u64,
    /// Of one processor at most, in thousandths.
    pub(crate) most_cpu: u64,
    /// Bytes at most.
    pub(crate) most_memory: u64,
    /// Bytes a second on average.
    pub(crate) read: u64,
    /// Bytes a second on average.
    pub(crate) written: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sample_is_refused() {
        let second = |at_ms| HostSecond {
            at_ms,
            ..HostSecond::default()
        };
        let samples = |change: fn(&mut HostSamples)| {
            let mut samples = HostSamples {
                host: "web".to_owned(),
                lease: Lease { job: 1, attempt: 1 },
                processors: 2,
                memory: 1 << 30,
                seconds: vec![second(1000), second(2000)],
            };
            change(&mut samples);
            check(&samples)
        };
        assert_eq!(samples(|_| ()), Ok(()));
        let wrong: [fn(&mut HostSamples); 9] = [
            |samples| samples.host = "<b>".to_owned(),
            |samples| samples.seconds.clear(),
            |samples| samples.seconds = vec![HostSecond::default(); 61],
            |samples| samples.seconds[1].at_ms = 1000,
            |samples| samples.processors = 0,
            |samples| samples.seconds[0].cpu.user = 1001,
            |samples| samples.seconds[0].network.sent = u64::MAX,
            |samples| samples.seconds[0].processes = vec![ProcessUse::default(); 10],
            |samples| {
                samples.seconds[0].processes = vec![ProcessUse {
                    name: "a\u{1b}b".to_owned(),
                    ..ProcessUse::default()
                }];
            },
        ];
        for (number, change) in wrong.into_iter().enumerate() {
            assert!(samples(change).is_err(), "{number}");
        }
    }
}
