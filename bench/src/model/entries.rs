//! What stands in the diaries.

mod public;

use std::{borrow::Cow, collections::HashMap};

use self::public::Public;
use super::{Age, Certainty, HOME_WINDOW, Item, Look, PersonKey, View, Write, change::Change};
use isutori_dataset::{Picture, Visibility};
use serde::{Deserialize, Serialize};

/// Everything that is to be known of one entry.
#[derive(Clone, Debug)]
pub struct EntryFacts {
    /// Its id on the site.
    pub id: u64,
    /// Who wrote it.
    pub author: PersonKey,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Its photo.
    pub photo: Option<Picture>,
    /// Milliseconds since 1970; of a fresh entry as it was first shown.
    pub created_at: Option<i64>,
    /// When it was made.
    pub age: Age,
}

/// What somebody is about to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDraft {
    /// 1 to 100 characters.
    pub title: String,
    /// 1 to 20,000 characters.
    pub body: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Its photo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<Picture>,
}

/// An entry's place among the fresh ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FreshEntry(usize);

struct Fresh {
    id: Option<u64>,
    draft: EntryDraft,
    created_at: Option<i64>,
    write: Write,
    /// Whether it may ever be taken away.
    contested: bool,
}

/// Entries written during the run.
#[derive(Default)]
pub(super) struct Entries {
    fresh: Vec<Fresh>,
    by_id: HashMap<u64, usize>,
    by_author: HashMap<PersonKey, Vec<usize>>,
    public: Public,
}

/// In a list that is cut to its newest entries, only so many of the newest
/// fresh ones can matter.
const NEWEST: usize = 200;

impl Look<'_> {
    /// The entry of that id, if it was ever written.
    pub fn entry(&self, id: u64) -> Option<EntryFacts> {
        if let Some(index) = self.state.entries.by_id.get(&id) {
            return Some(self.fresh_facts(*index, id));
        }
        let entry = self.dataset.entry(id)?;
        Some(EntryFacts {
            id,
            author: PersonKey(entry.person_id),
            visibility: entry.visibility,
            title: entry.title,
            body: entry.body,
            photo: self.dataset.photo_of(id),
            created_at: Some(entry.created_at),
            age: Age::Initial(id),
        })
    }

    /// The entry that is shown under `id`. One whose acknowledgement is still
    /// under way is known by its author and title, and its id learnt.
    pub fn shown_entry(&mut self, id: u64, author: PersonKey, title: &str) -> Option<EntryFacts> {
        if let Some(known) = self.entry(id) {
            return Some(known);
        }
        let entries = &self.state.entries;
        let mut written = entries.by_author.get(&author)?.iter().copied();
        let index = written.find(|index| {
            let fresh = &entries.fresh[*index];
            fresh.id.is_none() && fresh.draft.title == title
        })?;
        self.learn_entry_id(FreshEntry(index), id);
        self.entry(id)
    }

    /// Whether so many entries were written.
    pub(super) fn has_entry(&self, FreshEntry(index): FreshEntry) -> bool {
        index < self.state.entries.fresh.len()
    }

    /// The entry was shown under `id`.
    pub(super) fn learn_entry_id(&mut self, entry: FreshEntry, id: u64) {
        self.note(&Change::EntrySeen { entry, id });
        let FreshEntry(index) = entry;
        self.state.entries.fresh[index].id = Some(id);
        self.state.entries.by_id.insert(id, index);
    }

    /// Remembers the time that a fresh entry was first shown with.
    pub fn learn_entry_time(&mut self, id: u64, time: i64) {
        let entries = &mut self.state.entries;
        if let Some(index) = entries.by_id.get(&id) {
            let fresh = &mut entries.fresh[*index];
            let write = fresh.write;
            if fresh.created_at.is_none() {
                fresh.created_at = Some(time);
                self.note(&Change::EntryTimeSeen { id, time });
            }
            self.learn_clock(&write, time);
        }
    }

    /// Author and visibility alone, cheaper than [`Look::entry`].
    pub fn entry_owner(&self, id: u64) -> Option<(PersonKey, Visibility)> {
        if let Some(index) = self.state.entries.by_id.get(&id) {
            let fresh = &self.state.entries.fresh[*index];
            return Some((fresh.write.by, fresh.draft.visibility));
        }
        let header = self.dataset.entry_header(id)?;
        Some((PersonKey(header.person_id), header.visibility))
    }

    /// The photo of an entry, if it has one.
    pub fn photo(&self, id: u64) -> Option<Picture> {
        match self.state.entries.by_id.get(&id) {
            Some(index) => self.state.entries.fresh[*index].draft.photo,
            None => self.dataset.photo_of(id),
        }
    }

    /// Whether the viewer may see what this author shows to those.
    pub fn may_see(&self, author: PersonKey, visibility: Visibility, view: &View) -> Certainty {
        match (visibility, view.viewer) {
            (Visibility::Public, _) => Certainty::Yes,
            (_, Some(viewer)) if viewer == author => Certainty::Yes,
            (Visibility::Friends, Some(viewer)) => self.are_friends(viewer, author, view),
            _ => Certainty::No,
        }
    }

    /// Begins to write an entry.
    pub fn begin_entry(&mut self, author: PersonKey, draft: EntryDraft) -> FreshEntry {
        let sent = self.note(&Change::EntrySent {
            by: author,
            draft: Cow::Borrowed(&draft),
        });
        let contested = self.may_be_banned(author);
        let is_public = draft.visibility == Visibility::Public;
        let entries = &mut self.state.entries;
        let index = entries.fresh.len();
        entries.fresh.push(Fresh {
            id: None,
            draft,
            created_at: None,
            write: Write::begin(author, sent),
            contested,
        });
        entries.by_author.entry(author).or_default().push(index);
        if is_public {
            entries.count_public(index, sent);
        }
        FreshEntry(index)
    }

    /// The site acknowledged the entry under `id`. Says whether that can be:
    /// not when another entry has this id.
    pub fn acknowledge_entry(&mut self, entry: FreshEntry, id: u64) -> bool {
        let FreshEntry(index) = entry;
        let entries = &self.state.entries;
        let taken = id <= self.dataset.counts().entries
            || entries.by_id.get(&id).is_some_and(|other| *other != index)
            || entries.fresh[index].id.is_some_and(|other| other != id);
        if !taken {
            let now = self.note(&Change::EntryAcknowledged { entry, id });
            let entries = &mut self.state.entries;
            entries.by_id.insert(id, index);
            let fresh = &mut entries.fresh[index];
            fresh.id = Some(id);
            fresh.write.acknowledged = Some(now);
            let (by, visibility) = (fresh.write.by, fresh.draft.visibility);
            self.state.news.tell_entry(by, id, visibility);
        }
        !taken
    }

    /// What a view may show of one diary, newest first: the initial entries
    /// that are certain or possible, then the fresh ones.
    pub fn diary(&self, author: PersonKey, view: &View) -> Vec<Item> {
        self.diary_from_newest(author, view).collect()
    }

    fn diary_from_newest(&self, author: PersonKey, view: &View) -> impl Iterator<Item = Item> {
        let here = self.is_here(author, view);
        let visible = |visibility| self.may_see(author, visibility, view).and(here);
        let by_visibility =
            [Visibility::Public, Visibility::Friends, Visibility::Private].map(visible);
        let fresh = self
            .state
            .entries
            .by_author
            .get(&author)
            .into_iter()
            .flatten()
            .rev();
        let fresh = fresh.map(move |index| {
            let fresh = &self.state.entries.fresh[*index];
            self.fresh_item(fresh, by_visibility[fresh.draft.visibility as usize], view)
        });
        let initial = self.memory.diary(self.dataset, author).iter().rev();
        let initial = initial.map(move |(id, visibility)| {
            let visible = by_visibility[*visibility as usize];
            self.initial_item(*id, visible.and(self.is_left(*id, view)), view)
        });
        fresh
            .chain(initial)
            .filter(|item| item.certainty != Certainty::No)
    }

    /// The newest entries of friends, for home: enough to judge a list of `limit`.
    pub fn friends_entries(&self, viewer: PersonKey, limit: usize, view: &View) -> Vec<Item> {
        let mut items = Vec::new();
        for (friend, certainty) in self.friends_of(viewer, view) {
            // Of one friend more than `limit` of each kind cannot matter.
            let mut certain = 0;
            for item in self.diary_from_newest(friend, view) {
                certain += usize::from(item.certainty == Certainty::Yes);
                items.push(Item {
                    certainty: item.certainty.and(certainty),
                    ..item
                });
                if certain > limit {
                    break;
                }
            }
        }
        items
    }

    /// All fresh public entries that may be on the newest page, newest first.
    pub fn fresh_public(&self, view: &View) -> Vec<Item> {
        let newest = self.state.entries.fresh.iter().rev().take(NEWEST);
        newest
            .filter(|fresh| fresh.draft.visibility == Visibility::Public)
            .map(|fresh| self.fresh_item(fresh, self.is_here(fresh.write.by, view), view))
            .filter(|item| item.certainty != Certainty::No)
            .collect()
    }

    /// How many fresh public entries there must and may be.
    pub fn fresh_public_count(&self, view: &View) -> (u64, u64) {
        let (settled, others) = self.state.entries.public_for(view);
        let seen = |fresh: &Fresh| {
            let here = self.is_here(fresh.write.by, view);
            self.fresh_item(fresh, here, view).certainty
        };
        others.fold((settled, settled), |(must, may), fresh| match seen(fresh) {
            Certainty::Yes => (must + 1, may + 1),
            Certainty::Maybe => (must, may + 1),
            Certainty::No => (must, may),
        })
    }

    /// Ids of all acknowledged fresh entries that are there, in the order of writing.
    pub fn acknowledged_entries(&self) -> Vec<u64> {
        let fresh = self.state.entries.fresh.iter();
        let ids = fresh
            .filter(|fresh| fresh.write.acknowledged.is_some())
            .filter_map(|fresh| fresh.id);
        let now = View::now(None);
        ids.filter(|id| self.is_there(*id, &now) == Certainty::Yes)
            .collect()
    }

    fn initial_item(&self, id: u64, certainty: Certainty, view: &View) -> Item {
        // However many fresh entries there are, the window shrinks at most by all of them.
        let newer = self.dataset.counts().entries - id + self.state.entries.fresh.len() as u64;
        Item {
            id: Some(id),
            age: Age::Initial(id),
            certainty,
            in_window: newer < HOME_WINDOW,
            leaving: certainty == Certainty::Maybe && self.is_leaving(id, view),
        }
    }

    fn fresh_item(&self, fresh: &Fresh, visible: Certainty, view: &View) -> Item {
        let left = fresh.id.map_or(Certainty::Yes, |id| self.is_left(id, view));
        let certainty = fresh.write.seen(view).and(visible).and(left);
        let may_leave = |id| certainty == Certainty::Maybe && self.is_leaving(id, view);
        Item {
            id: fresh.id,
            age: Age::Fresh(fresh.write),
            certainty,
            in_window: (self.state.entries.fresh.len() as u64) < HOME_WINDOW,
            leaving: fresh.id.is_some_and(may_leave),
        }
    }

    fn fresh_facts(&self, index: usize, id: u64) -> EntryFacts {
        let fresh = &self.state.entries.fresh[index];
        EntryFacts {
            id,
            author: fresh.write.by,
            visibility: fresh.draft.visibility,
            title: fresh.draft.title.clone(),
            body: fresh.draft.body.clone(),
            photo: fresh.draft.photo,
            created_at: fresh.created_at,
            age: Age::Fresh(fresh.write),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use isutori_dataset::{Dataset, Size};
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::Ledger,
        model::{GRACE, Model},
    };

    const AUTHOR: PersonKey = PersonKey(1);

    fn model() -> Model {
        Model::new(Dataset::new(1, Size::Small), Ledger::none())
    }

    fn draft(title: &str, visibility: Visibility) -> EntryDraft {
        EntryDraft {
            title: title.to_owned(),
            body: "body".to_owned(),
            visibility,
            photo: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_fresh_entry_counts_for_its_author_at_once_and_for_others_after_the_grace_period() {
        let model = model();
        let next = model.dataset().counts().entries + 1;
        let count = |viewer| model.look().fresh_public_count(&View::now(viewer));
        let ticket = model
            .look()
            .begin_entry(AUTHOR, draft("new", Visibility::Public));
        assert_eq!(count(Some(AUTHOR)), (0, 1));

        assert!(model.look().acknowledge_entry(ticket, next));
        assert_eq!((count(Some(AUTHOR)), count(None)), ((1, 1), (0, 1)));

        advance(GRACE).await;
        assert_eq!(count(None), (1, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_does_not_count_before_it_was_sent() {
        let model = model();
        let before = View::now(Some(AUTHOR));
        advance(Duration::from_millis(1)).await;
        model
            .look()
            .begin_entry(AUTHOR, draft("new", Visibility::Public));
        assert_eq!(model.look().fresh_public_count(&before), (0, 0));
    }

    #[test]
    fn an_id_belongs_to_one_entry() {
        let model = model();
        let next = model.dataset().counts().entries + 1;
        let mut look = model.look();
        let first = look.begin_entry(AUTHOR, draft("first", Visibility::Public));
        let second = look.begin_entry(AUTHOR, draft("second", Visibility::Public));
        assert!(!look.acknowledge_entry(first, next - 1), "an initial id");
        assert!(look.acknowledge_entry(first, next));
        assert!(!look.acknowledge_entry(second, next), "the id of the first");
        assert!(look.acknowledge_entry(second, next + 1));
        assert_eq!(look.acknowledged_entries(), [next, next + 1]);
    }

    #[test]
    fn an_entry_may_be_seen_before_its_acknowledgement_under_one_id() {
        let model = model();
        let next = model.dataset().counts().entries + 1;
        let mut look = model.look();
        let ticket = look.begin_entry(AUTHOR, draft("new", Visibility::Public));
        assert!(look.shown_entry(next, PersonKey(2), "new").is_none());
        assert!(look.shown_entry(next, AUTHOR, "other").is_none());
        assert!(look.shown_entry(next, AUTHOR, "new").is_some());
        assert!(look.shown_entry(next + 1, AUTHOR, "new").is_none());
        assert!(!look.acknowledge_entry(ticket, next + 1));
    }

    #[test]
    fn a_private_entry_is_in_its_authors_diary_alone() {
        let model = model();
        let next = model.dataset().counts().entries + 1;
        let mut look = model.look();
        let ticket = look.begin_entry(AUTHOR, draft("mine", Visibility::Private));
        assert!(look.acknowledge_entry(ticket, next));
        let newest = |viewer| {
            look.diary(AUTHOR, &View::now(viewer))
                .first()
                .and_then(|item| item.id)
        };
        assert_eq!(newest(Some(AUTHOR)), Some(next));
        assert_ne!(newest(Some(PersonKey(2))), Some(next));
        assert_ne!(newest(None), Some(next));
    }
}
