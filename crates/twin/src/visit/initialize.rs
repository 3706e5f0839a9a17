//! Back to the initial data.

use std::mem;

use super::Visit;
use crate::{
    Break,
    answer::{self, Answer},
    state::State,
};

impl Visit<'_> {
    /// `POST /initialize`
    pub(super) fn initialize(&mut self) -> Answer {
        let before = mem::replace(self.state, self.initial.state());
        self.state.asked = before.asked;
        self.keep(before);
        let fingerprint = match self.breaks(Break::ForgetFingerprint) {
            true => "unknown",
            false => self.initial.fingerprint(),
        };
        answer::json(format!(
            r#"{{"language": "rust", "data": "{fingerprint}"}}"#
        ))
    }

    /// Takes over what outlives the initial data, where rules are broken.
    fn keep(&mut self, before: State) {
        if self.breaks(Break::KeepSessions) {
            self.state.sessions = before.sessions;
        }
        if self.breaks(Break::KeepEntries) {
            self.state.entries = before.entries;
        }
        if self.breaks(Break::KeepPeople) {
            self.state.people = before.people;
        }
        if self.breaks(Break::KeepFriendships) {
            self.state.friendships = before.friendships;
        }
        if self.breaks(Break::KeepFootprints) {
            self.state.footprints = before.footprints;
        }
    }
}
