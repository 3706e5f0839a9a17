//! The ideal app, for sizing the benchmark by hand:
//!
//! ```text
//! cargo run --release -p suwaru-twin --example twin -- --listen 127.0.0.1:8080 --size small --data-seed 1
//! ```

use std::{io::Write, net::SocketAddr, thread, time::Instant};

use clap::Parser;
use isutori_dataset::{Dataset, Size};
use suwaru_twin::{Initial, Place, Rules, Twin};

/// Serves an in-memory Suwaru until it is stopped.
#[derive(Parser)]
struct Args {
    /// Where to listen; port 0 is a free one.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How much data: small, standard or large.
    #[arg(long, default_value = "small")]
    size: Size,
    /// What the data is made from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    data_seed: u64,
    /// How many threads serve.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// Answers take the time that a machine of this power would take: 1.6 is busy
    /// with some 150 people. Without it they come as soon as they can.
    #[arg(long, value_name = "POWER")]
    power: Option<f64>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let begun = Instant::now();
    let initial = Initial::from(Dataset::new(args.data_seed, args.size));
    let place = Place {
        address: args.listen,
        threads: args.threads,
        power: args.power,
    };
    let twin = Twin::start_at(&place, &initial, Rules::default())?;
    let seconds = begun.elapsed().as_secs_f64();
    eprintln!("the data is ready after {seconds:.1} s");
    println!("listening on {}", twin.url());
    std::io::stdout().flush()?;
    loop {
        thread::park();
    }
}
