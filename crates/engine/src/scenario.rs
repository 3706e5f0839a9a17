//! What people do.

use futures::future::LocalBoxFuture;

use crate::{
    failure::Failure,
    person::{Doing, Person},
};

/// A person with what the benchmark adds to it: a browser, an account, …
pub trait Guest {
    /// The person inside.
    fn person(&mut self) -> &mut Person;
}

/// One thing that people do: a few pages with pauses between them.
pub trait Scenario<G> {
    /// For logs, and to find it again.
    fn name(&self) -> &'static str;

    /// How often a guest does it, relative to the others; 0 is never.
    fn weight(&self, guest: &G) -> u32;

    /// Does it. Each request has been judged by then, and a failed one has upset
    /// the guest; a failure here only ends the visit.
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
const SPAN: f64 = (*STEPS.end() - *STEPS.start() + 1) as f64;

/// The aspects in which people differ by their place: 0 is the benchmark's, then
/// comes how long they stay, then how early each kind of scenario comes.
const LENGTH: usize = 1;
const KINDS: usize = 2;

impl<G: Guest> Visit<G> {
    /// Lives one visit through. Returns when the guest has left.
    pub async fn live(&self, guest: &mut G) {
        self.live_until(guest, u32::MAX).await;
    }

    /// Lives a visit through up to and with the scenario in the place `last`;
    /// 0 is the arrival.
    pub async fn live_until(&self, guest: &mut G, last: u32) {
        let arrived = play(&*self.arrive, 0, guest).await;
        if arrived.is_err() || last == 0 {
            return;
        }
        let weights = self.weights(guest);
        let person = guest.person();
        let steps = STEPS.start() + (person.place(LENGTH) * SPAN).floor() as u32;
        let mut deck = Deck::new(weights, |kind| person.place(KINDS + kind));
        for step in 1..=steps {
            guest.person().pause().await;
            if guest.person().mood.is_leaving() {
                return;
            }
            let Some(drawn) = deck.draw() else { break };
            let played = play(&*self.wander[drawn], step, guest).await;
            if played.is_err() || step == last {
                return;
            }
        }
        // The visit is over either way; a failure has been judged.
        let _ = play(&*self.leave, steps + 1, guest).await;
    }

    fn weights(&self, guest: &G) -> Vec<u32> {
        let weights = self.wander.iter().map(|scenario| scenario.weight(guest));
        weights.collect()
    }
}

/// Plays a scenario, and lets it be known.
async fn play<G: Guest>(
    scenario: &dyn Scenario<G>,
    step: u32,
    guest: &mut G,
) -> Result<(), Failure> {
    guest.person().doing = Some(Doing {
        scenario: scenario.name(),
        step,
    });
    scenario.play(guest).await
}

/// An endless deck of cards, as many of each kind as its weight says.
///
/// A kind of weight 3 in 10 comes three times in every ten cards or nearly so,
/// each time at another place. Were every card drawn by itself, chance would
/// decide how much dear work a person does, and with few people on the site a
/// good part of the score. How early a kind begins is the person's place among
/// all people, so that even half a deck holds its share when taken by many.
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
    /// Where in its stretch the next card lies, from 0 to 1.
    offset: f64,
}

impl Kind {
    fn next(&self) -> f64 {
        (f64::from(self.drawn) + self.offset) / f64::from(self.weight)
    }

    fn draw(&mut self) {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        self.drawn += 1;
        self.offset = (self.offset + GOLDEN).fract();
    }
}

impl Deck {
    /// A deck with so many cards of each kind; a kind of weight 0 never comes.
    /// `begin` says for each kind, counted from 0, how early its first card
    /// lies: from 0 to 1.
    pub fn new(weights: Vec<u32>, begin: impl Fn(usize) -> f64) -> Self {
        let kinds = weights.into_iter().enumerate().map(|(kind, weight)| Kind {
            weight,
            drawn: 0,
            offset: begin(kind),
        });
        Deck {
            kinds: kinds.collect(),
        }
    }

    /// The kind of the next card, counted from 0; nothing if no kind ever comes.
    pub fn draw(&mut self) -> Option<usize> {
        let kinds = self.kinds.iter().enumerate();
        let (drawn, _) = kinds
            .filter(|(_, kind)| kind.weight > 0)
            .min_by(|(_, a), (_, b)| a.next().total_cmp(&b.next()))?;
        self.kinds[drawn].draw();
        Some(drawn)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::recorder::Recorder;

    fn draw(weights: &[u32], cards: usize, number: u64) -> Vec<usize> {
        let person = Person::new(1, number, Rc::new(Recorder::new(0)));
        let mut deck = Deck::new(weights.to_vec(), |kind| person.place(KINDS + kind));
        (0..cards).map_while(|_| deck.draw()).collect()
    }

    #[test]
    fn every_stretch_of_the_deck_holds_its_share() {
        let weights = [5, 3, 2, 0];
        for number in 0..100 {
            let cards = draw(&weights, 200, number);
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
    fn a_few_cards_each_hold_their_share_when_taken_by_many() {
        let weights = [40, 9, 1];
        let taken = (0..100).flat_map(|number| draw(&weights, 10, number));
        let rare = taken.filter(|card| *card == 2).count();
        assert!(rare.abs_diff(20) <= 3, "{rare} of 1000, a fiftieth is 20");
    }

    #[test]
    fn the_first_card_is_nobodys_privilege() {
        let firsts: Vec<usize> = (0..1000)
            .map(|number| draw(&[7, 3], 1, number)[0])
            .collect();
        let rare = firsts.iter().filter(|card| **card == 1).count();
        assert!(rare > 150, "{rare} of 1000 begin with the rarer kind");
    }

    #[test]
    fn an_empty_deck_gives_nothing() {
        assert_eq!(draw(&[0, 0], 5, 1), Vec::<usize>::new());
        assert_eq!(draw(&[], 5, 1), Vec::<usize>::new());
    }
}
