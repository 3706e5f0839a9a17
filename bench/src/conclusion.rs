//! From what was counted to [`RunResult`].

use isutori_engine::{
    health::{self, surroundings::Surroundings},
    load::LoadOutcome,
    recorder::Tally,
};
use isutori_protocol::{
    Deductions, EndpointResult, FailureResult, Health, Machine, People, RESULT_VERSION, RunResult,
    Supplies, Timeline, Verdict,
};

use crate::{
    endpoints::TABLE, evidence::Kept, initialize::Initialized, settings::Settings, world::BUILD,
};

/// Everything that a run came to.
pub(crate) struct Findings {
    pub(crate) started_at: jiff::Timestamp,
    pub(crate) total_seconds: f64,
    pub(crate) site: Option<Initialized>,
    /// What went wrong outside the load, and fails the run.
    pub(crate) reasons: Vec<String>,
    /// Why the run is void, apart from the load's health.
    pub(crate) void: Vec<String>,
    /// Failures outside the load.
    pub(crate) checks: Tally,
    pub(crate) load: Option<LoadOutcome>,
    /// The load, second by second.
    pub(crate) timeline: Option<Timeline>,
    /// The machine during the load.
    pub(crate) surroundings: Option<Surroundings>,
    /// Failures that are kept whole.
    pub(crate) kept: Kept,
}

/// Judges and writes down.
pub(crate) fn conclude(settings: &Settings, findings: Findings) -> RunResult {
    let empty = Tally::new(TABLE.len());
    let tally = findings.load.as_ref().map_or(&empty, |load| &load.tally);
    let counts = tally.counts(TABLE);
    let (verdict, reasons) = judge(&findings, tally);
    let load = findings.load.as_ref();
    let mut failures = tally.clone();
    failures.merge(&findings.checks);
    RunResult {
        version: RESULT_VERSION,
        verdict,
        reasons,
        score: if verdict == Verdict::Pass {
            counts.score()
        } else {
            0
        },
        deductions: Deductions {
            points: counts.points,
            wrong_rate: counts.wrong_rate(),
            timeout_rate: counts.timeout_rate(),
            factor: counts.factor(),
        },
        seed: settings.seed,
        build: BUILD.to_owned(),
        data: findings
            .site
            .as_ref()
            .map_or_else(String::new, |site| site.data.clone()),
        dataset: settings.dataset.label(),
        language: findings
            .site
            .as_ref()
            .map_or_else(String::new, |site| site.language.clone()),
        target: settings.hosts.first().target().to_string(),
        targets: settings.hosts.addresses(),
        started_at: findings.started_at.to_string(),
        load_seconds: settings.duration.as_secs_f64(),
        load_lasted_seconds: load.map_or(0.0, |load| load.lasted.as_secs_f64()),
        total_seconds: findings.total_seconds,
        note: settings.note.clone(),
        people: load.map_or_else(People::default, |load| People {
            peak: load.peak_people,
            last: load.last_people,
            arrived: load.arrived,
            sent_away: load.sent_away,
        }),
        endpoints: endpoint_results(tally),
        failures: failure_results(&failures, &findings.kept),
        health: load.map_or_else(Health::default, |load| {
            own_health(load, findings.surroundings.as_ref(), settings)
        }),
    }
}

/// A critical failure fails a run even where the benchmark was starved: what
/// was leaked was leaked. Everything else needs a healthy benchmark.
fn judge(findings: &Findings, tally: &Tally) -> (Verdict, Vec<String>) {
    let counts = tally.counts(TABLE);
    let void: Vec<String> = findings
        .void
        .iter()
        .cloned()
        .chain(
            findings
                .load
                .iter()
                .flat_map(|load| load.health.void_reasons()),
        )
        .collect();
    let mut fail = findings.reasons.clone();
    if counts.critical > 0 {
        fail.push(format!(
            "{} critical failures during the load",
            counts.critical
        ));
    }
    if fail.is_empty() && !void.is_empty() {
        return (Verdict::Void, void);
    }
    let too_many = |what: &str, rate: f64| {
        format!(
            "{what} of {:.1} % of the requests, more than 5 %",
            rate * 100.0
        )
    };
    if findings.load.is_some() && counts.judged == 0 {
        fail.push("not one request of the load was answered".to_owned());
    }
    if counts.wrong_rate() > isutori_engine::score::FAIL_RATE {
        fail.push(too_many("wrong answers", counts.wrong_rate()));
    }
    if counts.timeout_rate() > isutori_engine::score::FAIL_RATE {
        fail.push(too_many("timeouts", counts.timeout_rate()));
    }
    match fail.is_empty() {
        true => (Verdict::Pass, fail),
        false => (Verdict::Fail, fail),
    }
}

fn endpoint_results(tally: &Tally) -> Vec<EndpointResult> {
    let results = TABLE
        .iter()
        .zip(&tally.endpoints)
        .map(|(endpoint, counted)| EndpointResult {
            name: endpoint.name.to_owned(),
            count: counted.right,
            points_each: endpoint.points,
            points: counted.right * endpoint.points,
            p50_ms: counted.latency_ms(0.5),
            p95_ms: counted.latency_ms(0.95),
            p99_ms: counted.latency_ms(0.99),
            planned_p50_ms: counted.planned_ms(0.5),
            planned_p95_ms: counted.planned_ms(0.95),
            planned_p99_ms: counted.planned_ms(0.99),
            errors: counted.judged - counted.right,
            drove_away: counted.departures.all(),
        });
    results.collect()
}

fn failure_results(tally: &Tally, kept: &Kept) -> Vec<FailureResult> {
    let failures = tally.failures.iter().map(|((class, code), failures)| {
        let (class, code) = (class.to_string(), code.clone());
        let files = kept.get(&(class.clone(), code.clone()));
        FailureResult {
            files: files.cloned().unwrap_or_default(),
            class,
            code,
            count: failures.count,
            examples: failures.examples.clone(),
        }
    });
    failures.collect()
}

fn own_health(
    load: &LoadOutcome,
    surroundings: Option<&Surroundings>,
    settings: &Settings,
) -> Health {
    let health = &load.health;
    Health {
        lag_p50_ms: health.lag_p50_ms,
        lag_p95_ms: health.lag_p95_ms,
        lag_p99_ms: health.lag_p99_ms,
        lag_max_ms: health.lag_max_ms,
        delay_p95_ms: health.delay_p95_ms,
        delay_max_ms: health.delay_max_ms,
        cpu_seconds: health.cpu_seconds,
        run_delay_seconds: health.run_delay_seconds,
        busy_share: to_thousandths(health.busy_share),
        thread_cpu_max: to_thousandths(health.thread_cpu_max),
        thread_wait_max: to_thousandths(health.thread_wait_max),
        supplies: supplies(health.supplies),
        system_failures: health.system_failures,
        cancelled: load.tally.cancelled,
        machine: surroundings.map(machine),
        disturbance: surroundings
            .filter(|_| settings.knows_the_sites_processes())
            .and_then(Surroundings::disturbance),
    }
}

/// More digits would pretend to a precision that nobody has measured.
fn to_thousandths(share: f64) -> f64 {
    (share * 1000.0).round() / 1000.0
}

fn supplies(supplies: health::Supplies) -> Supplies {
    Supplies {
        descriptors: supplies.descriptors,
        descriptors_limit: supplies.descriptors_limit,
        ports: supplies.ports,
        ports_limit: supplies.ports_limit,
        memory_mib: supplies.memory_mib,
    }
}

fn machine(surroundings: &Surroundings) -> Machine {
    Machine {
        capacity_seconds: surroundings.capacity,
        site_seconds: surroundings.site,
        others_seconds: surroundings.others,
        stolen_seconds: surroundings.stolen,
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, str::FromStr, time::Duration};

    use isutori_dataset::{Dataset, Size};
    use isutori_engine::{
        failure::Failure,
        health::Health as OwnHealth,
        recorder::{EndpointId, Recorder},
        target::Target,
    };

    use super::*;

    /// A load with so many right answers and these failures, by a healthy benchmark.
    fn load(right: usize, failures: &[Failure]) -> LoadOutcome {
        let recorder = Recorder::new(TABLE.len());
        let judge = |verdict| {
            recorder.begin();
            recorder.judge(EndpointId(0), Duration::from_millis(1), verdict);
        };
        (0..right).for_each(|_| judge(Ok(())));
        failures.iter().for_each(|failure| judge(Err(failure)));
        LoadOutcome {
            tally: recorder.finish(),
            health: OwnHealth {
                lag_samples: 1,
                ..OwnHealth::default()
            },
            peak_people: 4,
            last_people: 4,
            arrived: 4,
            sent_away: 0,
            lasted: Duration::from_secs(60),
            interrupted: false,
        }
    }

    fn result_of(target: &str, load: LoadOutcome, surroundings: Option<Surroundings>) -> RunResult {
        let settings = Settings {
            hosts: Target::from_str(target).expect("a target").into(),
            dataset: Dataset::new(1, Size::Small),
            seed: 1,
            duration: Duration::from_secs(60),
            threads: 1,
            note: None,
            site_processes: Vec::new(),
            services: crate::services::DEFAULT_ADDRESS,
            runs: PathBuf::new(),
            absence: Default::default(),
        };
        let findings = Findings {
            started_at: jiff::Timestamp::UNIX_EPOCH,
            total_seconds: 70.0,
            site: None,
            reasons: Vec::new(),
            void: Vec::new(),
            checks: Tally::new(TABLE.len()),
            load: Some(load),
            timeline: None,
            surroundings,
            kept: Kept::new(),
        };
        conclude(&settings, findings)
    }

    fn verdict(load: LoadOutcome) -> Verdict {
        result_of("http://10.0.0.1", load, None).verdict
    }

    #[test]
    fn right_answers_pass_and_some_failures_are_forgiven() {
        let wrong = [Failure::wrong("x", "x")];
        assert_eq!(verdict(load(100, &[])), Verdict::Pass);
        assert_eq!(verdict(load(100, &wrong)), Verdict::Pass);
        assert_eq!(verdict(load(10, &wrong)), Verdict::Fail);
    }

    #[test]
    fn a_load_that_was_not_answered_fails() {
        assert_eq!(verdict(load(0, &[])), Verdict::Fail);
    }

    #[test]
    fn a_starved_benchmark_blames_nobody_but_for_what_is_critical() {
        let starved = |failures: &[Failure]| {
            let load = load(10, failures);
            let health = OwnHealth {
                lag_p95_ms: 500.0,
                ..load.health
            };
            verdict(LoadOutcome { health, ..load })
        };
        assert_eq!(starved(&[]), Verdict::Void);
        assert_eq!(starved(&[Failure::timeout("x", "x")]), Verdict::Void);
        assert_eq!(starved(&[Failure::critical("x", "x")]), Verdict::Fail);
    }

    #[test]
    fn a_load_is_as_long_as_it_was() {
        let longer = |by: Duration| {
            let load = load(10, &[]);
            let lasted = Duration::from_secs(60) + by;
            let health = OwnHealth {
                overrun_seconds: by.as_secs_f64(),
                ..load.health
            };
            let load = LoadOutcome {
                lasted,
                health,
                ..load
            };
            let result = result_of("http://10.0.0.1", load, None);
            (result.load_lasted_seconds, result.verdict)
        };
        assert_eq!(longer(Duration::from_millis(100)), (60.1, Verdict::Pass));
        assert_eq!(longer(Duration::from_millis(300)), (60.3, Verdict::Void));
    }

    #[test]
    fn others_are_told_from_a_site_elsewhere_or_known_but_not_from_one_here() {
        let busy = Surroundings {
            capacity: 120.0,
            others: 60.0,
            ..Surroundings::default()
        };
        let told = |target| {
            let result = result_of(target, load(1, &[]), Some(busy.clone()));
            result.health.disturbance.is_some()
        };
        assert!(told("http://10.0.0.1"));
        assert!(!told("http://127.0.0.1"));
    }
}
