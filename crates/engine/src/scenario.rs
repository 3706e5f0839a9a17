//! What people do.

use futures::future::LocalBoxFuture;
use rand::RngExt;

use crate::{failure::Failure, person::Person};

/// A person with what the benchmark adds to it: a browser, an account, …
pub trait Guest {
    /// The person inside.
    fn person(&mut self) -> &mut Person;
}

/// One thing that people do: a few pages with pauses between them.
pub trait Scenario<G> {
    /// For logs.
    fn name(&self) -> &'static str;

    /// How often a guest does it, relative to the others; 0 is never.
    fn weight(&self, guest: &G) -> u32;

    /// Does it. Each request has been judged by then; a failure here only
    /// ends the scenario.
    fn play<'a>(&'a self, guest: &'a mut G) -> LocalBoxFuture<'a, Result<(), Failure>>;
}

/// A visit to the site: arrive, wander, leave.
pub struct Visit<G> {
    /// The first thing; whoever fails here does not come in.
    pub arrive: Box<dyn Scenario<G>>,
    /// What a guest chooses from, again and again.
    pub wander: Vec<Box<dyn Scenario<G>>>,
    /// The last thing, for those who leave content.
    pub leave: Box<dyn Scenario<G>>,
}

/// A visit has at least and at most so many scenarios between arriving and leaving.
const STEPS: std::ops::RangeInclusive<u32> = 10..=30;

impl<G: Guest> Visit<G> {
    /// Lives one visit through. Returns when the guest has left.
    pub async fn live(&self, guest: &mut G) {
        if self.arrive.play(guest).await.is_err() {
            guest.person().mood.upset();
            return;
        }
        let steps = guest.person().luck.random_range(STEPS);
        for _ in 0..steps {
            guest.person().pause().await;
            if guest.person().mood.is_leaving() {
                return;
            }
            let Some(scenario) = self.choose(guest) else {
                break;
            };
            if scenario.play(guest).await.is_err() {
                guest.person().mood.upset();
                return;
            }
        }
        // The visit is over either way; a failure has been judged.
        let _ = self.leave.play(guest).await;
    }

    fn choose(&self, guest: &mut G) -> Option<&dyn Scenario<G>> {
        let weights: Vec<u32> = self
            .wander
            .iter()
            .map(|scenario| scenario.weight(guest))
            .collect();
        let total: u32 = weights.iter().sum();
        if total == 0 {
            return None;
        }
        let mut drawn = guest.person().luck.random_range(0..total);
        for (scenario, weight) in self.wander.iter().zip(weights) {
            if drawn < weight {
                return Some(&**scenario);
            }
            drawn -= weight;
        }
        None
    }
}
