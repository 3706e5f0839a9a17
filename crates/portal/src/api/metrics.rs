//! What Prometheus asks: how the contest is going, and what the portal has to do.

use axum::{
    extract::State,
    http::{HeaderName, header},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};
use sqlx::AnyConnection;

use crate::{caller::Monitor, clock::Millis, error::Error, state::AppState, store, workers};

/// OpenMetrics, as the library writes it.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Standing {
    state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Worker {
    worker: String,
}

/// `GET /metrics`.
pub async fn show(
    State(state): State<AppState>,
    Monitor: Monitor,
) -> Result<([(HeaderName, &'static str); 1], String), Error> {
    let mut connection = state.connection().await?;
    let now = state.clock.now();
    let mut registry = Registry::with_prefix("isutori");
    count_jobs(&mut registry, &mut connection).await?;
    count_attempts(&mut registry, &mut connection).await?;
    look_at_workers(&mut registry, &mut connection, now).await?;
    let waiting =
        store::number("SELECT COALESCE(MIN(enqueued_at), $1) FROM jobs WHERE state = 'waiting'")
            .bind(now)
            .fetch_one(&mut *connection)
            .await?;
    single(
        &mut registry,
        "longest_wait_seconds",
        "For how long the first job in the queue has waited",
        (now - waiting) / 1000,
    );
    single(
        &mut registry,
        "listeners",
        "Browsers that are told of changes as they happen",
        state.listener_count() as i64,
    );
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, KIND)], text))
}

fn single(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

async fn count_jobs(
    registry: &mut Registry,
    connection: &mut AnyConnection,
) -> Result<(), sqlx::Error> {
    let sql = "SELECT state, COUNT(*) FROM jobs GROUP BY state";
    let counts: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let family = Family::<Standing, Gauge>::default();
    for (state, count) in counts {
        family.get_or_create(&Standing { state }).set(count);
    }
    registry.register("jobs", "Jobs by where they stand", family);
    Ok(())
}

async fn count_attempts(
    registry: &mut Registry,
    connection: &mut AnyConnection,
) -> Result<(), sqlx::Error> {
    let sql = "SELECT COALESCE(outcome, 'running'), COUNT(*) FROM runs GROUP BY outcome";
    let counts: Vec<(String, i64)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let family = Family::<Outcome, Gauge>::default();
    for (outcome, count) in counts {
        family.get_or_create(&Outcome { outcome }).set(count);
    }
    registry.register("attempts", "Attempts at jobs by how they ended", family);
    Ok(())
}

async fn look_at_workers(
    registry: &mut Registry,
    connection: &mut AnyConnection,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let silent = Family::<Worker, Gauge>::default();
    let mut places = 0;
    for worker in workers::all(connection).await? {
        if worker.is_there(now) && worker.draining == 0 {
            places += worker.concurrency;
        }
        let label = Worker {
            worker: worker.name,
        };
        silent
            .get_or_create(&label)
            .set((now - worker.seen_at) / 1000);
    }
    registry.register(
        "worker_silent_seconds",
        "For how long a worker was not heard of",
        silent,
    );
    single(
        registry,
        "worker_places",
        "How many jobs can run at the same time",
        places,
    );
    Ok(())
}
