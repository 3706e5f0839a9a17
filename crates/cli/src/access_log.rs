//! `isutori access-log`.

use std::{
    fmt::Write,
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::{Args, ValueEnum};
use isutori_bench::endpoints;
use isutori_host::access_log::{Read, RouteSummary, Routes};
use serde::Serialize;

use crate::terminal;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori access-log /var/log/nginx/access.log\n  isutori access-log access.log --route '/people/:name' --sort p95"
)]
pub(crate) struct Arguments {
    /// Logs in LTSV or JSON, with method, uri, status and reqtime (seconds); - for standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Requests that fit this pattern are of one kind, such as /people/:name; besides the routes
    /// of the reference app. May be given several times.
    #[arg(long = "route", value_name = "PATTERN", value_parser = pattern)]
    routes: Vec<String>,

    /// What comes first.
    #[arg(long, value_enum, default_value_t = Order::Sum)]
    sort: Order,

    /// Show so many routes; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Order {
    /// The time of all requests together.
    Sum,
    /// The number of requests.
    Count,
    /// The time of one request on average.
    Mean,
    /// What 95 of 100 requests took no longer than.
    P95,
    /// What 99 of 100 requests took no longer than.
    P99,
    /// The longest.
    Max,
}

impl Order {
    fn key(self, route: &RouteSummary) -> f64 {
        match self {
            Order::Sum => route.sum_seconds,
            Order::Count => route.count as f64,
            Order::Mean => route.mean_seconds,
            Order::P95 => route.p95_seconds,
            Order::P99 => route.p99_seconds,
            Order::Max => route.max_seconds,
        }
    }
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Report {
    requests: u64,
    seconds: f64,
    unreadable: u64,
    routes: Vec<RouteSummary>,
}

fn pattern(text: &str) -> Result<String, String> {
    match text.starts_with('/') {
        true => Ok(text.to_owned()),
        false => Err("a pattern begins with /, such as /people/:name".to_owned()),
    }
}

/// Reads the logs, and shows which routes took the most time.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    // "GET /api/timeline, at once" is of "/api/timeline".
    let known = endpoints::TABLE.iter().filter_map(|endpoint| {
        let (_, path) = endpoint.name.split_once(' ')?;
        let path = path.split(',').next()?;
        path.starts_with('/').then_some(path)
    });
    let given = arguments.routes.iter().map(String::as_str);
    let routes = Routes::new(given.chain(known));
    let mut read = Read::default();
    for file in &arguments.files {
        read_file(&mut read, file, &routes)
            .with_context(|| format!("cannot read {}", file.display()))?;
    }
    let example = read.example.as_ref();
    let example = example.map(|line| format!("the first is line {}: {}", line.number, line.reason));
    let mut ranked = read.summary.ranked();
    let Some(requests) = ranked.iter().map(|route| route.count).reduce(|a, b| a + b) else {
        let example = example.map_or(String::new(), |example| format!("; {example}"));
        anyhow::bail!(
            "no requests in {} lines{example}. nginx writes what is needed by\n  \
             log_format ltsv \"time:$time_iso8601\\tmethod:$request_method\\turi:$request_uri\\tstatus:$status\\tsize:$body_bytes_sent\\treqtime:$request_time\";",
            read.unreadable
        );
    };
    ranked.sort_by(|a, b| arguments.sort.key(b).total_cmp(&arguments.sort.key(a)));
    let report = Report {
        requests,
        seconds: ranked.iter().map(|route| route.sum_seconds).sum(),
        unreadable: read.unreadable,
        routes: ranked,
    };
    if arguments.json {
        terminal::print_json(&report)?;
        return Ok(0);
    }
    terminal::print(&table(&report, arguments.limit))?;
    if let Some(example) = example {
        eprintln!("{} lines are no requests; {example}", report.unreadable);
    }
    Ok(0)
}

fn read_file(read: &mut Read, file: &Path, routes: &Routes) -> anyhow::Result<()> {
    match file == Path::new("-") {
        true => read.read_on(io::stdin().lock(), routes)?,
        false => read.read_on(BufReader::new(File::open(file)?), routes)?,
    }
    Ok(())
}

fn table(report: &Report, limit: usize) -> String {
    let mut text = format!(
        "{} requests, {:.3} s together\n\n",
        report.requests, report.seconds
    );
    let _ = writeln!(
        text,
        "{:>9} {:>5} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}  {:>7} {:>6} {:>6} {:>6} {:>9}  route",
        "sum s",
        "share",
        "count",
        "mean",
        "p50",
        "p95",
        "p99",
        "max",
        "2xx",
        "3xx",
        "4xx",
        "5xx",
        "bytes"
    );
    let shown = if limit == 0 { usize::MAX } else { limit };
    for route in report.routes.iter().take(shown) {
        let [second, third, fourth, fifth] = route.statuses;
        let _ = writeln!(
            text,
            "{:>9.3} {:>4.0}% {:>8} {:>8.3} {:>8.3} {:>8.3} {:>8.3} {:>8.3}  {second:>7} {third:>6} {fourth:>6} {fifth:>6} {:>9.0}  {} {}",
            route.sum_seconds,
            route.share * 100.0,
            route.count,
            route.mean_seconds,
            route.p50_seconds,
            route.p95_seconds,
            route.p99_seconds,
            route.max_seconds,
            route.mean_bytes,
            route.method,
            route.route,
        );
    }
    let hidden = report.routes.len().saturating_sub(shown);
    if hidden > 0 {
        let _ = writeln!(text, "… and {hidden} more: --limit 0 shows all");
    }
    text
}
