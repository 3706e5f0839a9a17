//! Back to the initial data.

use std::mem;

use serde::Deserialize;

use super::Visit;
use crate::{
    Break,
    answer::{self, Answer},
    panel::Place,
    request::Body,
    state::State,
};

/// What `POST /initialize` is told.
#[derive(Default, Deserialize)]
struct Instructions {
    organiser_token: Option<String>,
    #[serde(default)]
    services: String,
    #[serde(default)]
    services_token: String,
}

impl Visit<'_> {
    /// `POST /initialize`
    pub(super) fn initialize(&mut self) -> Answer {
        let before = mem::replace(self.state, self.initial.state());
        self.state.asked = before.asked;
        self.keep(before);
        let instructions = self.instructions();
        self.state.organiser_token = instructions.organiser_token;
        self.state.services = Place {
            url: instructions.services,
            token: instructions.services_token,
        };
        let own = self.initial.fingerprint();
        let fingerprint = match () {
            () if self.breaks(Break::ForgetFingerprint) => "unknown".to_owned(),
            () if self.breaks(Break::OtherData) => {
                let (label, hash) = own.rsplit_once('-').unwrap_or((own, ""));
                format!("{label}-{}", hash.chars().rev().collect::<String>())
            }
            () => own.to_owned(),
        };
        answer::json(format!(
            r#"{{"language": "rust", "data": "{fingerprint}"}}"#
        ))
    }

    /// What the benchmark tells; nothing if it cannot be read.
    fn instructions(&self) -> Instructions {
        match &self.request.body {
            Body::Whole(body) => serde_json::from_slice(body).unwrap_or_default(),
            Body::TooLong => Instructions::default(),
        }
    }

    /// Takes over what outlives the initial data, where rules are broken.
    fn keep(&mut self, before: State) {
        if self.breaks(Break::KeepCountingEntries) {
            self.state.entries.count_on_from(before.entries.next_id());
        }
        if self.breaks(Break::KeepCountingComments) {
            self.state.comments.count_on_from(before.comments.next_id());
        }
        if self.breaks(Break::KeepRemovals) {
            self.state.entries.remove_as(&before.entries);
        }
        if self.breaks(Break::KeepBans) {
            self.state.people.ban_as(&before.people);
        }
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
            self.state.friendships = before.friendships.with_everybody();
        }
        if self.breaks(Break::KeepLogins) {
            self.state.logins = before.logins;
        }
        if self.breaks(Break::KeepFootprints) {
            self.state.footprints = before.footprints;
        }
    }
}
