//! `GET /api/timeline`.

use std::{collections::HashSet, time::Duration};

use isutori_engine::failure::Failure;
use tokio::time::Instant;

use super::{
    linked_person,
    listed::{check_entry_head, check_visible, unknown_entry},
    order::{Shown, check_newest_first},
};
use crate::{
    model::{Age, Certainty, EntryFacts, Look, PersonKey, View},
    pages::Timeline,
};

/// Nobody is told earlier that there is nothing new.
pub const PATIENCE: Duration = Duration::from_secs(3);

/// So many entries are told at once, at most.
const MOST: usize = 50;

/// What is new to a viewer who knows everything up to the id `since`. Gives how long the entry
/// that was told last was on its way, from its acknowledgement or the viewer's question, whichever
/// came later; nothing if nothing was told.
///
/// # Errors
/// `entry.*` (critical), `timeline.*`, `list.order` (wrong).
pub fn check_timeline(
    look: &mut Look<'_>,
    timeline: &Timeline,
    since: u64,
    viewer: PersonKey,
    view: &View,
) -> Result<Option<Duration>, Failure> {
    let mut shown = Vec::new();
    let mut slowest = None;
    for told in &timeline.entries {
        let id = told.id;
        let author = linked_person(look, &told.author, view)?;
        let facts = look
            .shown_entry(id, author, &told.title)
            .ok_or_else(|| unknown_entry(id, &told.title))?;
        check_visible(look, &facts, view)?;
        let time = told.time;
        check_entry_head(look, &facts, author, &told.title, told.visibility, time)?;
        if look.are_friends(viewer, author, view) == Certainty::No {
            let author = look.name(author);
            return Err(wrong(
                "timeline.foreign",
                format!("entry {id} is by {author}, who is no friend of the viewer"),
            ));
        }
        if id <= since {
            return Err(wrong(
                "timeline.old",
                format!("entry {id} is told to a viewer who knows all up to {since}"),
            ));
        }
        slowest = slowest.max(Some(time_on_its_way(&facts, view)));
        let age = facts.age;
        shown.push(Shown { id, time, age });
    }
    check_newest_first("the timeline", &shown)?;
    if shown.len() > MOST {
        let count = shown.len();
        return Err(wrong(
            "timeline.too-long",
            format!("{count} entries are told at once, at most {MOST} may be"),
        ));
    }
    check_complete(look, &shown, since, viewer, view)?;
    let waited = view.finished - view.sent;
    if shown.is_empty() && waited < PATIENCE {
        let seconds = waited.as_secs_f64();
        return Err(wrong(
            "timeline.early",
            format!(
                "after {seconds:.1} s the viewer was told that there is nothing new, before {} s \
                 had passed",
                PATIENCE.as_secs()
            ),
        ));
    }
    Ok(slowest)
}

/// Everything is told that the viewer must see by the time of the question.
fn check_complete(
    look: &Look<'_>,
    shown: &[Shown],
    since: u64,
    viewer: PersonKey,
    view: &View,
) -> Result<(), Failure> {
    if shown.len() >= MOST {
        return Ok(());
    }
    let ids: HashSet<u64> = shown.iter().map(|shown| shown.id).collect();
    let expected = look.friends_entries(viewer, MOST, view);
    let missing = expected
        .iter()
        .filter(|item| item.certainty == Certainty::Yes)
        .filter_map(|item| item.id)
        .find(|id| *id > since && !ids.contains(id));
    match missing {
        None => Ok(()),
        Some(id) => Err(wrong(
            "timeline.missing",
            format!("entry {id} of a friend is not told to a viewer who knows all up to {since}"),
        )),
    }
}

fn time_on_its_way(facts: &EntryFacts, view: &View) -> Duration {
    let began: Instant = match facts.age {
        Age::Initial(_) => view.sent,
        Age::Fresh(write) => match write.acknowledged {
            Some(acknowledged) => acknowledged.max(view.sent),
            // It was told before the site had acknowledged it.
            None => view.finished,
        },
    };
    view.finished.saturating_duration_since(began)
}

fn wrong(code: &str, sentence: String) -> Failure {
    Failure::wrong(code, sentence)
}

#[cfg(test)]
mod tests {
    use isutori_dataset::{Dataset, Size, Visibility};
    use tokio::time::advance;

    use super::*;
    use crate::{
        ledger::Ledger,
        model::{GRACE, Model, entries::EntryDraft},
        pages::{PersonLink, ToldEntry},
    };

    const AUTHOR: PersonKey = PersonKey(1);

    /// A friend of the author's, an author's new entry that was acknowledged, and what is told of
    /// it.
    struct Scene {
        model: Model,
        friend: PersonKey,
        told: ToldEntry,
    }

    impl Scene {
        fn new(visibility: Visibility) -> Self {
            let dataset = Dataset::new(1, Size::Small);
            let friend = PersonKey(dataset.friends_of(AUTHOR.0)[0].person_id);
            let model = Model::new(dataset, Ledger::none());
            let mut look = model.look();
            let id = look.dataset.counts().entries + 1;
            let draft = EntryDraft {
                title: "news".to_owned(),
                body: "body".to_owned(),
                visibility,
                photo: None,
            };
            let ticket = look.begin_entry(AUTHOR, draft);
            assert!(look.acknowledge_entry(ticket, id));
            let author = PersonLink {
                name: look.name(AUTHOR),
                nickname: look.profiles(AUTHOR, &view(AUTHOR, Duration::ZERO))[0]
                    .nickname
                    .clone(),
            };
            drop(look);
            let told = ToldEntry {
                id,
                author,
                title: "news".to_owned(),
                visibility,
                time: 1_800_000_000_000,
            };
            Scene {
                model,
                friend,
                told,
            }
        }

        /// What comes of telling this to a viewer who has waited so long.
        fn judge(
            &self,
            entries: &[ToldEntry],
            viewer: PersonKey,
            waited: Duration,
        ) -> Result<Option<Duration>, String> {
            let timeline = Timeline {
                entries: entries.to_vec(),
            };
            let since = self.told.id - 1;
            let view = view(viewer, waited);
            let mut look = self.model.look();
            check_timeline(&mut look, &timeline, since, viewer, &view)
                .map_err(|failure| failure.code)
        }
    }

    fn view(viewer: PersonKey, waited: Duration) -> View {
        let finished = Instant::now();
        View {
            viewer: Some(viewer),
            sent: finished - waited,
            finished,
            kept: false,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_counts_from_the_acknowledgement() {
        let scene = Scene::new(Visibility::Friends);
        advance(Duration::from_millis(300)).await;
        let told = std::slice::from_ref(&scene.told);
        let ms = Duration::from_millis;
        assert_eq!(scene.judge(told, scene.friend, ms(900)), Ok(Some(ms(300))));
        // Whoever asks later has not waited before.
        assert_eq!(scene.judge(told, scene.friend, ms(100)), Ok(Some(ms(100))));
    }

    #[tokio::test(start_paused = true)]
    async fn silence_needs_patience_and_ends_when_all_must_know() {
        let scene = Scene::new(Visibility::Public);
        let early = scene.judge(&[], scene.friend, Duration::from_secs(2));
        assert_eq!(early, Err("timeline.early".to_owned()));
        assert_eq!(scene.judge(&[], scene.friend, PATIENCE), Ok(None));
        advance(GRACE + PATIENCE).await;
        let missing = scene.judge(&[], scene.friend, PATIENCE);
        assert_eq!(missing, Err("timeline.missing".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn only_friends_are_told_and_nothing_private() {
        let scene = Scene::new(Visibility::Public);
        let dataset = scene.model.dataset();
        let people = 2..=dataset.counts().people;
        let mut strangers = people.filter(|person| !dataset.are_friends(AUTHOR.0, *person));
        let stranger = PersonKey(strangers.next().expect("a stranger"));
        let told = std::slice::from_ref(&scene.told);
        let foreign = scene.judge(told, stranger, PATIENCE);
        assert_eq!(foreign, Err("timeline.foreign".to_owned()));

        let private = Scene::new(Visibility::Private);
        let told = std::slice::from_ref(&private.told);
        let leaked = private.judge(told, private.friend, PATIENCE);
        assert_eq!(leaked, Err("entry.leaked".to_owned()));
    }
}
