//! What a validated request costs: processor time of the client, which reads
//! and compares everything on the page, against `wrk`, which looks at nothing.
//!
//! `cargo bench -p isutori-engine --bench validated_request`; what it measures
//! and what came out is in `docs/benchmarks.md`. With `-- pages N` or
//! `-- requests N` it does only that many, for counting instructions.

mod client;
mod idle;
mod page;
mod server;
mod usage;
mod wrk;

use std::{env, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use isutori_engine::open_files;

use crate::{
    client::{Work, check_pages, measure_client, send_requests},
    idle::measure_idle,
    page::Page,
    server::Server,
    wrk::{find_wrk, measure_wrk},
};

/// Keep-alive connections, one for each person.
const CONNECTIONS: usize = 50;
/// Each round measures every client once.
const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
    let arguments: Vec<String> = env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => compare_with_wrk(),
        [server::ARGUMENT] => server::serve(),
        ["pages", count] => check_pages(number(count)?),
        ["requests", count] => {
            let server = Server::start()?;
            send_requests(server.address, number(count)?)
        }
        ["idle"] => {
            let server = Server::start()?;
            println!("{}", measure_idle(server.address)?);
            Ok(())
        }
        _ => bail!("unknown arguments {words:?}; give none, `pages N`, `requests N` or `idle`"),
    }
}

fn number(text: &str) -> anyhow::Result<u64> {
    text.parse()
        .with_context(|| format!("{text:?} is no number"))
}

fn compare_with_wrk() -> anyhow::Result<()> {
    let wrk = find_wrk()?;
    open_files::allow_many();
    let server = Server::start()?;
    let html = Page::sample().to_html();
    println!(
        "page of {} bytes, {CONNECTIONS} connections, {ROUNDS} rounds of {} s for each client",
        html.len(),
        ROUND.as_secs()
    );
    let mut rows = Vec::new();
    for round in 1..=ROUNDS {
        let plain = measure_wrk(&wrk, server.address)?;
        let fetched = measure_client(server.address, Work::Fetch)?;
        let validated = measure_client(server.address, Work::Validate)?;
        println!("round {round}: wrk {plain}; fetched {fetched}; validated {validated}");
        rows.push([plain, fetched, validated].map(|cost| cost.micros));
    }
    let of_rounds = |figure: fn(&[f64; 3]) -> f64| median(rows.iter().map(figure).collect());
    println!("medians, µs of processor time for each request:");
    println!("wrk                {:6.1}", of_rounds(|row| row[0]));
    println!("browser            {:6.1}", of_rounds(|row| row[1]));
    println!("browser and checks {:6.1}", of_rounds(|row| row[2]));
    println!("{}", measure_idle(server.address)?);
    // Within a round, what else the machine does weighs on all alike.
    println!("ratio_to_wrk: {:.1}", of_rounds(|row| row[2] / row[0]));
    Ok(())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
