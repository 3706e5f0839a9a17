//! Who exists, and what their profiles say.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use isutori_dataset::{Picture, Subscription, subscriptions::first_subscriptions};
use serde::{Deserialize, Serialize};

use super::{Certainty, Look, View, Write, change::Change};

/// A person as the benchmark knows it: the id of an initial person, or a
/// number above those for somebody who signed up during the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(pub u64);

/// The editable part of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Shown wherever the person is.
    pub nickname: String,
    /// Shown to everybody.
    pub introduction: String,
    /// `YYYY-MM-DD` or empty; shown to friends.
    pub birthday: String,
}

/// Somebody who signed up, or is about to.
struct Newcomer {
    name: String,
    nickname: String,
    password: String,
    write: Write,
}

/// What changed about people since the beginning.
#[derive(Default)]
pub(super) struct People {
    newcomers: Vec<Newcomer>,
    by_name: HashMap<String, PersonKey>,
    edits: HashMap<PersonKey, Vec<(Profile, Write)>>,
    icons: HashMap<PersonKey, Vec<(Picture, Write)>>,
}

impl Look<'_> {
    /// The person of that name, also one whose sign-up is not acknowledged yet.
    pub fn person(&self, name: &str) -> Option<PersonKey> {
        let newcomer = self.state.people.by_name.get(name).copied();
        newcomer.or_else(|| self.dataset.person_id(name).map(PersonKey))
    }

    /// The account name.
    pub fn name(&self, person: PersonKey) -> String {
        match self.newcomer(person) {
            Some(newcomer) => newcomer.name.clone(),
            None => self.dataset.person_name(person.0).unwrap_or_default(),
        }
    }

    /// The password.
    pub fn password(&self, person: PersonKey) -> String {
        match self.newcomer(person) {
            Some(newcomer) => newcomer.password.clone(),
            None => self
                .dataset
                .person(person.0)
                .map(|person| person.password)
                .unwrap_or_default(),
        }
    }

    /// Whether the person exists.
    pub fn exists(&self, person: PersonKey, view: &View) -> Certainty {
        match self.newcomer(person) {
            Some(newcomer) => newcomer.write.seen(view),
            None => Certainty::Yes,
        }
    }

    /// Begins a sign-up.
    pub fn begin_signup(&mut self, name: &str, nickname: &str, password: &str) -> PersonKey {
        let sent = self.note(&Change::SignupSent {
            name: name.into(),
            nickname: nickname.into(),
            password: password.into(),
        });
        let people = &mut self.state.people;
        let key = PersonKey(self.dataset.counts().people + 1 + people.newcomers.len() as u64);
        people.by_name.insert(name.to_owned(), key);
        people.newcomers.push(Newcomer {
            name: name.to_owned(),
            nickname: nickname.to_owned(),
            password: password.to_owned(),
            write: Write::begin(key, sent),
        });
        key
    }

    /// The site acknowledged the sign-up.
    pub fn acknowledge_signup(&mut self, person: PersonKey) {
        let now = self.note(&Change::SignupAcknowledged { person });
        let index = self.newcomer_index(person);
        if let Some(newcomer) = index.and_then(|index| self.state.people.newcomers.get_mut(index)) {
            newcomer.write.acknowledged = Some(now);
            self.state.news.tell_profile(person);
        }
    }

    /// Begins an edit of one's own profile.
    pub fn begin_edit(&mut self, person: PersonKey, profile: Profile) {
        let sent = self.note(&Change::ProfileSent {
            person,
            profile: Cow::Borrowed(&profile),
        });
        self.state
            .people
            .edits
            .entry(person)
            .or_default()
            .push((profile, Write::begin(person, sent)));
    }

    /// The site acknowledged the person's last edit.
    pub fn acknowledge_edit(&mut self, person: PersonKey) {
        let now = self.note(&Change::ProfileAcknowledged { person });
        if let Some((_, write)) = self
            .state
            .people
            .edits
            .get_mut(&person)
            .and_then(|edits| edits.last_mut())
        {
            write.acknowledged = Some(now);
            self.state.news.tell_profile(person);
        }
    }

    /// Every profile that a view may show: the newest one that must be seen
    /// and all that may be.
    pub fn profiles(&self, person: PersonKey, view: &View) -> Vec<Profile> {
        let mut possible = vec![self.first_profile(person)];
        for (profile, write) in self.state.people.edits.get(&person).into_iter().flatten() {
            match write.seen(view) {
                Certainty::No => {}
                Certainty::Maybe => possible.push(profile.clone()),
                Certainty::Yes => possible = vec![profile.clone()],
            }
        }
        possible
    }

    /// Begins to change one's own icon.
    pub fn begin_icon(&mut self, person: PersonKey, icon: Picture) {
        let sent = self.note(&Change::IconSent { person, icon });
        let icons = self.state.people.icons.entry(person).or_default();
        icons.push((icon, Write::begin(person, sent)));
    }

    /// The site acknowledged the person's last icon.
    pub fn acknowledge_icon(&mut self, person: PersonKey) {
        let now = self.note(&Change::IconAcknowledged { person });
        let icons = self.state.people.icons.get_mut(&person);
        if let Some((_, write)) = icons.and_then(|icons| icons.last_mut()) {
            write.acknowledged = Some(now);
            self.state.news.tell_profile(person);
        }
    }

    /// What the person has subscribed to, in order.
    pub fn subscriptions(&self, person: PersonKey) -> Vec<Subscription> {
        let initial = self.dataset.subscriptions(person.0);
        initial.unwrap_or_else(first_subscriptions)
    }

    /// Every icon that a view may show, the last one that must be seen first; nothing stands for
    /// that of those who have none.
    pub fn icons(&self, person: PersonKey, view: &View) -> Vec<Option<Picture>> {
        let mut possible = vec![self.dataset.icon_of(person.0)];
        for (icon, write) in self.state.people.icons.get(&person).into_iter().flatten() {
            match write.seen(view) {
                Certainty::No => {}
                Certainty::Maybe => possible.push(Some(*icon)),
                Certainty::Yes => possible = vec![Some(*icon)],
            }
        }
        possible
    }

    /// Every icon that the person ever had, the present one aside.
    pub fn former_icons(&self, person: PersonKey) -> Vec<Option<Picture>> {
        let first = self.dataset.icon_of(person.0);
        let changed = self.state.people.icons.get(&person).into_iter().flatten();
        let mut all: Vec<_> = changed.map(|(icon, _)| Some(*icon)).collect();
        all.insert(0, first);
        all.pop();
        all
    }

    /// Whether a view may show this nickname for the person.
    pub fn nickname_fits(&self, person: PersonKey, shown: &str, view: &View) -> bool {
        if !self.state.people.edits.contains_key(&person) {
            return match self.newcomer(person) {
                Some(newcomer) => newcomer.nickname == shown,
                None => self
                    .dataset
                    .nickname(person.0)
                    .is_some_and(|nickname| nickname == shown),
            };
        }
        self.profiles(person, view)
            .iter()
            .any(|profile| profile.nickname == shown)
    }

    /// Everybody who signed up, was acknowledged, and is here.
    pub fn acknowledged_newcomers(&self) -> Vec<PersonKey> {
        let people = &self.state.people;
        let first = self.dataset.counts().people + 1;
        let newcomers = (first..)
            .zip(&people.newcomers)
            .filter(|(_, newcomer)| newcomer.write.acknowledged.is_some())
            .map(|(key, _)| PersonKey(key));
        self.those_who_are_here(newcomers)
    }

    /// Everybody who edited the own profile, or changed the own icon, which was acknowledged, and
    /// who is here.
    pub fn acknowledged_editors(&self) -> Vec<PersonKey> {
        let People { edits, icons, .. } = &self.state.people;
        let edited = edits.iter().filter(|(_, edits)| any_acknowledged(edits));
        let changed = icons.iter().filter(|(_, icons)| any_acknowledged(icons));
        let editors = edited.map(|(person, _)| *person);
        let editors = editors.chain(changed.map(|(person, _)| *person));
        let editors: BTreeSet<_> = editors.collect();
        self.those_who_are_here(editors)
    }

    fn those_who_are_here(&self, people: impl IntoIterator<Item = PersonKey>) -> Vec<PersonKey> {
        let now = View::now(None);
        let people = people.into_iter();
        people
            .filter(|person| self.is_here(*person, &now) == Certainty::Yes)
            .collect()
    }

    fn first_profile(&self, person: PersonKey) -> Profile {
        match self.newcomer(person) {
            Some(newcomer) => Profile {
                nickname: newcomer.nickname.clone(),
                ..Profile::default()
            },
            None => self
                .dataset
                .person(person.0)
                .map_or_else(Profile::default, |person| Profile {
                    nickname: person.nickname,
                    introduction: person.introduction,
                    birthday: person.birthday,
                }),
        }
    }

    fn newcomer_index(&self, person: PersonKey) -> Option<usize> {
        (person.0 as usize).checked_sub(self.dataset.counts().people as usize + 1)
    }

    fn newcomer(&self, person: PersonKey) -> Option<&Newcomer> {
        self.state
            .people
            .newcomers
            .get(self.newcomer_index(person)?)
    }
}

fn any_acknowledged<T>(writes: &[(T, Write)]) -> bool {
    writes.iter().any(|(_, write)| write.acknowledged.is_some())
}
