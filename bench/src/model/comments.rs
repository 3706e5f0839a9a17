//! What was said about entries.

use std::collections::HashMap;

use isutori_dataset::{Dataset, Visibility};
use serde::{Deserialize, Serialize};

use super::{Age, Certainty, HOME_WINDOW, Item, Look, PersonKey, View, Write, change::Change};

/// Everything that is to be known of one comment.
#[derive(Clone, Debug)]
pub struct CommentFacts {
    /// Its id on the site.
    pub id: u64,
    /// What it is about.
    pub entry: u64,
    /// Who wrote it.
    pub author: PersonKey,
    /// Its text.
    pub body: String,
    /// Milliseconds since 1970; of a fresh comment as it was first shown.
    pub created_at: Option<i64>,
    /// When it was made.
    pub age: Age,
}

/// One of the newest initial comments, ready for home.
pub(super) struct WindowComment {
    id: u64,
    /// How many initial comments are newer.
    newer: u64,
    entry_author: PersonKey,
    entry: u64,
    visibility: Visibility,
}

/// The newest initial comments by their authors.
pub(super) type Window = HashMap<PersonKey, Vec<WindowComment>>;

/// A comment's place among the fresh ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FreshComment(usize);

struct Fresh {
    id: Option<u64>,
    entry: u64,
    body: String,
    created_at: Option<i64>,
    write: Write,
}

/// Comments written during the run.
#[derive(Default)]
pub(super) struct Comments {
    fresh: Vec<Fresh>,
    by_id: HashMap<u64, usize>,
    by_entry: HashMap<u64, Vec<usize>>,
    by_author: HashMap<PersonKey, Vec<usize>>,
}

/// The newest initial comments.
pub(super) fn window(dataset: &Dataset) -> Window {
    let last = dataset.counts().comments;
    let mut window = Window::new();
    for id in last.saturating_sub(HOME_WINDOW) + 1..=last {
        let comment = dataset.comment_header(id);
        let entry = comment.and_then(|comment| dataset.entry_header(comment.entry_id));
        let (Some(comment), Some(entry)) = (comment, entry) else {
            continue;
        };
        let by_author = window.entry(PersonKey(comment.person_id)).or_default();
        by_author.push(WindowComment {
            id,
            newer: last - id,
            entry: comment.entry_id,
            entry_author: PersonKey(entry.person_id),
            visibility: entry.visibility,
        });
    }
    window
}

impl Look<'_> {
    /// The comment that is shown under `id`. A fresh one whose id is not known
    /// yet is recognised by its entry, author and text, and its id learnt.
    /// `reads` compares the comment's whole text with what is shown of it.
    pub fn shown_comment(
        &mut self,
        id: u64,
        entry: u64,
        author: PersonKey,
        reads: impl Fn(&str) -> bool,
    ) -> Option<CommentFacts> {
        if !self.state.comments.by_id.contains_key(&id) && id > self.dataset.counts().comments {
            let comments = &self.state.comments;
            let mut written = comments.by_entry.get(&entry)?.iter().copied();
            let index = written.find(|index| {
                let fresh = &comments.fresh[*index];
                fresh.id.is_none() && fresh.write.by == author && reads(&fresh.body)
            })?;
            self.learn_comment_id(FreshComment(index), id);
        }
        self.comment(id)
    }

    /// Whether so many comments were written.
    pub(super) fn has_comment(&self, FreshComment(index): FreshComment) -> bool {
        index < self.state.comments.fresh.len()
    }

    /// The comment was shown under `id`.
    pub(super) fn learn_comment_id(&mut self, comment: FreshComment, id: u64) {
        self.note(&Change::CommentSeen { comment, id });
        let FreshComment(index) = comment;
        self.state.comments.fresh[index].id = Some(id);
        self.state.comments.by_id.insert(id, index);
    }

    /// The comment of that id, if it is known.
    pub fn comment(&self, id: u64) -> Option<CommentFacts> {
        if let Some(index) = self.state.comments.by_id.get(&id) {
            let fresh = &self.state.comments.fresh[*index];
            return Some(CommentFacts {
                id,
                entry: fresh.entry,
                author: fresh.write.by,
                body: fresh.body.clone(),
                created_at: fresh.created_at,
                age: Age::Fresh(fresh.write),
            });
        }
        let comment = self.dataset.comment(id)?;
        Some(CommentFacts {
            id,
            entry: comment.entry_id,
            author: PersonKey(comment.person_id),
            body: comment.body,
            created_at: Some(comment.created_at),
            age: Age::Initial(id),
        })
    }

    /// Remembers the time that a fresh comment was first shown with.
    pub fn learn_comment_time(&mut self, id: u64, time: i64) {
        let comments = &mut self.state.comments;
        if let Some(index) = comments.by_id.get(&id) {
            let fresh = &mut comments.fresh[*index];
            let write = fresh.write;
            if fresh.created_at.is_none() {
                fresh.created_at = Some(time);
                self.note(&Change::CommentTimeSeen { id, time });
            }
            self.learn_clock(&write, time);
        }
    }

    /// Begins to write a comment.
    pub fn begin_comment(&mut self, author: PersonKey, entry: u64, body: &str) -> FreshComment {
        let sent = self.note(&Change::CommentSent {
            by: author,
            entry,
            body: body.into(),
        });
        let comments = &mut self.state.comments;
        let index = comments.fresh.len();
        let write = Write::begin(author, sent);
        comments.fresh.push(Fresh {
            id: None,
            entry,
            body: body.to_owned(),
            created_at: None,
            write,
        });
        comments.by_entry.entry(entry).or_default().push(index);
        comments.by_author.entry(author).or_default().push(index);
        FreshComment(index)
    }

    /// The site acknowledged the comment.
    pub fn acknowledge_comment(&mut self, comment: FreshComment) {
        let now = self.note(&Change::CommentAcknowledged { comment });
        let FreshComment(index) = comment;
        let fresh = &mut self.state.comments.fresh[index];
        fresh.write.acknowledged = Some(now);
        let (by, entry) = (fresh.write.by, fresh.entry);
        if let Some(audience) = self.entry_owner(entry) {
            self.state.news.tell_comment(by, entry, audience);
        }
    }

    /// Every comment on an entry that a view must or may show, oldest first.
    pub fn comments_on(&self, entry: u64, view: &View) -> Vec<Item> {
        let initial = match entry <= self.dataset.counts().entries {
            true => self.dataset.comments_of(entry),
            false => Vec::new(),
        };
        let entry_is_leaving = self.is_leaving(entry, view);
        let initial = initial
            .into_iter()
            .map(|id| {
                let here = self.author_is_here(id, view);
                Item {
                    leaving: here == Certainty::Maybe || entry_is_leaving,
                    ..initial_item(id, here, true)
                }
            })
            .filter(|item| item.certainty != Certainty::No);
        initial.chain(self.fresh_on(entry, view)).collect()
    }

    /// How many comments an entry must and may have.
    pub fn comment_count(&self, entry: u64, view: &View) -> (u64, u64) {
        let count = |(must, may): (u64, u64), item: Item| {
            (must + u64::from(item.certainty == Certainty::Yes), may + 1)
        };
        if !self.all_are_here() {
            return self
                .comments_on(entry, view)
                .into_iter()
                .fold((0, 0), count);
        }
        let initial = match entry <= self.dataset.counts().entries {
            true => self.dataset.comment_count(entry),
            false => 0,
        };
        self.fresh_on(entry, view).fold((initial, initial), count)
    }

    /// Whether a comment may be taken away at this very moment.
    fn comment_is_leaving(&self, entry: u64, author: PersonKey, view: &View) -> bool {
        self.is_leaving(entry, view) || self.is_here(author, view) == Certainty::Maybe
    }

    /// Whether the author of an initial comment was not banned.
    fn author_is_here(&self, id: u64, view: &View) -> Certainty {
        if self.all_are_here() {
            return Certainty::Yes;
        }
        let header = self.dataset.comment_header(id);
        header.map_or(Certainty::No, |comment| {
            self.is_here(PersonKey(comment.person_id), view)
        })
    }

    /// Comments by friends on entries that the viewer may see, in no order.
    /// Initial ones are listed only as far as home must look.
    pub fn friends_comments(&self, viewer: PersonKey, view: &View) -> Vec<Item> {
        let mut items = Vec::new();
        for (friend, certainty) in self.friends_of(viewer, view) {
            let by_friend = self
                .fresh_by(friend, view)
                .chain(self.window_by(friend, view));
            let belonging = by_friend
                .map(|item| Item {
                    certainty: item.certainty.and(certainty),
                    ..item
                })
                .filter(|item| item.certainty != Certainty::No);
            items.extend(belonging);
        }
        items
    }

    /// Fresh comments of one author that a view may show.
    fn fresh_by(&self, author: PersonKey, view: &View) -> impl Iterator<Item = Item> {
        let comments = &self.state.comments;
        let in_window = (comments.fresh.len() as u64) < HOME_WINDOW;
        let by_author = comments.by_author.get(&author).into_iter().flatten();
        by_author.filter_map(move |index| {
            let fresh = &comments.fresh[*index];
            let (entry_author, visibility) = self.entry_owner(fresh.entry)?;
            let certainty = self
                .may_see(entry_author, visibility, view)
                .and(self.is_there(fresh.entry, view))
                .and(fresh.write.seen(view));
            Some(Item {
                id: fresh.id,
                age: Age::Fresh(fresh.write),
                certainty,
                in_window,
                leaving: self.comment_is_leaving(fresh.entry, author, view),
            })
        })
    }

    /// Those of one author among the newest initial comments that a view may show.
    fn window_by(&self, author: PersonKey, view: &View) -> impl Iterator<Item = Item> {
        let fresh_total = self.state.comments.fresh.len() as u64;
        let by_author = self.window.get(&author).into_iter().flatten();
        by_author.map(move |comment| {
            let certainty = self
                .may_see(comment.entry_author, comment.visibility, view)
                .and(self.is_left(comment.entry, view))
                .and(self.is_here(comment.entry_author, view));
            Item {
                leaving: self.comment_is_leaving(comment.entry, author, view),
                ..initial_item(
                    comment.id,
                    certainty,
                    comment.newer + fresh_total < HOME_WINDOW,
                )
            }
        })
    }

    /// Comments by others on a person's own entries.
    pub fn comments_to(&self, person: PersonKey, view: &View) -> Vec<Item> {
        let mut items = Vec::new();
        for entry in self
            .diary(person, view)
            .into_iter()
            .filter_map(|item| item.id)
        {
            let by_others =
                self.comments_on(entry, view)
                    .into_iter()
                    .filter(|item| match item.age {
                        Age::Fresh(write) => write.by != person,
                        Age::Initial(id) => self
                            .dataset
                            .comment_header(id)
                            .is_some_and(|c| c.person_id != person.0),
                    });
            items.extend(by_others);
        }
        items
    }

    /// Acknowledged fresh comments on entries that are there: entry, author and text, in the order
    /// of writing.
    pub fn acknowledged_comments(&self) -> Vec<(u64, PersonKey, String)> {
        let now = View::now(None);
        let fresh = self.state.comments.fresh.iter();
        fresh
            .filter(|fresh| fresh.write.acknowledged.is_some())
            .filter(|fresh| self.is_there(fresh.entry, &now) == Certainty::Yes)
            .map(|fresh| (fresh.entry, fresh.write.by, fresh.body.clone()))
            .collect()
    }

    fn fresh_on(&self, entry: u64, view: &View) -> impl Iterator<Item = Item> {
        let fresh = self
            .state
            .comments
            .by_entry
            .get(&entry)
            .into_iter()
            .flatten();
        fresh
            .map(move |index| {
                let fresh = &self.state.comments.fresh[*index];
                Item {
                    id: fresh.id,
                    age: Age::Fresh(fresh.write),
                    certainty: fresh
                        .write
                        .seen(view)
                        .and(self.is_here(fresh.write.by, view)),
                    in_window: true,
                    leaving: self.comment_is_leaving(entry, fresh.write.by, view),
                }
            })
            .filter(|item| item.certainty != Certainty::No)
    }
}

fn initial_item(id: u64, certainty: Certainty, in_window: bool) -> Item {
    Item {
        id: Some(id),
        age: Age::Initial(id),
        certainty,
        in_window,
        leaving: false,
    }
}

#[cfg(test)]
mod tests {
    use isutori_dataset::Size;
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::Ledger,
        model::{GRACE, Model},
    };

    const ENTRY: u64 = 1;
    const WRITER: PersonKey = PersonKey(2);

    #[tokio::test(start_paused = true)]
    async fn a_comment_must_be_counted_when_acknowledged_and_by_others_after_the_grace_period() {
        let model = Model::new(Dataset::new(1, Size::Small), Ledger::none());
        let initial = model.dataset().comment_count(ENTRY);
        let count = |viewer| model.look().comment_count(ENTRY, &View::now(viewer));
        assert_eq!(count(None), (initial, initial));

        let ticket = model.look().begin_comment(WRITER, ENTRY, "new");
        assert_eq!(count(Some(WRITER)), (initial, initial + 1));

        model.look().acknowledge_comment(ticket);
        assert_eq!(count(Some(WRITER)), (initial + 1, initial + 1));
        assert_eq!(count(None), (initial, initial + 1));

        advance(GRACE).await;
        assert_eq!(count(None), (initial + 1, initial + 1));
    }

    #[test]
    fn a_fresh_comment_is_known_by_entry_author_and_text_and_keeps_its_id() {
        let model = Model::new(Dataset::new(1, Size::Small), Ledger::none());
        let next = model.dataset().counts().comments + 1;
        let mut look = model.look();
        look.begin_comment(WRITER, ENTRY, "new");
        let reads = |text: &str| text == "new";
        assert!(look.shown_comment(next, ENTRY + 1, WRITER, reads).is_none());
        assert!(
            look.shown_comment(next, ENTRY, PersonKey(3), reads)
                .is_none()
        );
        assert!(
            look.shown_comment(next, ENTRY, WRITER, |text| text == "x")
                .is_none()
        );

        let shown = look.shown_comment(next, ENTRY, WRITER, reads);
        assert_eq!(shown.map(|facts| facts.body).as_deref(), Some("new"));

        assert!(look.shown_comment(next + 1, ENTRY, WRITER, reads).is_none());
        assert_eq!(look.comment(next).map(|facts| facts.author), Some(WRITER));
    }
}
