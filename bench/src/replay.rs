//! Plays a failure of a run that is over again: expected against actual.
//!
//! What a person does depends on the run's seed and the person's number alone.
//! So the data is put back, and the same person comes alone, with the same
//! account, and makes its visit up to the scenario that failed. A failure that
//! was found before the load is looked for by the same check.

mod difference;
mod recount;
mod revisit;

use std::sync::Arc;

use isutori_protocol::{KeptFailure, Phase};
use serde::Serialize;
use tokio::task::LocalSet;

pub use self::{difference::Difference, recount::Asked};
use self::{recount::Recount, revisit::Revisit};
use crate::{
    evidence::read_failure,
    past_run::{PastRun, PastRunError},
    run::{RunError, check_watched},
};

/// Whether it happened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A failure of the same class and code.
    Again,
    /// A failure of another kind.
    Other,
    /// No failure at all.
    Gone,
}

/// What a replay came to.
#[derive(Debug, Serialize)]
pub struct Replayed {
    /// Whether it happened again.
    pub outcome: Outcome,
    /// The failure of the run.
    pub recorded: KeptFailure,
    /// The failure of the replay.
    pub now: Option<KeptFailure>,
    /// In what they differ.
    pub differences: Vec<Difference>,
    /// What was asked for, in order.
    pub asked: Vec<Asked>,
}

/// A failure of a run, about to be played again.
pub struct Replay<'a> {
    run: &'a PastRun,
    /// The failure.
    pub recorded: KeptFailure,
}

impl<'a> Replay<'a> {
    /// Reads the failure of that number.
    ///
    /// # Errors
    /// When there is none, or none that can be played again.
    pub fn prepare(run: &'a PastRun, number: u32) -> Result<Self, PastRunError> {
        let recorded = read_failure(&run.folder, number).map_err(|error| {
            let files = run.result.failures.iter().map(|kind| kind.files.len());
            let advice = match files.sum::<usize>() {
                0 => "it kept none".to_owned(),
                kept => format!("it kept {kept}, from 1 on"),
            };
            PastRunError::NoFailure {
                number,
                error,
                advice,
            }
        })?;
        match recorded.phase {
            Phase::FinalCheck => Err(PastRunError::FinalCheck(number)),
            _ => Ok(Replay { run, recorded }),
        }
    }

    /// Puts the data back and plays. `tell` hears of every page that is asked for.
    ///
    /// # Errors
    /// When the data cannot be put back.
    pub async fn play(
        self,
        tell: impl FnMut(&Asked) + Send + 'static,
    ) -> Result<Replayed, PastRunError> {
        let recount = Arc::new(Recount::new(self.recorded.phase, tell));
        if self.recorded.phase == Phase::Load {
            let revisit = Revisit {
                run: self.run,
                recorded: &self.recorded,
            };
            let made = revisit.make(recount.clone());
            LocalSet::new().run_until(made).await?;
        } else {
            let failure = check_watched(&self.run.settings(), recount.clone()).await;
            if let Some(failure) = failure.map_err(not_initialized)? {
                recount.conclude(&failure);
            }
        }
        let (asked, now) = recount.finish();
        Ok(self.compare(asked, now))
    }

    fn compare(self, asked: Vec<Asked>, now: Option<KeptFailure>) -> Replayed {
        let recorded = self.recorded;
        let kind = |failure: &KeptFailure| (failure.class.clone(), failure.code.clone());
        let outcome = match &now {
            None => Outcome::Gone,
            Some(now) if kind(now) == kind(&recorded) => Outcome::Again,
            Some(_) => Outcome::Other,
        };
        let differences = now
            .iter()
            .flat_map(|now| difference::between(&recorded, now));
        Replayed {
            outcome,
            differences: differences.collect(),
            recorded,
            now,
            asked,
        }
    }
}

fn not_initialized(error: RunError) -> PastRunError {
    PastRunError::NotInitialized(error.to_string())
}
