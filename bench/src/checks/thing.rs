//! What the organiser may have taken away.

use http::StatusCode;
use isutori_engine::{exchange::Response, failure::Failure};

use crate::model::{Certainty, Look, PersonKey, View};

/// An entry or a person.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Thing {
    Entry(u64),
    Person(PersonKey),
}

impl Thing {
    /// Whether it is there, for those who may see it.
    pub(crate) fn is_there(self, look: &Look<'_>, view: &View) -> Certainty {
        match self {
            Thing::Entry(id) => look.is_there(id, view),
            Thing::Person(person) => look.is_here(person, view),
        }
    }

    /// An answer about it may show it, as far as it may be there.
    ///
    /// # Errors
    /// `entry.removed`, `person.banned` (critical).
    pub(crate) fn check_shown(self, look: &Look<'_>, view: &View) -> Result<(), Failure> {
        if self.is_there(look, view) != Certainty::No {
            return Ok(());
        }
        let (code, sentence) = match self {
            Thing::Entry(id) => (
                "entry.removed",
                format!("something of entry {id} is shown, which was removed"),
            ),
            Thing::Person(person) => {
                let name = look.name(person);
                let sentence = format!("something of {name} is shown, who is banned");
                ("person.banned", sentence)
            }
        };
        Err(Failure::critical(code, sentence))
    }

    /// Whether an answer says that it is not there, and may say so.
    ///
    /// # Errors
    /// As [`Thing::check_shown`], if the answer is a success.
    pub(crate) fn is_gone(
        self,
        response: &Response,
        look: &Look<'_>,
        view: &View,
    ) -> Result<bool, Failure> {
        let status = response.status;
        if status.is_success() || status.is_redirection() {
            self.check_shown(look, view)?;
        }
        let may_be_gone = self.is_there(look, view) != Certainty::Yes;
        Ok(may_be_gone && status == StatusCode::NOT_FOUND)
    }
}
