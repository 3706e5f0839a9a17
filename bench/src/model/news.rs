//! What was written and should be looked at by others, once they must see it.
//!
//! Whether anybody came across a write soon enough to notice that it is late would
//! be luck. So a part of those who are about to read an entry or to visit somebody
//! choose what is due here, in the place of what they had drawn: an ordinary request
//! in an ordinary stroll. The checks of the page do the rest.
//!
//! The youngest write that is due comes first, so that what is only a little late is
//! noticed as well. Of many writes a sample is kept.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use isutori_dataset::Visibility;
use tokio::time::Instant;

use super::{Certainty, GRACE, Look, PersonKey, View};

/// Nobody looks for a write that was due so long ago: others are younger.
pub const FORGET_AFTER: Duration = Duration::from_secs(5);
/// Of writes that come closer to one another, one is kept.
const SPACING: Duration = Duration::from_millis(2);
/// So many are offered to one viewer, who may not see some of them.
const OFFERED: usize = 32;

/// News, by where they are to be seen.
#[derive(Default)]
pub(super) struct News {
    /// On entries.
    entries: Queue<u64>,
    /// On profiles and in diaries.
    people: Queue<PersonKey>,
    /// Whose friend somebody was made, last, and when that is due.
    friends: HashMap<PersonKey, (PersonKey, Instant)>,
    told: u64,
}

/// Something written.
#[derive(Clone, Copy)]
struct Piece<P> {
    due: Instant,
    by: PersonKey,
    place: P,
    /// Who sees it: those who may see such an entry of this person.
    audience: (PersonKey, Visibility),
}

/// Pieces in the order in which they are due.
struct Queue<P>(VecDeque<Piece<P>>);

impl<P> Default for Queue<P> {
    fn default() -> Self {
        Queue(VecDeque::new())
    }
}

impl<P: Copy> Queue<P> {
    /// Notes something that was acknowledged just now.
    fn push(&mut self, by: PersonKey, place: P, audience: (PersonKey, Visibility)) {
        let now = Instant::now();
        let old = |piece: &Piece<P>| piece.due + FORGET_AFTER < now;
        while self.0.front().is_some_and(old) {
            self.0.pop_front();
        }
        let due = now + GRACE;
        if self.0.back().is_none_or(|last| last.due + SPACING <= due) {
            self.0.push_back(Piece {
                due,
                by,
                place,
                audience,
            });
        }
    }

    /// Some that are due, the youngest first, with where they stand.
    fn due(&self, now: Instant) -> impl Iterator<Item = (usize, &Piece<P>)> {
        let due = self.0.partition_point(|piece| piece.due <= now);
        let young = move |piece: &Piece<P>| now <= piece.due + FORGET_AFTER;
        let pieces = self.0.iter().enumerate().take(due).rev().take(OFFERED);
        pieces.take_while(move |(_, piece)| young(piece))
    }

    fn take(&mut self, place: Option<usize>) -> Option<P> {
        self.0.remove(place?).map(|piece| piece.place)
    }
}

impl News {
    /// An entry was acknowledged.
    pub(super) fn tell_entry(&mut self, by: PersonKey, id: u64, visibility: Visibility) {
        let audience = (by, visibility);
        self.entries.push(by, id, audience);
        self.people.push(by, by, audience);
    }

    /// A comment was acknowledged on an entry that these may see.
    pub(super) fn tell_comment(
        &mut self,
        by: PersonKey,
        entry: u64,
        audience: (PersonKey, Visibility),
    ) {
        self.entries.push(by, entry, audience);
    }

    /// Somebody's profile is new or was edited.
    pub(super) fn tell_profile(&mut self, by: PersonKey) {
        self.people.push(by, by, (by, Visibility::Public));
    }

    /// Somebody was made a friend.
    pub(super) fn tell_friendship(&mut self, by: PersonKey, other: PersonKey) {
        self.friends.insert(other, (by, Instant::now() + GRACE));
    }

    /// Whose friend the viewer was made, if that is due.
    fn take_friend(&mut self, viewer: PersonKey, now: Instant) -> Option<PersonKey> {
        let (_, due) = self.friends.get(&viewer)?;
        (*due <= now)
            .then(|| self.friends.remove(&viewer))?
            .map(|(by, _)| by)
    }
}

impl Look<'_> {
    /// An entry with something new, which the viewer must see by now.
    pub fn take_entry_news(&mut self, viewer: Option<PersonKey>) -> Option<u64> {
        let place = self.first_for(viewer, &self.state.news.entries);
        let news = &mut self.state.news;
        let entry = news.entries.take(place);
        news.told += u64::from(entry.is_some());
        entry
    }

    /// Somebody about whom there is something new, which the viewer must see by now.
    pub fn take_person_news(&mut self, viewer: Option<PersonKey>) -> Option<PersonKey> {
        let place = self.first_for(viewer, &self.state.news.people);
        let news = &mut self.state.news;
        let friend = viewer.and_then(|viewer| news.take_friend(viewer, Instant::now()));
        let person = friend.or_else(|| news.people.take(place));
        news.told += u64::from(person.is_some());
        person
    }

    /// How many times somebody was sent to something new.
    pub fn news_taken(&self) -> u64 {
        self.state.news.told
    }

    fn first_for<P: Copy>(&self, viewer: Option<PersonKey>, queue: &Queue<P>) -> Option<usize> {
        let view = View::now(viewer);
        let is_for = |piece: &Piece<P>| {
            let (author, visibility) = piece.audience;
            viewer != Some(piece.by)
                && self.may_see(author, visibility, &view) == Certainty::Yes
                && self.is_here(author, &view) == Certainty::Yes
        };
        let mut due = queue.due(view.sent);
        due.find(|(_, piece)| is_for(piece)).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use isutori_dataset::{Dataset, Size};
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::Ledger,
        model::{Model, entries::EntryDraft, people::Profile},
    };

    const WRITER: PersonKey = PersonKey(1);
    const READER: PersonKey = PersonKey(2);

    fn model() -> Model {
        Model::new(Dataset::new(1, Size::Small), Ledger::none())
    }

    /// Writes an entry; gives its id.
    fn write(model: &Model, visibility: Visibility) -> u64 {
        let mut look = model.look();
        let id = look.dataset.counts().entries + 1 + look.acknowledged_entries().len() as u64;
        let ticket = look.begin_entry(
            WRITER,
            EntryDraft {
                title: "title".to_owned(),
                body: "body".to_owned(),
                visibility,
                photo: None,
            },
        );
        assert!(look.acknowledge_entry(ticket, id));
        id
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_news_to_one_other_person_when_all_must_see_it() {
        let model = model();
        let id = write(&model, Visibility::Public);
        assert_eq!(model.look().take_entry_news(Some(READER)), None);

        advance(GRACE).await;

        let mut look = model.look();
        assert_eq!(look.take_entry_news(Some(WRITER)), None);
        assert_eq!(look.take_entry_news(Some(READER)), Some(id));
        assert_eq!(look.take_entry_news(None), None);
        assert_eq!(look.take_person_news(None), Some(WRITER));
        assert_eq!(look.news_taken(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn only_those_hear_of_it_who_may_see_it() {
        let model = model();
        let friend = model.dataset().friends_of(WRITER.0)[0].person_id;
        let strangers = (2..).find(|other| !model.dataset().are_friends(WRITER.0, *other));
        let stranger = strangers.map(PersonKey);
        let for_friends = write(&model, Visibility::Friends);
        advance(SPACING).await;
        write(&model, Visibility::Private);

        advance(GRACE).await;

        let mut look = model.look();
        assert_eq!(look.take_entry_news(stranger), None);
        assert_eq!(look.take_person_news(None), None);
        let heard = look.take_entry_news(Some(PersonKey(friend)));
        assert_eq!(heard, Some(for_friends));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_made_a_friend_looks_at_who_did_it() {
        let model = model();
        model.look().begin_friendship(WRITER, READER);
        model.look().acknowledge_friendship(WRITER, READER);
        assert_eq!(model.look().take_person_news(Some(READER)), None);

        advance(10 * GRACE).await;

        let mut look = model.look();
        assert_eq!(look.take_person_news(Some(WRITER)), None);
        assert_eq!(look.take_person_news(Some(READER)), Some(WRITER));
        assert_eq!(look.take_person_news(Some(READER)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn comments_and_profiles_are_news_too() {
        let model = model();
        let entry = write(&model, Visibility::Public);
        advance(SPACING).await;
        let ticket = model.look().begin_comment(READER, entry, "sit");
        model.look().acknowledge_comment(ticket);
        model.look().begin_edit(READER, Profile::default());
        model.look().acknowledge_edit(READER);
        advance(GRACE).await;

        let mut look = model.look();

        assert_eq!(look.take_entry_news(Some(WRITER)), Some(entry));
        assert_eq!(look.take_person_news(Some(WRITER)), Some(READER));
    }

    #[tokio::test(start_paused = true)]
    async fn the_youngest_comes_first_and_the_old_are_forgotten() {
        let model = model();
        let first = write(&model, Visibility::Public);
        advance(Duration::from_millis(500)).await;
        let second = write(&model, Visibility::Public);
        advance(GRACE).await;
        assert_eq!(model.look().take_entry_news(None), Some(second));
        assert_eq!(model.look().take_entry_news(None), Some(first));

        write(&model, Visibility::Public);
        advance(GRACE + FORGET_AFTER + Duration::from_millis(1)).await;
        assert_eq!(model.look().take_entry_news(None), None);
    }

    #[tokio::test(start_paused = true)]
    async fn however_much_is_written_little_is_kept() {
        let model = model();
        for _ in 0..20_000 {
            model.look().state.news.tell_profile(WRITER);
            advance(Duration::from_micros(500)).await;
        }
        let kept = model.look().state.news.people.0.len() as u128;
        let most = (GRACE + FORGET_AFTER).as_millis() / SPACING.as_millis() + 1;
        assert!((most / 2..=most).contains(&kept), "{kept} of {most}");
    }
}
