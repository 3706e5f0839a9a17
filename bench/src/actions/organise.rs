//! What only the organiser may ask for.

use http::{StatusCode, header};
use isutori_engine::{exchange::Request, failure::Failure};

use crate::{
    checks::report::{Report, check_report},
    endpoints,
    guest::{Guest, expect_status},
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
}
