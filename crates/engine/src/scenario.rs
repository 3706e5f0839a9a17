//! What people do.

use futures::future::LocalBoxFuture;
use rand::{Rng, RngExt};

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
        let mut deck = Deck::new(self.weights(guest), &mut guest.person().luck);
        for _ in 0..steps {
            guest.person().pause().await;
            if guest.person().mood.is_leaving() {
                return;
            }
            let Some(drawn) = deck.draw(&mut guest.person().luck) else {
                break;
            };
            if self.wander[drawn].play(guest).await.is_err() {
                guest.person().mood.upset();
                return;
            }
        }
        // The visit is over either way; a failure has been judged.
        let _ = self.leave.play(guest).await;
    }

    fn weights(&self, guest: &G) -> Vec<u32> {
        let weights = self.wander.iter().map(|scenario| scenario.weight(guest));
        weights.collect()
    }
}

/// An endless deck of cards, as many of each kind as its weight says.
///
/// A kind of weight 3 in 10 comes three times in every ten cards or nearly so,
/// each time at a place that nobody can foretell. Were every card drawn by
/// itself, chance would decide how much dear work a person does, and with few
/// people on the site a good part of the score.
#[derive(Debug)]
pub struct Deck {
    kinds: Vec<Kind>,
}

/// One kind of card. Its n-th card lies somewhere in the n-th of equal
/// stretches, which are the shorter the greater its weight.
#[derive(Debug)]
struct Kind {
    weight: u32,
    drawn: u32,
    /// Where its next card lies.
    next: f64,
}

impl Kind {
    fn lay_next(&mut self, luck: &mut impl Rng) {
        let place = f64::from(self.drawn) + luck.random::<f64>();
        self.next = place / f64::from(self.weight);
        self.drawn += 1;
    }
}

impl Deck {
    /// A deck with so many cards of each kind; a kind of weight 0 never comes.
    pub fn new(weights: Vec<u32>, luck: &mut impl Rng) -> Self {
        let kinds = weights.into_iter().map(|weight| {
            let mut kind = Kind {
                weight,
                drawn: 0,
                next: 0.0,
            };
            kind.lay_next(luck);
            kind
        });
        Deck {
            kinds: kinds.collect(),
        }
    }

    /// The kind of the next card, counted from 0; nothing if no kind ever comes.
    pub fn draw(&mut self, luck: &mut impl Rng) -> Option<usize> {
        let kinds = self.kinds.iter().enumerate();
        let (drawn, _) = kinds
            .filter(|(_, kind)| kind.weight > 0)
            .min_by(|(_, a), (_, b)| a.next.total_cmp(&b.next))?;
        self.kinds[drawn].lay_next(luck);
        Some(drawn)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn draw(weights: &[u32], cards: usize, seed: u64) -> Vec<usize> {
        let mut luck = ChaCha8Rng::seed_from_u64(seed);
        let mut deck = Deck::new(weights.to_vec(), &mut luck);
        (0..cards).map_while(|_| deck.draw(&mut luck)).collect()
    }

    #[test]
    fn every_stretch_of_the_deck_holds_its_share() {
        let weights = [5, 3, 2, 0];
        for seed in 0..100 {
            let cards = draw(&weights, 200, seed);
            for stretch in cards.chunks(20) {
                for (kind, weight) in weights.iter().enumerate() {
                    let count = stretch.iter().filter(|card| **card == kind).count();
                    let share = 2 * *weight as usize;
                    assert!(
                        count.abs_diff(share) <= 3,
                        "{count} of {share}: {stretch:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_first_card_is_nobodys_privilege() {
        let firsts: Vec<usize> = (0..10_000).map(|seed| draw(&[7, 3], 1, seed)[0]).collect();
        let rare = firsts.iter().filter(|card| **card == 1).count();
        assert!(rare > 1_500, "{rare} of 10000 begin with the rarer kind");
    }

    #[test]
    fn an_empty_deck_gives_nothing() {
        assert_eq!(draw(&[0, 0], 5, 1), Vec::<usize>::new());
        assert_eq!(draw(&[], 5, 1), Vec::<usize>::new());
    }
}
