//! What a run's page shows of the hosts.

use isutori_protocol::{
    Timeline,
    contest::{HostSecond, ProcessUse},
};

use super::{
    Ranked, WatchedHost,
    limit::{Limit, limit},
    ranked,
};
use crate::{
    chart::{Chart, Series, Span},
    figures::bytes,
    texts::Texts,
};

/// So many moments are drawn at most; of more, some together are one.
const MOST_POINTS: usize = 300;

/// So many processes have a colour of their own.
const DRAWN: usize = 5;

/// The hosts of a run, the one nearest to its limit first.
pub(crate) struct Watched {
    /// The score over the same time, once it is known.
    pub(crate) score: Option<Chart>,
    pub(crate) hosts: Vec<HostView>,
}

/// A host.
pub(crate) struct HostView {
    pub(crate) name: String,
    pub(crate) limit: Limit,
    pub(crate) charts: Vec<Chart>,
    pub(crate) processes: Vec<Ranked>,
    nearness: f64,
}

impl Watched {
    /// Nothing when no host has told anything.
    pub(crate) fn new(
        hosts: &[WatchedHost],
        span: Span,
        timeline: Option<&Timeline>,
        t: &Texts,
    ) -> Option<Watched> {
        let mut hosts: Vec<HostView> = hosts
            .iter()
            .filter(|host| !host.seconds.is_empty())
            .map(|host| HostView::new(host, span, t))
            .collect();
        hosts.sort_by(|one, other| other.nearness.total_cmp(&one.nearness));
        let began = span.load.map(|(from, _)| from);
        let score = timeline.zip(began).map(|(timeline, began)| {
            let seconds = timeline.seconds.iter();
            let points = seconds.map(|second| {
                let at = began + (second.until.max(0.0) * 1000.0) as u64;
                (at, second.score as f64)
            });
            let points = points.collect();
            let series = vec![named(t.score, points)];
            Chart::lines(t.score, span, series, |score| {
                crate::figures::grouped(score as u64)
            })
        });
        (!hosts.is_empty()).then_some(Watched { score, hosts })
    }
}

fn named(name: &str, points: Vec<(u64, f64)>) -> Series {
    Series {
        name: name.to_owned(),
        points,
    }
}

fn percent(share: f64) -> String {
    format!("{share:.0} %")
}

impl HostView {
    fn new(host: &WatchedHost, span: Span, t: &Texts) -> HostView {
        let is_loaded = |second: &&HostSecond| {
            let load = span.load;
            load.is_some_and(|(from, until)| (from..=until).contains(&second.at_ms))
        };
        let loaded: Vec<&HostSecond> = host.seconds.iter().filter(is_loaded).collect();
        // A run may not have come to its load.
        let counted = match loaded.is_empty() {
            true => host.seconds.iter().collect(),
            false => loaded,
        };
        let (limit, nearness) = limit(host, &counted);
        let processes = ranked(&counted);
        HostView {
            name: host.name.clone(),
            limit,
            charts: charts(host, &processes, span, t),
            processes,
            nearness,
        }
    }

    /// Of one processor.
    pub(crate) fn share(&self, thousandths: &u64) -> String {
        format!("{:.1} %", *thousandths as f64 / 10.0)
    }

    pub(crate) fn amount(&self, amount: &u64) -> String {
        bytes(*amount as f64)
    }
}

fn charts(host: &WatchedHost, processes: &[Ranked], span: Span, t: &Texts) -> Vec<Chart> {
    let series = |name: &str, of: &dyn Fn(&HostSecond) -> f64| named(name, points(host, of));
    let tenth = |thousandths: u64| thousandths as f64 / 10.0;
    vec![
        Chart::stacked(
            t.chart_cpu,
            span,
            vec![
                series(t.cpu_user, &|second| tenth(second.cpu.user)),
                series(t.cpu_system, &|second| tenth(second.cpu.system)),
                series(t.cpu_iowait, &|second| tenth(second.cpu.iowait)),
                series(t.cpu_steal, &|second| tenth(second.cpu.steal)),
            ],
            100.0,
            percent,
        ),
        Chart::stacked(
            t.chart_processes,
            span,
            process_series(host, processes, t),
            100.0,
            percent,
        ),
        Chart::stacked(
            t.chart_memory,
            span,
            vec![series(t.memory_used, &|second| second.memory as f64)],
            host.memory as f64,
            bytes,
        ),
        Chart::stacked(
            t.chart_disk_busy,
            span,
            vec![series(t.disk_busy, &|second| tenth(second.disk.busy))],
            100.0,
            percent,
        ),
        Chart::lines(
            t.chart_disk,
            span,
            vec![
                series(t.disk_read, &|second| second.disk.read as f64),
                series(t.disk_written, &|second| second.disk.written as f64),
            ],
            bytes,
        ),
        Chart::lines(
            t.chart_network,
            span,
            vec![
                series(t.network_received, &|second| second.network.received as f64),
                series(t.network_sent, &|second| second.network.sent as f64),
            ],
            bytes,
        ),
    ]
}

/// Those that took most, and the sum of all others, in percent of all processors.
fn process_series(host: &WatchedHost, ranked: &[Ranked], t: &Texts) -> Vec<Series> {
    let all = host.processors.max(1) as f64 * 10.0;
    let drawn: Vec<&Ranked> = ranked
        .iter()
        .filter(|one| !one.name.is_empty() && one.cpu > 0)
        .take(DRAWN)
        .collect();
    let is =
        |process: &ProcessUse, one: &Ranked| process.name == one.name && process.unit == one.unit;
    let sum = |second: &HostSecond, wanted: &dyn Fn(&ProcessUse) -> bool| {
        let wanted = second.processes.iter().filter(|process| wanted(process));
        wanted.map(|process| process.cpu as f64 / all).sum::<f64>()
    };
    let own = drawn.iter().map(|one| {
        let points = points(host, &|second| sum(second, &|process| is(process, one)));
        named(&one.name, points)
    });
    let mut series: Vec<Series> = own.collect();
    let is_other = |process: &ProcessUse| !drawn.iter().any(|one| is(process, one));
    let others = points(host, &|second| sum(second, &is_other));
    series.push(named(t.others, others));
    series
}

/// What there was at each moment, or on average of some.
fn points(host: &WatchedHost, of: &dyn Fn(&HostSecond) -> f64) -> Vec<(u64, f64)> {
    let together = host.seconds.len().div_ceil(MOST_POINTS).max(1);
    let parts = host.seconds.chunks(together);
    let points = parts.filter_map(|part| {
        let sum: f64 = part.iter().map(of).sum();
        Some((part.last()?.at_ms, sum / part.len() as f64))
    });
    points.collect()
}
