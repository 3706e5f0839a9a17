//! Waiting for news of friends.

use std::time::Duration;

use http::StatusCode;
use isutori_engine::{exchange::Request, failure::Failure};

use crate::{
    checks::timeline::check_timeline,
    endpoints,
    guest::{Guest, Heard, expect_status},
    model::PersonKey,
    pages::{Timeline, ToldEntry},
};

/// Who is told within this time of what was published meanwhile is told at once.
pub const AT_ONCE: Duration = Duration::from_millis(200);

impl Guest {
    /// `GET /api/timeline?since=ID`, until something is new or the site has waited long enough.
    pub(crate) async fn watch_timeline(
        &mut self,
        viewer: PersonKey,
        since: u64,
    ) -> Result<Vec<ToldEntry>, Failure> {
        let request = Request::get(format!("/api/timeline?since={since}"));
        let heard = self.listen(endpoints::TIMELINE, &request, |guest, response, view| {
            expect_status(response, StatusCode::OK)?;
            let timeline = Timeline::read(response)?;
            let mut look = guest.world.model.look();
            let slowest = check_timeline(&mut look, &timeline, since, viewer, &view)?;
            Ok(Heard {
                endpoint: match slowest {
                    None => endpoints::TIMELINE_EMPTY,
                    Some(slowest) if slowest <= AT_ONCE => endpoints::TIMELINE_AT_ONCE,
                    Some(_) => endpoints::TIMELINE,
                },
                felt: slowest.unwrap_or_default(),
                what: timeline.entries,
            })
        });
        let told = heard.await?;
        for entry in &told {
            self.remember_entry(entry.id);
            self.remember_person(&entry.author.name);
        }
        Ok(told)
    }
}
