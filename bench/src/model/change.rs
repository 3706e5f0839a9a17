//! What changes the model, as data: the lines of the ledger.

use std::{borrow::Cow, net::Ipv4Addr};

use isutori_dataset::Picture;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    Look, PersonKey,
    comments::FreshComment,
    entries::{EntryDraft, FreshEntry},
    people::Profile,
};

/// One change. Repeated in the same order at the same moments, all changes of a run make the
/// same model.
///
/// A write comes to the model twice: when it is sent and when it is acknowledged. What else the
/// answers tell of it, its id and its time, comes by itself. Entries and comments are numbered
/// from 0 in the order of their sending, people as [`PersonKey`] says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change<'a> {
    /// Somebody signs up.
    SignupSent {
        /// The account name.
        name: Cow<'a, str>,
        /// The nickname.
        nickname: Cow<'a, str>,
        /// The password.
        password: Cow<'a, str>,
    },
    /// The site let somebody in who signed up.
    SignupAcknowledged {
        /// Who.
        person: PersonKey,
    },
    /// Somebody edits the own profile.
    ProfileSent {
        /// Who.
        person: PersonKey,
        /// The whole profile from now on.
        profile: Cow<'a, Profile>,
    },
    /// The site took the last edit of a profile.
    ProfileAcknowledged {
        /// Whose.
        person: PersonKey,
    },
    /// Somebody changes the own icon.
    IconSent {
        /// Who.
        person: PersonKey,
        /// To what.
        icon: Picture,
    },
    /// The site took the last icon of a person.
    IconAcknowledged {
        /// Whose.
        person: PersonKey,
    },
    /// Somebody writes an entry.
    EntrySent {
        /// Who.
        by: PersonKey,
        /// What.
        draft: Cow<'a, EntryDraft>,
    },
    /// The site took an entry.
    EntryAcknowledged {
        /// Which.
        entry: FreshEntry,
        /// Its id on the site.
        id: u64,
    },
    /// An entry was shown before its acknowledgement came.
    EntrySeen {
        /// Which.
        entry: FreshEntry,
        /// Its id on the site.
        id: u64,
    },
    /// An entry was shown with its time for the first time.
    EntryTimeSeen {
        /// Its id on the site.
        id: u64,
        /// Milliseconds since 1970.
        time: i64,
    },
    /// Somebody writes a comment.
    CommentSent {
        /// Who.
        by: PersonKey,
        /// The id of the entry on the site.
        entry: u64,
        /// The text.
        body: Cow<'a, str>,
    },
    /// The site took a comment.
    CommentAcknowledged {
        /// Which.
        comment: FreshComment,
    },
    /// A comment was shown for the first time.
    CommentSeen {
        /// Which.
        comment: FreshComment,
        /// Its id on the site.
        id: u64,
    },
    /// A comment was shown with its time for the first time.
    CommentTimeSeen {
        /// Its id on the site.
        id: u64,
        /// Milliseconds since 1970.
        time: i64,
    },
    /// Somebody makes a friend.
    FriendshipSent {
        /// Who.
        by: PersonKey,
        /// Whom.
        with: PersonKey,
    },
    /// The site took a friendship.
    FriendshipAcknowledged {
        /// Who.
        by: PersonKey,
        /// Whom.
        with: PersonKey,
    },
    /// Somebody is about to look at something of somebody else's.
    VisitSent {
        /// Who.
        by: PersonKey,
        /// At whose.
        at: PersonKey,
    },
    /// It was shown, and leaves a footprint.
    VisitAcknowledged {
        /// Who.
        by: PersonKey,
        /// At whose.
        at: PersonKey,
    },
    /// The organiser removes an entry.
    RemovalSent {
        /// Its id on the site.
        entry: u64,
    },
    /// The site took the removal of an entry.
    RemovalAcknowledged {
        /// Its id on the site.
        entry: u64,
    },
    /// The organiser bans somebody.
    BanSent {
        /// Whom.
        person: PersonKey,
    },
    /// The site took the ban of somebody.
    BanAcknowledged {
        /// Of whom.
        person: PersonKey,
    },
    /// Somebody tries to log in.
    LoginSent {
        /// As whom; nobody if no person has that name.
        person: Option<PersonKey>,
        /// From where.
        address: Ipv4Addr,
    },
    /// The answer to the attempt came, or was lost.
    LoginAnswered {
        /// As whom.
        person: Option<PersonKey>,
        /// From where.
        address: Ipv4Addr,
        /// Whether it was let in; nothing if the answer was lost.
        succeeded: Option<bool>,
    },
    /// More is known of the site's clock: by how many milliseconds since 1970 it is ahead of the
    /// time since the model began.
    ClockRead {
        /// At least.
        least: i64,
        /// At most.
        most: i64,
    },
}

impl Look<'_> {
    /// Writes a change into the ledger, and gives the moment of it.
    pub(super) fn note(&mut self, change: &Change<'_>) -> Instant {
        let moment = self.moment.unwrap_or_else(Instant::now);
        let since = moment.saturating_duration_since(self.began);
        self.state.ledger.append(since, change);
        moment
    }

    /// Makes a change that was made before. Says whether what it is about exists.
    pub(super) fn repeat(&mut self, change: Change<'_>) -> bool {
        if !self.has_what_is_changed(&change) {
            return false;
        }
        match change {
            Change::SignupSent {
                name,
                nickname,
                password,
            } => drop(self.begin_signup(&name, &nickname, &password)),
            Change::SignupAcknowledged { person } => self.acknowledge_signup(person),
            Change::ProfileSent { person, profile } => {
                self.begin_edit(person, profile.into_owned());
            }
            Change::ProfileAcknowledged { person } => self.acknowledge_edit(person),
            Change::IconSent { person, icon } => self.begin_icon(person, icon),
            Change::IconAcknowledged { person } => self.acknowledge_icon(person),
            Change::EntrySent { by, draft } => drop(self.begin_entry(by, draft.into_owned())),
            Change::EntryAcknowledged { entry, id } => return self.acknowledge_entry(entry, id),
            Change::EntrySeen { entry, id } => self.learn_entry_id(entry, id),
            Change::EntryTimeSeen { id, time } => self.learn_entry_time(id, time),
            Change::CommentSent { by, entry, body } => drop(self.begin_comment(by, entry, &body)),
            Change::CommentAcknowledged { comment } => self.acknowledge_comment(comment),
            Change::CommentSeen { comment, id } => self.learn_comment_id(comment, id),
            Change::CommentTimeSeen { id, time } => self.learn_comment_time(id, time),
            Change::FriendshipSent { by, with } => self.begin_friendship(by, with),
            Change::FriendshipAcknowledged { by, with } => self.acknowledge_friendship(by, with),
            Change::VisitSent { by, at } => self.begin_footprint(by, at),
            Change::VisitAcknowledged { by, at } => self.acknowledge_footprint(by, at),
            Change::RemovalSent { entry } => self.begin_removal(entry),
            Change::RemovalAcknowledged { entry } => self.acknowledge_removal(entry),
            Change::BanSent { person } => self.begin_ban(person),
            Change::BanAcknowledged { person } => self.acknowledge_ban(person),
            Change::LoginSent { person, address } => drop(self.begin_login(person, address)),
            Change::LoginAnswered {
                person,
                address,
                succeeded,
            } => self.end_login(person, address, succeeded),
            Change::ClockRead { least, most } => self.set_clock(least, most),
        }
        true
    }

    /// A ledger may be damaged, and must not take the program down.
    fn has_what_is_changed(&self, change: &Change<'_>) -> bool {
        match change {
            Change::EntryAcknowledged { entry, .. } | Change::EntrySeen { entry, .. } => {
                self.has_entry(*entry)
            }
            Change::CommentAcknowledged { comment } | Change::CommentSeen { comment, .. } => {
                self.has_comment(*comment)
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
