//! Checks the data of a run that is over, for instance after a reboot: what it
//! wrote and the site acknowledged must still be there.
//!
//! The model is made again from the ledger; then the visits of the final check
//! are made anew. Nothing is put back and nothing is written but logins.

use std::{collections::BTreeSet, io::ErrorKind, path::Path, sync::Arc, time::Duration};

use isutori_engine::failure::Failure;
use isutori_protocol::{Finding, Verified};
use tokio::task::LocalSet;

use crate::{
    final_check::{Survey, as_lost},
    initialize::await_site,
    ledger::LedgerError,
    model::Model,
    past_run::{PastRun, PastRunError, was_answered},
    run_folder::ledger_path,
    world::World,
};

/// So many writes of each kind are looked at, unless all are.
const SAMPLE: usize = 100;

/// Looks for what a run has written; `tell` hears beforehand how much that is,
/// looked for and in all. A site that does not answer yet is waited for, no longer than
/// `patience`.
///
/// # Errors
/// When the run's folder does not tell what to look for.
pub async fn verify(
    run: &PastRun,
    all: bool,
    patience: Duration,
    tell: impl FnOnce(u64, u64),
) -> Result<Verified, PastRunError> {
    let model = rebuild(run, &ledger_path(&run.folder))?;
    let world = Arc::new(World::of(run.hosts.clone(), run.result.seed, model));
    let everything = Survey::draw(&world, usize::MAX);
    let acknowledged = everything.writes;
    let survey = match all {
        true => everything,
        false => Survey::draw(&world, SAMPLE),
    };
    tell(survey.writes, acknowledged);
    let mut lost = Vec::new();
    let mut told = BTreeSet::new();
    let mut judge = |failure: Failure| match was_answered(&failure) {
        true => {
            if told.insert(failure.sentence.clone()) {
                lost.push(finding(as_lost(failure)));
            }
            Ok(())
        }
        false => Err(failure),
    };
    let looking = async {
        await_site(&run.hosts, patience).await;
        survey.make(&world, &mut judge).await
    };
    let made = LocalSet::new().run_until(looking).await;
    Ok(Verified {
        targets: run.hosts.addresses(),
        acknowledged,
        looked_for: survey.writes,
        lost,
        broke_off: made.err().map(finding),
    })
}

fn finding(failure: Failure) -> Finding {
    Finding {
        class: failure.class.to_string(),
        code: failure.code,
        sentence: failure.sentence,
    }
}

/// The model as of a run whose last write is an hour old.
fn rebuild(run: &PastRun, ledger: &Path) -> Result<Model, PastRunError> {
    let hour = Duration::from_secs(3600);
    let ago = hour + Duration::from_secs_f64(run.result.total_seconds.clamp(0.0, 1e6));
    Model::rebuild(run.dataset.clone(), ledger, ago).map_err(|error| match error {
        LedgerError::Unreadable(error) if error.kind() == ErrorKind::NotFound => {
            PastRunError::NoLedger
        }
        error => PastRunError::Ledger(error),
    })
}
