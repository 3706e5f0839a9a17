//! What the organiser takes away: entries and people.
//!
//! Unlike a write, it holds for everybody from its acknowledgement on.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use super::{Certainty, GRACE, Look, PersonKey, View, change::Change};

/// Whatever was taken away, or is about to be.
#[derive(Default)]
pub(super) struct Removals {
    entries: HashMap<u64, Removal>,
    people: HashMap<PersonKey, Removal>,
}

#[derive(Clone, Copy)]
struct Removal {
    sent: Instant,
    /// Never, if the answer was lost.
    acknowledged: Option<Instant>,
}

impl Removal {
    fn begin(sent: Instant) -> Self {
        Removal {
            sent,
            acknowledged: None,
        }
    }

    /// Whether a view still shows what this takes away.
    fn leaves(&self, view: &View) -> Certainty {
        // No site can take back what a browser holds.
        let grace = match view.kept {
            true => GRACE,
            false => Duration::ZERO,
        };
        match self.acknowledged {
            _ if self.sent > view.finished => Certainty::Yes,
            Some(acknowledged) if acknowledged + grace <= view.sent => Certainty::No,
            _ => Certainty::Maybe,
        }
    }
}

impl Look<'_> {
    /// Whether somebody was not banned.
    pub fn is_here(&self, person: PersonKey, view: &View) -> Certainty {
        let ban = self.state.removals.people.get(&person);
        ban.map_or(Certainty::Yes, |ban| ban.leaves(view))
    }

    /// Whether an entry was neither removed, nor its author banned. One that was never written is
    /// not there either.
    pub fn is_there(&self, entry: u64, view: &View) -> Certainty {
        match self.entry_owner(entry) {
            Some((author, _)) => self.is_left(entry, view).and(self.is_here(author, view)),
            None => Certainty::No,
        }
    }

    /// Whether an entry was not removed by itself.
    pub(super) fn is_left(&self, entry: u64, view: &View) -> Certainty {
        let removal = self.state.removals.entries.get(&entry);
        removal.map_or(Certainty::Yes, |removal| removal.leaves(view))
    }

    /// Whether an entry may be taken away at this very moment.
    pub(super) fn is_leaving(&self, entry: u64, view: &View) -> bool {
        let Removals { entries, people } = &self.state.removals;
        let is_quiet = entries.is_empty() && people.is_empty();
        !is_quiet && self.is_there(entry, view) == Certainty::Maybe
    }

    /// Whether somebody was banned, or is about to be.
    pub(super) fn may_be_banned(&self, person: PersonKey) -> bool {
        self.state.removals.people.contains_key(&person)
    }

    /// Whether nobody was banned, as in most runs for most of the time.
    pub(super) fn all_are_here(&self) -> bool {
        self.state.removals.people.is_empty()
    }

    /// Begins to remove an entry.
    pub fn begin_removal(&mut self, entry: u64) {
        let sent = self.note(&Change::RemovalSent { entry });
        let removals = &mut self.state.removals.entries;
        removals.entry(entry).or_insert(Removal::begin(sent));
        self.state.entries.contest(entry);
    }

    /// The site acknowledged the removal of an entry.
    pub fn acknowledge_removal(&mut self, entry: u64) {
        let now = self.note(&Change::RemovalAcknowledged { entry });
        if let Some(removal) = self.state.removals.entries.get_mut(&entry) {
            removal.acknowledged.get_or_insert(now);
        }
    }

    /// Begins to ban somebody.
    pub fn begin_ban(&mut self, person: PersonKey) {
        let sent = self.note(&Change::BanSent { person });
        let removals = &mut self.state.removals.people;
        removals.entry(person).or_insert(Removal::begin(sent));
        self.state.entries.contest_all_of(person);
    }

    /// The site acknowledged the ban of somebody.
    pub fn acknowledge_ban(&mut self, person: PersonKey) {
        let now = self.note(&Change::BanAcknowledged { person });
        if let Some(removal) = self.state.removals.people.get_mut(&person) {
            removal.acknowledged.get_or_insert(now);
        }
    }

    /// The entries whose removal was acknowledged, and who was banned.
    pub fn acknowledged_removals(&self) -> (Vec<u64>, Vec<PersonKey>) {
        let Removals { entries, people } = &self.state.removals;
        (acknowledged(entries), acknowledged(people))
    }
}

fn acknowledged<K: Copy + Ord>(removals: &HashMap<K, Removal>) -> Vec<K> {
    let acknowledged = removals
        .iter()
        .filter(|(_, removal)| removal.acknowledged.is_some());
    let mut keys: Vec<K> = acknowledged.map(|(key, _)| *key).collect();
    keys.sort_unstable();
    keys
}

#[cfg(test)]
mod tests {
    use isutori_dataset::{Dataset, Size};
    use tokio::time::advance;

    use super::*;
    use crate::{ledger::Ledger, model::Model};

    const AUTHOR: PersonKey = PersonKey(1);

    fn model() -> Model {
        Model::new(Dataset::new(1, Size::Small), Ledger::none())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_removed_is_gone_with_the_answer_but_for_what_browsers_hold() {
        let model = model();
        let entry = model.dataset().entries_of(AUTHOR.0)[0];
        let there = |kept| {
            let view = View {
                kept,
                ..View::now(None)
            };
            model.look().is_there(entry, &view)
        };
        assert_eq!(there(false), Certainty::Yes);
        advance(Duration::from_millis(1)).await;
        model.look().begin_removal(entry);
        assert_eq!(there(false), Certainty::Maybe);

        model.look().acknowledge_removal(entry);

        assert_eq!(
            (there(false), there(true)),
            (Certainty::No, Certainty::Maybe)
        );
        advance(GRACE).await;
        assert_eq!(there(true), Certainty::No);
        assert_eq!(model.look().acknowledged_removals().0, [entry]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_banned_takes_all_along() {
        let model = model();
        let dataset = model.dataset();
        let friend = PersonKey(dataset.friends_of(AUTHOR.0)[0].person_id);
        let mut commented = 1..=dataset.counts().entries;
        let commented = commented.find(|entry| {
            let comments = dataset.comments_of(*entry).into_iter();
            let mut comments = comments.filter_map(|id| dataset.comment_header(id));
            comments.any(|comment| comment.person_id == AUTHOR.0)
        });
        let commented = commented.expect("the author has commented on something");
        let entry = dataset.entries_of(AUTHOR.0)[0];
        let seen = || {
            let view = View::now(Some(friend));
            let look = model.look();
            let (count, _) = look.comment_count(commented, &view);
            let comments = look.comments_on(commented, &view).len() as u64;
            assert_eq!(count, comments);
            (
                count,
                look.friends_of(friend, &view).len(),
                look.is_there(entry, &view),
            )
        };
        let (comments, friends, _) = seen();

        model.look().begin_ban(AUTHOR);
        model.look().acknowledge_ban(AUTHOR);

        let (fewer, fewer_friends, there) = seen();
        assert!(fewer < comments);
        assert_eq!((fewer_friends, there), (friends - 1, Certainty::No));
        let view = View::now(Some(friend));
        assert!(model.look().diary(AUTHOR, &view).is_empty());
        assert_eq!(model.look().acknowledged_removals().1, [AUTHOR]);
    }
}
