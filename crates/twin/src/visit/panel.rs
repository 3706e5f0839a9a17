//! What a person wants to see of the external services.

use isutori_dataset::subscriptions::first_subscriptions;

use super::Visit;
use crate::{
    Break,
    answer::{self, Answer},
    panel::{Manners, Wanted},
    refusal::Refusal,
};

impl Visit<'_> {
    /// `GET /api/panel`, to be filled in.
    pub(super) fn show_panel(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let whose = match self.breaks(Break::PanelOfOthers) {
            true => me % 7 + 1,
            false => me,
        };
        let subscriptions = self.initial.dataset().subscriptions(whose);
        let mut answer = answer::json(String::new());
        answer.extensions_mut().insert(Wanted {
            place: self.state.services.clone(),
            subscriptions: subscriptions.unwrap_or_else(first_subscriptions),
            manners: Manners {
                keeps_all: self.breaks(Break::PanelForEver),
                reads_one_page: self.breaks(Break::PanelOfOnePage),
                asks_nobody: self.breaks(Break::PanelOfNothing),
            },
        });
        Ok(answer)
    }
}
