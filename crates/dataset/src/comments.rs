//! Comments: every group of 16 entries has 48 of them, unevenly spread over its entries and
//! written soon after the group's last entry. Ids rise with time.

use crate::Dataset;
use crate::draws::{Domain, Draws};
use crate::entries::{self, EntryHeader, Visibility};

/// How many comments a group of entries has.
pub(crate) const GROUP: u64 = 48;

/// How the comments spread over the entries of a group, in drawn order: some entries get none,
/// one gets about a quarter.
const SKEW: [u64; entries::GROUP as usize] = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6, 8, 12];

/// A row of `comments` without its text: cheap to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentHeader {
    /// From 1 upwards, in the order of time.
    pub id: u64,
    /// What is commented on.
    pub entry_id: u64,
    /// Who comments; somebody who may see the entry.
    pub person_id: u64,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
}

/// A row of `comments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From 1 upwards, in the order of time.
    pub id: u64,
    /// What is commented on.
    pub entry_id: u64,
    /// Who comments; somebody who may see the entry.
    pub person_id: u64,
    /// One line of text.
    pub body: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: i64,
}

impl Dataset {
    /// The comment with this id.
    pub fn comment(&self, id: u64) -> Option<Comment> {
        self.has_comment(id).then(|| self.make_comment(id))
    }

    /// The comment with this id, without its text.
    pub fn comment_header(&self, id: u64) -> Option<CommentHeader> {
        self.has_comment(id).then(|| self.make_comment_header(id))
    }

    /// All comments in the order of ids, which is the order of time.
    pub fn comments(&self) -> impl Iterator<Item = Comment> + '_ {
        (1..=self.counts().comments).map(|id| self.make_comment(id))
    }

    /// The ids of the comments on an entry, ascending; none for an unknown entry.
    pub fn comments_of(&self, entry_id: u64) -> Vec<u64> {
        if !(1..=self.counts().entries).contains(&entry_id) {
            return Vec::new();
        }
        let group = (entry_id - 1) / entries::GROUP;
        let skew = self.skew(group);
        (group * GROUP + 1..=(group + 1) * GROUP)
            .filter(|&id| self.commented_entry(id, &skew) == entry_id)
            .collect()
    }

    /// How many comments an entry has.
    pub fn comment_count(&self, entry_id: u64) -> u64 {
        self.comments_of(entry_id).len() as u64
    }

    fn has_comment(&self, id: u64) -> bool {
        (1..=self.counts().comments).contains(&id)
    }

    fn make_comment(&self, id: u64) -> Comment {
        let header = self.make_comment_header(id);
        let mut draws = self.draws(Domain::CommentBody, id);
        Comment {
            id,
            entry_id: header.entry_id,
            person_id: header.person_id,
            body: self.make_language(header.person_id).comment(&mut draws),
            created_at: header.created_at,
        }
    }

    fn make_comment_header(&self, id: u64) -> CommentHeader {
        let group = (id - 1) / GROUP;
        let entry_id = self.commented_entry(id, &self.skew(group));
        CommentHeader {
            id,
            entry_id,
            person_id: self.commenter(id, self.make_entry_header(entry_id)),
            created_at: self.comment_moment(id),
        }
    }

    /// The weights of a group's entries.
    fn skew(&self, group: u64) -> [u64; entries::GROUP as usize] {
        let mut skew = SKEW;
        self.draws(Domain::CommentSkew, group).shuffle(&mut skew);
        skew
    }

    fn commented_entry(&self, id: u64, skew: &[u64]) -> u64 {
        let first = (id - 1) / GROUP * entries::GROUP + 1;
        let mut point = self
            .draws(Domain::CommentEntry, id)
            .below(SKEW.iter().sum());
        for (place, &weight) in skew.iter().enumerate() {
            match point.checked_sub(weight) {
                Some(rest) => point = rest,
                None => return first + place as u64,
            }
        }
        unreachable!("the point is below the sum of all weights")
    }

    /// Friends talk most. Nobody comments on what they may not see.
    fn commenter(&self, id: u64, entry: EntryHeader) -> u64 {
        let mut draws: Draws = self.draws(Domain::CommentPerson, id);
        let author = entry.person_id;
        match (entry.visibility, draws.below(10)) {
            (Visibility::Private, _) | (Visibility::Friends, 0..2) | (Visibility::Public, 0) => {
                author
            }
            (Visibility::Friends, _) | (Visibility::Public, 1..7) => {
                self.some_friend(author, &mut draws)
            }
            (Visibility::Public, _) => draws.within(1..=self.counts().people),
        }
    }

    /// The time in which the next group of entries is written, divided among the comments.
    fn comment_moment(&self, id: u64) -> i64 {
        let timeline = &self.tables.entries.timeline;
        let (group, place) = ((id - 1) / GROUP, (id - 1) % GROUP);
        let start = timeline.start_of((group + 1) * entries::GROUP);
        let step = timeline.step() * entries::GROUP / GROUP;
        let within = self.draws(Domain::CommentTime, id).below(step);
        start + (place * step + within) as i64
    }
}
