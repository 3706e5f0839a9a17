//! For the organiser: who is locked, and which addresses are banned.

use http::header;
use serde_json::json;

use super::Visit;
use crate::{
    Break,
    answer::{self, Answer},
    refusal::Refusal,
};

impl Visit<'_> {
    /// `GET /report`
    pub(super) fn show_report(&self) -> Result<Answer, Refusal> {
        let has_token = !self.request.text(header::AUTHORIZATION).is_empty();
        let may_read = self.is_organiser()
            || self.breaks(Break::ReportToEverybody)
            || has_token && self.breaks(Break::AcceptAnyToken);
        if !may_read {
            return Err(Refusal::OrganiserOnly);
        }
        let logins = &self.state.logins;
        let mut people: Vec<&str> = logins
            .locked()
            .map(|person| self.state.people.get(person).name.as_str())
            .collect();
        let mut addresses: Vec<&str> = logins.banned().collect();
        if self.breaks(Break::ReportTwice) {
            people.extend_from_within(..);
        }
        if self.breaks(Break::ReportNobodyLocked) {
            people.clear();
        }
        if self.breaks(Break::ReportNoAddress) {
            addresses.clear();
        }
        if self.breaks(Break::ReportStrangers) {
            let name = |id| self.state.people.get(id).name.as_str();
            people = (1..=self.state.people.len() as u64).map(name).collect();
        }
        let report = json!({"locked_people": people, "banned_addresses": addresses});
        Ok(answer::json(report.to_string()))
    }
}
