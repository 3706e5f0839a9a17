//! Writing: entries, comments, friendships, profiles.

use isutori_engine::failure::Failure;

use super::{form::Form, session::expect_location};
use crate::{
    checks::thing::Thing,
    guest::Guest,
    model::{PersonKey, entries::EntryDraft, people::Profile},
};

impl Guest {
    /// `POST /entries`; gives the new entry's id.
    pub(crate) async fn write_entry(
        &mut self,
        author: PersonKey,
        draft: EntryDraft,
        csrf: &str,
    ) -> Result<u64, Failure> {
        let form = Form::entry(&self.world.gallery, &draft, csrf);
        self.submit_entry(author, draft, &form).await
    }

    /// The same without a photo, by a form that has no field for one.
    pub(crate) async fn write_bare_entry(
        &mut self,
        author: PersonKey,
        mut draft: EntryDraft,
        csrf: &str,
    ) -> Result<u64, Failure> {
        draft.photo = None;
        let form = Form::bare_entry(&draft, csrf);
        self.submit_entry(author, draft, &form).await
    }

    async fn submit_entry(
        &mut self,
        author: PersonKey,
        draft: EntryDraft,
        form: &Form,
    ) -> Result<u64, Failure> {
        let ticket = self.world.model.look().begin_entry(author, draft);
        self.submit(form, |guest, location| {
            let id = location
                .strip_prefix("/entries/")
                .and_then(|id| id.parse().ok());
            let id = id.ok_or_else(|| {
                Failure::wrong(
                    "http.location",
                    format!("Location {location:?} is not the new entry"),
                )
            })?;
            match guest.world.model.look().acknowledge_entry(ticket, id) {
                true => Ok(id),
                false => Err(Failure::critical(
                    "entry.id",
                    format!("{id} is the id of another entry"),
                )),
            }
        })
        .await
    }

    /// `POST /entries/:id/comments`, which comes to nothing if the entry was taken away.
    pub(crate) async fn write_comment(
        &mut self,
        author: PersonKey,
        entry: u64,
        body: &str,
        csrf: &str,
    ) -> Result<(), Failure> {
        let form = Form::comment(entry, body, csrf);
        let ticket = self.world.model.look().begin_comment(author, entry, body);
        let back = format!("/entries/{entry}");
        if self.submit_about(Thing::Entry(entry), &form, &back).await? {
            self.world.model.look().acknowledge_comment(ticket);
        }
        Ok(())
    }

    /// `POST /friends`, which comes to nothing if that person was banned.
    pub(crate) async fn befriend(
        &mut self,
        by: PersonKey,
        name: &str,
        csrf: &str,
    ) -> Result<(), Failure> {
        let Some(other) = self.world.model.look().person(name) else {
            return Ok(());
        };
        let form = Form::friend(name, csrf);
        self.world.model.look().begin_friendship(by, other);
        let back = format!("/people/{name}");
        if self
            .submit_about(Thing::Person(other), &form, &back)
            .await?
        {
            self.world.model.look().acknowledge_friendship(by, other);
        }
        Ok(())
    }

    /// `POST /people/:name` for oneself.
    pub(crate) async fn edit_profile(
        &mut self,
        person: PersonKey,
        profile: &Profile,
        csrf: &str,
    ) -> Result<(), Failure> {
        let name = self.world.model.look().name(person);
        let form = Form::profile(&name, profile, csrf);
        self.world.model.look().begin_edit(person, profile.clone());
        let back = format!("/people/{name}");
        self.submit(&form, |_, location| expect_location(location, &back))
            .await?;
        self.world.model.look().acknowledge_edit(person);
        Ok(())
    }
}
