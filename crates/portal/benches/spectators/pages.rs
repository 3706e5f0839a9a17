//! Pages that are asked for besides.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, header};
use tokio::time::{MissedTickBehavior, interval};

use crate::{Failure, PAGES, log::Log};

/// How large the leaderboard is.
pub async fn sizes(url: &str) -> Result<String, Failure> {
    let size = async |path: &str, coding: &str| -> Result<usize, Failure> {
        let request = Client::new().get(format!("{url}{path}"));
        let answer = request
            .header(header::ACCEPT_ENCODING, coding)
            .send()
            .await?;
        Ok(answer.error_for_status()?.bytes().await?.len())
    };
    Ok(format!(
        "{} bytes, zipped {}",
        size("/board", "identity").await?,
        size("/board", "gzip").await?
    ))
}

/// Asks for the leaderboard and for its page in turn.
pub async fn ask(url: String, log: Arc<Log>) {
    let client = Client::new();
    let mut ticks = interval(Duration::from_secs(1) / PAGES);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for path in ["/board", "/"].into_iter().cycle() {
        ticks.tick().await;
        let request = client.get(format!("{url}{path}"));
        let request = request.header(header::ACCEPT_ENCODING, "gzip");
        let log = log.clone();
        tokio::spawn(async move {
            let began = Instant::now();
            let whole = async { request.send().await?.error_for_status()?.bytes().await };
            match whole.await {
                Ok(_) => log.page(began.elapsed()),
                Err(_) => log.failed(),
            }
        });
    }
}
