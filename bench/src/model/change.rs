//! What changes the model, as data: the lines of the ledger.

use std::borrow::Cow;

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
mod tests {
    use std::{fs, path::Path, time::Duration};

    use isutori_dataset::{Dataset, Size, Visibility};
    use tempfile::TempDir;
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::{Ledger, LedgerError},
        model::{Certainty, Model, View},
    };

    const AUTHOR: PersonKey = PersonKey(1);
    const READER: PersonKey = PersonKey(2);

    fn dataset() -> Dataset {
        Dataset::new(1, Size::Small)
    }

    fn draft(title: &str) -> EntryDraft {
        EntryDraft {
            title: title.to_owned(),
            body: "one\ntwo".to_owned(),
            visibility: Visibility::Friends,
        }
    }

    /// Two people who are no friends yet.
    fn strangers() -> (PersonKey, PersonKey) {
        let dataset = dataset();
        let mut others = 3..=dataset.counts().people;
        let other = others.find(|other| !dataset.are_friends(AUTHOR.0, *other));
        (AUTHOR, PersonKey(other.expect("somebody is no friend")))
    }

    /// Every kind of change, a moment apart.
    async fn change_all(model: &Model) {
        let counts = model.dataset().counts();
        let pass = || advance(Duration::from_millis(700));
        let newcomer = model
            .look()
            .begin_signup("newcomer", "新", "secret-password");
        pass().await;
        model.look().acknowledge_signup(newcomer);
        model.look().begin_signup("nobody", "x", "secret-password");
        for nickname in ["first", "last"] {
            let profile = Profile {
                nickname: nickname.to_owned(),
                ..Profile::default()
            };
            model.look().begin_edit(READER, profile);
            pass().await;
        }
        model.look().acknowledge_edit(READER);
        let entries: Vec<_> = ["seen", "acknowledged", "lost"]
            .map(|title| model.look().begin_entry(AUTHOR, draft(title)))
            .into();
        pass().await;
        let (first, second) = (counts.entries + 1, counts.entries + 2);
        model.look().shown_entry(first, AUTHOR, "seen");
        assert!(model.look().acknowledge_entry(entries[1], second));
        model.look().learn_entry_time(second, 86_400_000);
        let comment = model.look().begin_comment(READER, second, "said");
        model.look().begin_comment(READER, second, "lost");
        pass().await;
        model.look().acknowledge_comment(comment);
        let id = counts.comments + 1;
        model
            .look()
            .shown_comment(id, second, READER, |body| body == "said");
        model.look().learn_comment_time(id, 86_400_700);
        let (one, another) = strangers();
        model.look().begin_friendship(one, another);
        pass().await;
        model.look().acknowledge_friendship(one, another);
        model.look().begin_footprint(READER, AUTHOR);
        pass().await;
        model.look().acknowledge_footprint(READER, AUTHOR);
        let now = Instant::now();
        model.look().learn_date(now, now, 86_404_000);
    }

    async fn write_ledger(folder: &Path) -> (Model, std::path::PathBuf) {
        let path = folder.join("ledger");
        let ledger = Ledger::create(&path).expect("a ledger");
        let model = Model::new(dataset(), ledger);
        change_all(&model).await;
        model.close_ledger().expect("room on the disk");
        (model, path)
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_changes_make_the_same_model() {
        let folder = TempDir::new().expect("a folder");
        let (model, path) = write_ledger(folder.path()).await;
        let copied = folder.path().join("copy");
        let copy = Ledger::create(&copied).expect("a ledger");

        let ago = Duration::from_secs(10_000);
        let rebuilt = Model::rebuild_into(copy, dataset(), &path, ago).expect("a whole ledger");

        rebuilt.close_ledger().expect("room on the disk");
        let text = fs::read_to_string(path).expect("the ledger");
        assert_eq!(fs::read_to_string(copied).expect("the copy"), text);
        let kinds: std::collections::BTreeSet<&str> = text
            .lines()
            .filter_map(|line| line.split("\"change\":\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(kinds.len(), 17, "{kinds:?}");
        for model in [&model, &rebuilt] {
            advance(Duration::from_secs(2)).await;
            look_at_all(model);
        }
    }

    /// What others must see by now, and the writer.
    fn look_at_all(model: &Model) {
        let (one, another) = strangers();
        let view = View::now(Some(another));
        let counts = model.dataset().counts();
        let (first, second) = (counts.entries + 1, counts.entries + 2);
        let look = model.look();
        let newcomer = look.person("newcomer").expect("the newcomer");
        assert_eq!(look.exists(newcomer, &view), Certainty::Yes);
        assert_eq!(look.password(newcomer), "secret-password");
        let nobody = look.person("nobody").expect("a name");
        assert_eq!(look.exists(nobody, &view), Certainty::Maybe);
        let profiles = look.profiles(READER, &view);
        assert_eq!(profiles.len(), 1);
        assert_eq!(profiles[0].nickname, "last");
        assert_eq!(look.acknowledged_entries(), [second]);
        assert!(look.entry(first).is_some_and(|seen| seen.title == "seen"));
        let shown = look.entry(second).and_then(|entry| entry.created_at);
        assert_eq!(shown, Some(86_400_000));
        assert_eq!(look.comment_count(second, &view), (1, 2));
        let comment = look.comment(counts.comments + 1).expect("a comment");
        assert_eq!(comment.created_at, Some(86_400_700));
        assert_eq!(look.are_friends(one, another, &view), Certainty::Yes);
        assert_eq!(look.fresh_visitors(AUTHOR, &view)[0].visitor, READER);
        assert_eq!(look.acknowledged_comments().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_of_a_run_that_is_over_stays_as_it_was() {
        let folder = TempDir::new().expect("a folder");
        let (model, path) = write_ledger(folder.path()).await;
        let ago = Duration::from_secs(10_000);
        let rebuilt = Model::rebuild(dataset(), &path, ago).expect("a whole ledger");
        let now = Instant::now();
        let since = now - model.began;
        let known = model.look().deviation(now, now, 0);

        rebuilt.look().learn_date(now, now, 0);

        let then = rebuilt.began + since;
        assert_ne!(known, 0);
        assert_eq!(rebuilt.look().deviation(then, then, 0), known);
    }

    #[test]
    fn a_ledger_that_makes_no_sense_is_refused() {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("ledger");
        let refused = |text: &str| {
            fs::write(&path, text).expect("a file");
            let ago = Duration::from_secs(10);
            match Model::rebuild(dataset(), &path, ago) {
                Ok(_) => "nothing".to_owned(),
                Err(error) => error.to_string(),
            }
        };
        let damaged = |line: &str| refused(&format!("{{\"version\":2}}\n{line}\n"));
        for line in [
            r#"{"ms":1,"change":"entry-acknowledged","entry":0,"id":9000}"#,
            r#"{"ms":1,"change":"entry-seen","entry":7,"id":9000}"#,
            r#"{"ms":1,"change":"comment-acknowledged","comment":0}"#,
            r#"{"ms":1,"change":"comment-seen","comment":0,"id":1}"#,
            r#"{"ms":1,"change":"burnt"}"#,
            "",
        ] {
            let why = damaged(line);
            assert!(why.starts_with("line 2 of the ledger is damaged"), "{why}");
        }
        let old = r#"{"kind":"signup","name":"aoi","nickname":"A","password":"p"}"#;
        assert!(refused(old).contains("an older isutori"));
        assert!(refused("").contains("an older isutori"));
        assert!(refused("{\"version\":3}").contains("a newer isutori"));
        fs::remove_file(&path).expect("the file");
        let missing = Model::rebuild(dataset(), &path, Duration::ZERO);
        assert!(matches!(missing, Err(LedgerError::Unreadable(_))));
    }
}
