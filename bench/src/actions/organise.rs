//! What only the organiser may ask for.

use http::{StatusCode, header};
use isutori_engine::{exchange::Request, failure::Failure, recorder::EndpointId};

use crate::{
    checks::{
        report::{Report, check_report},
        thing::Thing,
    },
    endpoints,
    guest::{Guest, expect_status},
    model::PersonKey,
    pages::ErrorPage,
};

impl Guest {
    /// `GET /report`, as the organiser: it is JSON and true.
    pub(crate) async fn open_report(&mut self) -> Result<(), Failure> {
        let request = Request::get("/report");
        self.ask(endpoints::REPORT, &request, |guest, response, _| {
            expect_status(response, StatusCode::OK)?;
            let kind = response.header(header::CONTENT_TYPE).unwrap_or_default();
            if !kind.starts_with("application/json") {
                let sentence = format!("Content-Type is {kind:?}, expected application/json");
                return Err(Failure::wrong("report.malformed", sentence));
            }
            let report = Report::read(&response.body)?;
            check_report(&guest.world.model.look(), &report)
        })
        .await
    }

    /// `GET /report` without the right to it.
    pub(crate) async fn be_refused_report(&mut self) -> Result<(), Failure> {
        let request = Request::get("/report");
        self.ask(endpoints::REPORT, &request, |guest, response, view| {
            if response.status.is_success() {
                return Err(Failure::critical(
                    "report.open",
                    "the report is shown without the organiser's token",
                ));
            }
            expect_status(response, StatusCode::FORBIDDEN)?;
            guest.read_refusal::<ErrorPage>(response, &view).map(drop)
        })
        .await
    }

    /// Takes something away, as the organiser.
    pub(crate) async fn take_away(&mut self, thing: Thing) -> Result<(), Failure> {
        let world = self.world.clone();
        match thing {
            Thing::Entry(id) => world.model.look().begin_removal(id),
            Thing::Person(person) => world.model.look().begin_ban(person),
        }
        let (endpoint, request) = self.moderation(thing);
        let accepted = self.ask(endpoint, &request, |guest, response, _| {
            guest.read_clock(response);
            expect_status(response, StatusCode::NO_CONTENT)
        });
        accepted.await?;
        match thing {
            Thing::Entry(id) => world.model.look().acknowledge_removal(id),
            Thing::Person(person) => world.model.look().acknowledge_ban(person),
        }
        Ok(())
    }

    /// Tries to take away what is not there.
    pub(crate) async fn find_nothing_to_take_away(&mut self, thing: Thing) -> Result<(), Failure> {
        let (endpoint, request) = self.moderation(thing);
        self.be_refused(endpoint, &request, StatusCode::NOT_FOUND)
            .await
    }

    /// Tries to take something away without the right to it.
    pub(crate) async fn be_refused_moderation(&mut self, thing: Thing) -> Result<(), Failure> {
        let (endpoint, request) = self.moderation(thing);
        self.ask(endpoint, &request, |guest, response, view| {
            if response.status.is_success() {
                return Err(Failure::critical(
                    "moderation.open",
                    "something can be taken away without the organiser's token",
                ));
            }
            expect_status(response, StatusCode::FORBIDDEN)?;
            guest.read_refusal::<ErrorPage>(response, &view).map(drop)
        })
        .await
    }

    fn moderation(&self, thing: Thing) -> (EndpointId, Request) {
        let (endpoint, path) = match thing {
            Thing::Entry(id) => (endpoints::REMOVAL, format!("/entries/{id}/remove")),
            Thing::Person(person) => {
                let name = self.world.model.look().name(person);
                (endpoints::BAN, format!("/people/{name}/ban"))
            }
        };
        (endpoint, Request::form(path, &[]))
    }

    /// Asks for the page of what was taken away.
    pub(crate) async fn miss(&mut self, thing: Thing) -> Result<(), Failure> {
        match thing {
            Thing::Entry(id) => self.be_denied_entry(id).await,
            Thing::Person(banned) => {
                let name = self.world.model.look().name(banned);
                let path = format!("/people/{name}");
                self.be_denied_person(endpoints::PROFILE, &path, banned)
                    .await
            }
        }
    }

    /// Asks for the page of somebody who is banned, or what belongs to it: `404`.
    pub(crate) async fn be_denied_person(
        &mut self,
        endpoint: EndpointId,
        path: &str,
        banned: PersonKey,
    ) -> Result<(), Failure> {
        let request = Request::get(path);
        let denied = self.ask(endpoint, &request, |guest, response, view| {
            let thing = Thing::Person(banned);
            thing.is_gone(response, &guest.world.model.look(), &view)?;
            expect_status(response, StatusCode::NOT_FOUND)?;
            guest.read_refusal::<ErrorPage>(response, &view)
        });
        denied.await.map(drop)
    }
}
