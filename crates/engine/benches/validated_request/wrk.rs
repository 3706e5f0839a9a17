//! `wrk` as the measure: it parses no body and judges nothing.

use std::{
    env,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, ensure};
use nix::sys::resource::UsageWho;

use crate::{
    CONNECTIONS, ROUND,
    usage::{Cost, processor_time},
};

/// Where `wrk` is.
pub fn find_wrk() -> anyhow::Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join("wrk"))
        .find(|program| program.is_file())
        .context("wrk is not on PATH, and the benchmark compares with it; on Debian or Ubuntu: apt install wrk")
}

/// One round of `wrk`. It is the only child that ends meanwhile, so that the
/// processor time of ended children is its own.
pub fn measure_wrk(wrk: &PathBuf, address: SocketAddr) -> anyhow::Result<Cost> {
    let before = processor_time(UsageWho::RUSAGE_CHILDREN)?;
    let output = Command::new(wrk)
        .args(["--threads", "1"])
        .args(["--connections", &CONNECTIONS.to_string()])
        .args(["--duration", &format!("{}s", ROUND.as_secs())])
        .arg(format!("http://{address}/"))
        .stdin(Stdio::null())
        .output()
        .context("cannot run wrk")?;
    let used = processor_time(UsageWho::RUSAGE_CHILDREN)? - before;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {printed}");
    let requests = printed
        .lines()
        .find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok())
        .with_context(|| format!("wrk printed no number of requests: {printed}"))?;
    Ok(Cost::new(used, requests))
}
