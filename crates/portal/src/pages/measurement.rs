//! Measurements on pages: how a table of one is told, and a team's rehearsal.

use axum::{extract::State, response::Redirect};
use isutori_protocol::contest::{JobState, TeamStep};

use super::{frame::Frame, to, visitor::Member};
use crate::{
    error::Error,
    figures::{Moment, grouped},
    measurement::{self, HostRow, Plan, Refused, TeamRecord},
    queue::{self, Row},
    state::AppState,
    texts::Texts,
};

/// Why nothing is measured, in the visitor's language.
pub(crate) fn refused(frame: &Frame, refused: Refused) -> Error {
    match refused {
        Refused::Database(error) => error.into(),
        Refused::NoTeam => Error::Invalid(frame.t.no_team_chosen.to_owned()),
        Refused::UnderWay(team) => {
            Error::Conflict(format!("{} ({team})", frame.t.measured_already))
        }
    }
}

/// `POST /team/rehearsal`.
pub(crate) async fn rehearse(
    State(state): State<AppState>,
    frame: Frame,
    Member(team): Member,
) -> Result<Redirect, Error> {
    let mut transaction = state.store.begin_write().await?;
    let contest = frame.contest()?;
    let allowed = queue::check_right(&mut transaction, contest, &team, frame.now).await;
    allowed.map_err(|reason| super::job::refused(&frame, reason))?;
    let plan = Plan::REHEARSAL;
    let begun = measurement::begin(&mut transaction, &plan, &[team.id], "", frame.now).await;
    begun.map_err(|reason| refused(&frame, reason))?;
    transaction.commit().await?;
    state.events.tell_team(team.id);
    Ok(to("/team#measurement"))
}

impl HostRow {
    /// Whether it is the first or the second time that the host is prepared.
    pub(crate) fn is_again(&self) -> bool {
        self.round > 1
    }

    /// A moment of a step that is behind the host, or what it waits for, for three columns.
    pub(crate) fn cells(&self, t: &'static Texts) -> [Cell; 3] {
        let past = [self.checked_at, self.rebooted_at, self.up_at];
        let present = ["check", "reboot", "boot"];
        let words = [t.step_check, t.step_reboot, t.step_boot];
        std::array::from_fn(|column| match past[column] {
            Some(at) => Cell::Past(Moment(at)),
            None if self.step == present[column] => {
                Cell::Present(words[column], Moment(self.since))
            }
            None => Cell::Empty,
        })
    }
}

/// A cell of a table of steps.
pub(crate) enum Cell {
    /// Done, at that moment.
    Past(Moment),
    /// Under way, since that moment.
    Present(&'static str, Moment),
    /// Not yet, or never.
    Empty,
}

impl TeamRecord {
    /// Whether nothing more will happen to it.
    pub(crate) fn is_over(&self) -> bool {
        self.step == TeamStep::Over
    }

    /// Its rows in a table, of which it has one at least; says which is the first.
    pub(crate) fn lines(&self) -> Vec<(bool, Option<&HostRow>)> {
        match self.hosts.split_first() {
            None => vec![(true, None)],
            Some((first, others)) => {
                let others = others.iter().map(|host| (false, Some(host)));
                std::iter::once((true, Some(first))).chain(others).collect()
            }
        }
    }

    /// The score, as soon as there is a verdict.
    pub(crate) fn score_text(&self) -> String {
        self.score.map_or(String::new(), grouped)
    }
}

/// A job of a measurement: its number, how it stands, and since when.
pub(crate) struct JobCell {
    pub(crate) id: i64,
    pub(crate) state: &'static str,
    pub(crate) words: &'static str,
    pub(crate) at: Moment,
}

impl JobCell {
    pub(crate) fn of(t: &'static Texts, job: Option<&Row>) -> Option<JobCell> {
        let job = job?;
        let state = job.state().unwrap_or(JobState::Errored);
        let times = [job.finished_at, job.started_at, Some(job.enqueued_at)];
        Some(JobCell {
            id: job.id,
            state: state.name(),
            words: match job.verdict.as_deref() {
                Some("pass") => t.verdict_pass,
                Some("fail") => t.verdict_fail,
                Some(_) => t.verdict_void,
                None => t.state(&state),
            },
            at: Moment(times.into_iter().flatten().next().unwrap_or_default()),
        })
    }
}
