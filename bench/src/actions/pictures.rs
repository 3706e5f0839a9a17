//! Photos and icons.

use http::StatusCode;
use isutori_dataset::Picture;
use isutori_engine::{exchange::Request, failure::Failure};

use super::{form::Form, session::expect_location};
use crate::{
    checks::{pictures::leaked_photo, thing::Thing},
    endpoints,
    guest::{Guest, expect_status},
    model::{Certainty, PersonKey},
    pages::ErrorPage,
};

impl Guest {
    /// `POST /icon`.
    pub(crate) async fn change_icon(
        &mut self,
        person: PersonKey,
        icon: Picture,
        csrf: &str,
    ) -> Result<(), Failure> {
        let form = Form::icon(&self.world.gallery, icon, csrf);
        let name = self.world.model.look().name(person);
        self.world.model.look().begin_icon(person, icon);
        let back = format!("/people/{name}");
        self.submit(&form, |_, location| expect_location(location, &back))
            .await?;
        self.world.model.look().acknowledge_icon(person);
        Ok(())
    }

    /// `GET /images/:id` of an entry that the guest may not see, or that has no photo.
    pub(crate) async fn be_denied_photo(&mut self, id: u64) -> Result<(), Failure> {
        self.denial_of_photo(id).await.map(drop)
    }

    /// The same; gives the sentence that denies it.
    pub(crate) async fn denial_of_photo(&mut self, id: u64) -> Result<String, Failure> {
        let request = Request::get(format!("/images/{id}"));
        let denied = self.ask(endpoints::IMAGE, &request, |guest, response, view| {
            let look = guest.world.model.look();
            if response.status.is_success()
                && let Some((author, visibility)) = look.entry_owner(id)
            {
                Thing::Entry(id).check_shown(&look, &view)?;
                if look.may_see(author, visibility, &view) == Certainty::No {
                    return Err(leaked_photo(&look, id, (author, visibility), &view));
                }
            }
            drop(look);
            expect_status(response, StatusCode::NOT_FOUND)?;
            guest.read_refusal::<ErrorPage>(response, &view)
        });
        Ok(denied.await?.sentence)
    }
}
