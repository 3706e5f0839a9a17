//! One attempt at a job, from the claim to the end.

use std::{sync::Arc, time::Duration};

use isutori_protocol::{
    Verified,
    contest::{Assignment, Finish, Outcome},
};
use tokio::{sync::watch, time::Instant};

use crate::{
    Portal, Settings, Shutdown,
    benchmark::{Benchmark, broken},
    command::{self, Place},
    fetch::{NotFetched, fetch},
    holder::{Fate, Holder, NotTaken},
    output::run_folder,
    upload,
};

/// Takes what the worker has to say to whoever runs it.
pub(crate) type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// A job that was claimed.
pub(crate) struct Job {
    pub(crate) settings: Arc<Settings>,
    /// As the worker calls it.
    pub(crate) portal: Portal,
    /// The build that the worker presented itself with.
    pub(crate) build: Arc<str>,
    pub(crate) assignment: Assignment,
    /// Which of the worker's places it has, from 0.
    pub(crate) slot: u16,
    pub(crate) claimed_at: Instant,
    pub(crate) lease_length: Duration,
    pub(crate) shutdown: watch::Receiver<Shutdown>,
    pub(crate) tell: Tell,
}

impl Job {
    /// Makes the run and hands in what came out, unless the job is lost meanwhile.
    pub(crate) async fn run(self) {
        let holder = Holder::new(
            self.portal.clone(),
            self.assignment.lease,
            self.lease_length,
            self.claimed_at,
        );
        tokio::select! {
            () = self.work(&holder) => {}
            never = holder.keep() => match never {},
        }
    }

    async fn work(&self, holder: &Holder) {
        let Assignment { team, targets, .. } = &self.assignment;
        self.tell(&format!("begins for {team}: {}", targets.join(" ")));
        let place = match Place::make(self.settings.runs(), &self.assignment) {
            Ok(place) => place,
            Err(error) => {
                let runs = self.settings.runs().display();
                let reason = format!("the worker cannot make a folder in {runs}: {error}");
                return self.finish(holder, broken(reason)).await;
            }
        };
        let spec = match self.assignment.verifies {
            None => command::benchmark(&self.settings, self.slot, &self.assignment, &place),
            Some(_) => {
                let lease = self.assignment.lease;
                match fetch(&self.portal, holder, lease, &place.verified).await {
                    Ok(()) => command::verification(&self.settings, &self.assignment, &place),
                    Err(NotFetched::Lost) => return self.tell_loss(holder),
                    Err(NotFetched::Failed(why)) => {
                        let reason =
                            format!("the run that is to be verified is not to be had: {why}");
                        return self.finish(holder, broken(reason)).await;
                    }
                }
            }
        };
        let benchmark = Benchmark {
            assignment: &self.assignment,
            build: &self.build,
            place: &place,
            holder,
            shutdown: &self.shutdown,
        };
        let Some(outcome) = benchmark.run(spec).await else {
            return self.tell_loss(holder);
        };
        holder.flush().await;
        if let Some(folder) = run_folder(&place.runs) {
            let lease = self.assignment.lease;
            let tell = |text: &str| self.tell(text);
            let handed_in = upload::hand_in(&self.portal, holder, lease, &folder, &tell).await;
            if handed_in.is_err() {
                return self.tell_loss(holder);
            }
        }
        self.finish(holder, outcome).await;
    }

    async fn finish(&self, holder: &Holder, outcome: Outcome) {
        let finish = Finish {
            lease: self.assignment.lease,
            outcome,
        };
        match holder.insist(|| self.portal.finish(&finish)).await {
            Ok(()) => self.tell(&describe(&finish.outcome)),
            Err(NotTaken::Lost) => self.tell_loss(holder),
            Err(NotTaken::Refused(error)) => {
                let outcome = describe(&finish.outcome);
                self.tell(&format!("the portal does not take it: {error}; {outcome}"));
            }
        }
    }

    fn tell_loss(&self, holder: &Holder) {
        if let Fate::Lost(reason) = holder.fate() {
            self.tell(&format!("given up: {reason}"));
        }
    }

    fn tell(&self, text: &str) {
        let lease = self.assignment.lease;
        (self.tell)(&format!("job {}.{}: {text}", lease.job, lease.attempt));
    }
}

/// An outcome in a line or few.
fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Judged { result } => {
            format!("{}, score {}", result.verdict.word(), result.score)
        }
        Outcome::Verified { verified } => {
            let Verified {
                lost, looked_for, ..
            } = verified;
            format!("verified: {looked_for} looked for, {} findings", lost.len())
        }
        Outcome::Cancelled => "cancelled".to_owned(),
        Outcome::Stopped => "stopped with the worker".to_owned(),
        Outcome::Broken { reason } => format!("broken: {reason}"),
    }
}
