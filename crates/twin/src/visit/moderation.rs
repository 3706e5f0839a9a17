//! What the organiser takes away.

use std::time::Duration;

use http::{StatusCode, header};

use super::{Visit, lists::number};
use crate::{
    Break,
    answer::{self, Answer},
    refusal::Refusal,
};

impl Visit<'_> {
    /// Whether the organiser asks.
    pub(super) fn is_organiser(&self) -> bool {
        let sent = self.request.text(header::AUTHORIZATION);
        let sent = sent.strip_prefix("Bearer ");
        let token = self.state.organiser_token.as_deref();
        token.is_some() && token == sent
    }

    /// `POST /entries/:id/remove`
    pub(super) fn remove_entry(&mut self, id: &str) -> Result<Answer, Refusal> {
        self.moderate()?;
        let entries = &self.state.entries;
        let id = number(id).and_then(|id| match self.breaks(Break::ModerateTwice) {
            true => entries.get_ever(id),
            false => entries.get(id),
        });
        let id = id.ok_or(Refusal::NotFound)?.id;
        match self.lateness() {
            _ if self.breaks(Break::RemoveNothing) => {}
            Some(late) => {
                let due = self.state.now() + late.as_millis() as i64;
                self.state.late_removals.push((due, id));
            }
            None => self.state.entries.remove(id),
        }
        Ok(answer::answer(StatusCode::NO_CONTENT, ""))
    }

    /// `POST /people/:name/ban`
    pub(super) fn ban_person(&mut self, name: &str) -> Result<Answer, Refusal> {
        self.moderate()?;
        let person = self.person_named(name)?;
        if !self.breaks(Break::BanNobody) {
            self.ban(person);
        }
        Ok(answer::answer(StatusCode::NO_CONTENT, ""))
    }

    fn ban(&mut self, person: u64) {
        if !self.breaks(Break::ShowProfilesOfBanned) {
            self.state.people.ban(person);
        }
        if !self.breaks(Break::KeepEntriesOfBanned) {
            let ids: Vec<u64> = self
                .state
                .entries
                .by(person)
                .map(|entry| entry.id)
                .collect();
            ids.into_iter().for_each(|id| self.state.entries.remove(id));
        }
        if !self.breaks(Break::KeepCommentsOfBanned) {
            self.state.comments.hide(person);
        }
        if !self.breaks(Break::KeepFriendsOfBanned) {
            self.state.friendships.hide(person);
        }
        if !self.breaks(Break::KeepFootprintsOfBanned) {
            self.state.footprints.hide(person);
        }
        if !self.breaks(Break::KeepSessionsOfBanned) {
            self.state.sessions.end_all(person);
        }
    }

    fn moderate(&self) -> Result<(), Refusal> {
        match self.is_organiser() || self.breaks(Break::ModerateByAnybody) {
            true => Ok(()),
            false => Err(Refusal::OrganiserOnly),
        }
    }

    /// How late what is removed is gone, if that rule is broken.
    fn lateness(&self) -> Option<Duration> {
        self.broken.iter().find_map(|broken| match broken {
            Break::LateRemovals(late) => Some(*late),
            _ => None,
        })
    }
}
