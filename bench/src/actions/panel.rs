//! The panel of external services.

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};

use crate::{
    checks::panel::check_panel,
    endpoints,
    guest::{Guest, expect_status},
    model::PersonKey,
    pages::Panel,
};

impl Guest {
    /// `GET /api/panel`, where there are services.
    pub(crate) async fn open_panel(&mut self, viewer: PersonKey) -> Result<(), Failure> {
        let Some(services) = self.world.services.clone() else {
            return Ok(());
        };
        let subscriptions = self.world.model.look().subscriptions(viewer);
        let request = Request::get("/api/panel");
        self.ask(endpoints::PANEL, &request, |_, response, view| {
            expect_status(response, StatusCode::OK)?;
            let panel = Panel::read(response)?;
            check_panel(&services, &panel, &subscriptions, &view)
        })
        .await
    }
}
