//! Opening pages.

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};

use crate::{
    checks::{entry, footprints, friends, home, list_page, profile, thing::Thing},
    endpoints,
    guest::{Guest, expect_status, nothing_there},
    model::{Look, PersonKey, View},
    pages::{
        EntryPage, ErrorPage, FootprintsPage, FriendsPage, HomePage, ListPage, ListedEntry,
        ProfilePage,
    },
};

impl Guest {
    /// `GET /`, as `viewer`, who is logged in.
    pub(crate) async fn open_home(&mut self, viewer: PersonKey) -> Result<HomePage, Failure> {
        let page: HomePage = self
            .open(endpoints::HOME, "/", |look, page, view| {
                home::check_home(look, page, viewer, view)
            })
            .await?;
        self.remember_entries(&page.friends_entries);
        for comment in page.friends_comments.iter().chain(&page.comments_to_me) {
            self.remember_entry(comment.entry);
        }
        for footprint in &page.footprints {
            self.remember_person(&footprint.visitor.name);
        }
        Ok(page)
    }

    /// `GET /recent/:page`.
    pub(crate) async fn open_recent(&mut self, number: u64) -> Result<ListPage, Failure> {
        let path = format!("/recent/{number}");
        let page: ListPage = self
            .open(endpoints::RECENT, &path, |look, page, view| {
                list_page::check_recent(look, page, number, view)
            })
            .await?;
        self.remember_entries(&page.entries);
        Ok(page)
    }

    /// `GET /people/:name`.
    pub(crate) async fn open_profile(&mut self, name: &str) -> Result<ProfilePage, Failure> {
        let found = self.find_profile(name).await?;
        found.ok_or_else(|| nothing_there(name))
    }

    /// The same of somebody who may be banned.
    pub(crate) async fn find_profile(
        &mut self,
        name: &str,
    ) -> Result<Option<ProfilePage>, Failure> {
        let owner = self.person_named(name)?;
        self.step_in(owner);
        let path = format!("/people/{name}");
        let thing = Some(Thing::Person(owner));
        let found: Option<ProfilePage> = self
            .find(endpoints::PROFILE, &path, thing, |look, page, view| {
                profile::check_profile(look, page, owner, view)
            })
            .await?;
        if let Some(page) = &found {
            self.leave_footprint(owner);
            self.remember_entries(&page.entries);
        }
        Ok(found)
    }

    /// `GET /diary/:name`, page `number`.
    pub(crate) async fn open_diary(
        &mut self,
        name: &str,
        number: u64,
    ) -> Result<ListPage, Failure> {
        let found = self.find_diary(name, number).await?;
        found.ok_or_else(|| nothing_there(name))
    }

    /// The same of somebody who may be banned.
    pub(crate) async fn find_diary(
        &mut self,
        name: &str,
        number: u64,
    ) -> Result<Option<ListPage>, Failure> {
        let owner = self.person_named(name)?;
        self.step_in(owner);
        let path = match number {
            1 => format!("/diary/{name}"),
            _ => format!("/diary/{name}?page={number}"),
        };
        let thing = Some(Thing::Person(owner));
        let found: Option<ListPage> = self
            .find(endpoints::DIARY, &path, thing, |look, page, view| {
                list_page::check_diary(look, page, owner, number, view)
            })
            .await?;
        if let Some(page) = &found {
            self.leave_footprint(owner);
            self.remember_entries(&page.entries);
        }
        Ok(found)
    }

    /// `GET /entries/:id` of an entry that the guest may see.
    pub(crate) async fn open_entry(&mut self, id: u64) -> Result<EntryPage, Failure> {
        let found = self.find_entry(id).await?;
        found.ok_or_else(|| nothing_there(&format!("entry {id}")))
    }

    /// The same of one that may have been taken away.
    pub(crate) async fn find_entry(&mut self, id: u64) -> Result<Option<EntryPage>, Failure> {
        let owner = self
            .world
            .model
            .look()
            .entry_owner(id)
            .map(|(owner, _)| owner);
        if let Some(owner) = owner {
            self.step_in(owner);
        }
        let path = format!("/entries/{id}");
        let thing = owner.map(|_| Thing::Entry(id));
        let found: Option<EntryPage> = self
            .find(endpoints::ENTRY, &path, thing, |look, page, view| {
                entry::check_entry(look, page, id, view)
            })
            .await?;
        if let Some(page) = &found {
            if let Some(owner) = owner {
                self.leave_footprint(owner);
            }
            self.remember_person(&page.author.name);
            for comment in &page.comments {
                self.remember_person(&comment.author.name);
            }
        }
        Ok(found)
    }

    /// `GET /entries/:id` of an entry that the guest may not see, or that does not exist.
    pub(crate) async fn be_denied_entry(&mut self, id: u64) -> Result<(), Failure> {
        self.denial_of_entry(id).await.map(drop)
    }

    /// The same; gives the sentence that denies it.
    pub(crate) async fn denial_of_entry(&mut self, id: u64) -> Result<String, Failure> {
        let request = Request::get(format!("/entries/{id}"));
        let denied = self.ask(endpoints::ENTRY, &request, |guest, response, view| {
            if response.status.is_success() {
                let look = guest.world.model.look();
                if look.entry_owner(id).is_some() {
                    Thing::Entry(id).check_shown(&look, &view)?;
                }
                drop(look);
                return Err(leaked_entry(&guest.world.model.look(), id, &view));
            }
            expect_status(response, StatusCode::NOT_FOUND)?;
            guest.read_refusal::<ErrorPage>(response, &view)
        });
        Ok(denied.await?.sentence)
    }

    /// `GET /friends`.
    pub(crate) async fn open_friends(&mut self, viewer: PersonKey) -> Result<FriendsPage, Failure> {
        let page: FriendsPage = self
            .open(endpoints::FRIENDS, "/friends", |look, page, view| {
                friends::check_friends(look, page, viewer, view)
            })
            .await?;
        for (friend, _) in page.friends.iter().take(10) {
            self.remember_person(&friend.name);
        }
        Ok(page)
    }

    /// `GET /footprints`.
    pub(crate) async fn open_footprints(
        &mut self,
        viewer: PersonKey,
    ) -> Result<FootprintsPage, Failure> {
        let page: FootprintsPage = self
            .open(
                endpoints::FOOTPRINTS,
                "/footprints",
                |look, page: &FootprintsPage, view| {
                    let shown = &page.footprints;
                    footprints::check_footprints(
                        look,
                        "#footprints",
                        shown,
                        footprints::ALL,
                        viewer,
                        view,
                    )
                },
            )
            .await?;
        for footprint in page.footprints.iter().take(10) {
            self.remember_person(&footprint.visitor.name);
        }
        Ok(page)
    }

    fn remember_entries(&mut self, entries: &[ListedEntry]) {
        for entry in entries {
            self.remember_entry(entry.id);
            self.remember_person(&entry.author.name);
        }
    }

    fn person_named(&self, name: &str) -> Result<PersonKey, Failure> {
        let person = self.world.model.look().person(name);
        person
            .ok_or_else(|| Failure::critical("person.unknown", format!("nobody is named {name:?}")))
    }

    /// From now on the owner may see a footprint of this guest.
    fn step_in(&self, owner: PersonKey) {
        if let Some(visitor) = self.account {
            self.world.model.look().begin_footprint(visitor, owner);
        }
    }

    /// The page came, so the footprint must be there soon, unless a cache kept the visit from
    /// the site.
    fn leave_footprint(&self, owner: PersonKey) {
        if let Some(visitor) = self.account.filter(|_| self.asked_site) {
            self.world
                .model
                .look()
                .acknowledge_footprint(visitor, owner);
        }
    }
}

fn leaked_entry(look: &Look<'_>, id: u64, view: &View) -> Failure {
    let entry = look
        .entry_owner(id)
        .map_or("no entry".to_owned(), |(owner, kind)| {
            format!("a {kind:?} entry of {}", look.name(owner))
        });
    let viewer = view
        .viewer
        .map_or("somebody without login".to_owned(), |viewer| {
            look.name(viewer)
        });
    Failure::critical("entry.leaked", format!("{entry} is shown to {viewer}"))
}
