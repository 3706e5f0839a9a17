//! Entries: who wrote what, when, and who may see it.
//!
//! Each person has as many *slots* as their share of all entries; a keyed permutation takes
//! slots to ids, so that a person's entries are scattered over the years. Ids rise with time.

use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::calendar::{END, FIRST_ENTRY, Timeline};
use crate::draws::{Domain, Draws};
use crate::people::People;
use crate::permutation::Permutation;
use crate::shares::Shares;

/// Consecutive entries that together have fixed numbers of public entries and of comments.
pub(crate) const GROUP: u64 = 16;
/// How many entries of a group are public.
const PUBLIC: u64 = 11;
/// How many entries of a group are for friends only; the rest is private.
const FRIENDS: u64 = 3;

/// Who may see an entry. The numbers are those of the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody, logged in or not.
    Public = 0,
    /// The author and the author's friends.
    Friends = 1,
    /// The author alone.
    Private = 2,
}

/// A row of `entries` without its texts: cheap to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryHeader {
    /// From 1 upwards, in the order of time.
    pub id: u64,
    /// The author.
    pub person_id: u64,
    /// Who may see the entry and its comments.
    pub visibility: Visibility,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
}

/// A row of `entries`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1 upwards, in the order of time.
    pub id: u64,
    /// The author.
    pub person_id: u64,
    /// Who may see the entry and its comments.
    pub visibility: Visibility,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
    /// One line of text.
    pub title: String,
    /// Paragraphs of text with an empty line between.
    pub body: String,
}

/// What the rows of entries are computed from.
#[derive(Debug)]
pub(crate) struct Entries {
    shares: Shares,
    order: Permutation,
    pub(crate) timeline: Timeline,
}

impl Entries {
    pub(crate) fn new(seed: u64, count: u64, people: &People) -> Entries {
        let mut weights = people.weights();
        for (person, weight) in weights.iter_mut().enumerate() {
            // One diary in twenty is empty.
            if Draws::new(seed, Domain::EntryWeight as u64, person as u64).chance(1, 20) {
                *weight = 0;
            }
        }
        let order = Draws::new(seed, Domain::EntryOrder as u64, 0);
        Entries {
            shares: Shares::new(count, &weights),
            order: Permutation::new(count, order),
            // The last steps are left to the comments on the last group.
            timeline: Timeline::new(seed, Domain::EntryTime, (FIRST_ENTRY, END), count + GROUP),
        }
    }
}

impl Dataset {
    /// The entry with this id.
    pub fn entry(&self, id: u64) -> Option<Entry> {
        self.has_entry(id).then(|| self.make_entry(id))
    }

    /// The entry with this id, without its texts.
    pub fn entry_header(&self, id: u64) -> Option<EntryHeader> {
        self.has_entry(id).then(|| self.make_entry_header(id))
    }

    /// The title of an entry, without making its body.
    pub fn entry_title(&self, id: u64) -> Option<String> {
        self.entry_header(id).map(|header| self.make_title(header))
    }

    /// All entries in the order of ids, which is the order of time.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (1..=self.counts().entries).map(|id| self.make_entry(id))
    }

    /// The ids of a person's entries, ascending; none for an unknown person.
    pub fn entries_of(&self, person_id: u64) -> Vec<u64> {
        if !self.has_person(person_id) {
            return Vec::new();
        }
        let entries = &self.tables.entries;
        let slots = entries.shares.slots(person_id - 1);
        let mut ids: Vec<u64> = slots.map(|slot| entries.order.apply(slot) + 1).collect();
        ids.sort_unstable();
        ids
    }

    /// How many entries are public.
    pub fn public_entries(&self) -> u64 {
        self.counts().entries / GROUP * PUBLIC
    }

    /// The id of a public entry by its rank; rank 0 is the newest.
    pub fn public_entry(&self, rank_from_newest: u64) -> Option<u64> {
        let oldest = self.public_entries() - 1;
        let rank = oldest.checked_sub(rank_from_newest)?;
        let group = rank / PUBLIC;
        let place = self
            .visibilities(group)
            .into_iter()
            .enumerate()
            .filter(|&(_, visibility)| visibility == Visibility::Public)
            .nth((rank % PUBLIC) as usize)
            .map(|(place, _)| place as u64)
            .expect("every group has as many public entries as PUBLIC says");
        Some(group * GROUP + place + 1)
    }

    pub(crate) fn make_entry_header(&self, id: u64) -> EntryHeader {
        let entries = &self.tables.entries;
        let slot = entries.order.invert(id - 1);
        EntryHeader {
            id,
            person_id: entries.shares.person(slot) + 1,
            visibility: self.visibilities((id - 1) / GROUP)[((id - 1) % GROUP) as usize],
            created_at: entries.timeline.moment(id),
        }
    }

    fn has_entry(&self, id: u64) -> bool {
        (1..=self.counts().entries).contains(&id)
    }

    fn make_entry(&self, id: u64) -> Entry {
        let header = self.make_entry_header(id);
        let mut draws = self.draws(Domain::EntryBody, id);
        Entry {
            id,
            person_id: header.person_id,
            visibility: header.visibility,
            created_at: header.created_at,
            title: self.make_title(header),
            body: self.make_language(header.person_id).entry_body(&mut draws),
        }
    }

    fn make_title(&self, header: EntryHeader) -> String {
        let mut draws = self.draws(Domain::EntryTitle, header.id);
        self.make_language(header.person_id).title(&mut draws)
    }

    /// The visibilities of a group's entries, in the order of ids.
    fn visibilities(&self, group: u64) -> [Visibility; GROUP as usize] {
        let mut visibilities = std::array::from_fn(|place| match place as u64 {
            place if place < PUBLIC => Visibility::Public,
            place if place < PUBLIC + FRIENDS => Visibility::Friends,
            _ => Visibility::Private,
        });
        self.draws(Domain::EntryVisibility, group)
            .shuffle(&mut visibilities);
        visibilities
    }
}
