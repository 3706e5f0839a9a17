//! The arguments that name initial data, and a length of time.

use std::{net::SocketAddr, time::Duration};

use clap::Args;
use isutori_bench::services::DEFAULT_ADDRESS;
use isutori_dataset::{Dataset, Size};

/// Which data.
#[derive(Args, Clone, Debug)]
pub(crate) struct DataArguments {
    /// How much data: small, standard or large.
    #[arg(long, default_value = "small", value_name = "SIZE")]
    pub(crate) size: Size,

    /// What the data is made from.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) data_seed: u64,
}

impl DataArguments {
    /// The data that they name.
    pub(crate) fn dataset(&self) -> Dataset {
        Dataset::new(self.data_seed, self.size)
    }
}

/// How a run is driven.
#[derive(Args, Clone, Debug)]
pub(crate) struct RunArguments {
    /// How long the load lasts, such as 10s or 1m.
    #[arg(long, default_value = "60s", value_parser = parse_duration, value_name = "TIME")]
    pub(crate) duration: Duration,

    /// What people do depends on it; drawn anew when not given.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,

    /// Where the external services of the run shall be: an address of this machine that the site
    /// can reach, and a port, 0 for a free one.
    #[arg(long, default_value_t = DEFAULT_ADDRESS, value_name = "ADDR:PORT")]
    pub(crate) services: SocketAddr,

    /// What this run is about; shown in the history.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,

    /// Print the result as JSON on standard output; progress stays on standard error.
    #[arg(long)]
    pub(crate) json: bool,
}

impl RunArguments {
    /// The seed given, or one drawn from the clock, short enough to be typed.
    pub(crate) fn seed_or_draw(&self) -> u64 {
        self.seed.unwrap_or_else(|| {
            jiff::Timestamp::now().as_microsecond().unsigned_abs() % 1_000_000_007
        })
    }
}

/// The shortest and the longest load.
const DURATIONS: std::ops::RangeInclusive<u64> = 1..=3600;

fn parse_duration(text: &str) -> Result<Duration, String> {
    match parse_seconds(text)? {
        seconds if DURATIONS.contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err("a load lasts from 1s to 60m".to_owned()),
    }
}

/// How long to wait for a site.
pub(crate) fn parse_patience(text: &str) -> Result<Duration, String> {
    match parse_seconds(text)? {
        seconds if seconds <= *DURATIONS.end() => Ok(Duration::from_secs(seconds)),
        _ => Err("wait for at most 60m".to_owned()),
    }
}

pub(crate) fn parse_seconds(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.strip_suffix('s') {
        Some(number) => (number, 1),
        None => text
            .strip_suffix('m')
            .map_or((text, 1), |number| (number, 60)),
    };
    let seconds = number.parse::<u64>().ok();
    let seconds = seconds.and_then(|number| number.checked_mul(unit));
    seconds.ok_or_else(|| "give whole seconds or minutes, such as 30s or 1m".to_owned())
}

/// Threads for the load: as many as there are processors. A site on the same machine has all that
/// they leave.
pub(crate) fn load_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_seconds_or_minutes() {
        assert_eq!(parse_duration("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(parse_duration("90"), Ok(Duration::from_secs(90)));
        for wrong in [
            "",
            "s",
            "-1s",
            "1.5s",
            "0s",
            "2h",
            "100m",
            "99999999999999999999s",
        ] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
