//! The contest itself: its settings as a `contest.toml`, and the release of results.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::write_down;
use crate::{
    contest::{self, Contest},
    error::Error,
    pages::{Page, download, fields::Fields, frame::Frame, to, visitor::Staff},
    state::AppState,
};

#[derive(Template)]
#[template(path = "staff/contest.html")]
struct ContestPage {
    frame: Frame,
    text: String,
    is_released: bool,
    refusal: Option<String>,
}

/// What somebody begins with who has no `contest.toml` yet.
const EXAMPLE: &str = include_str!("contest.toml");

impl ContestPage {
    fn new(frame: Frame, text: Option<String>, refusal: Option<String>) -> ContestPage {
        let current = frame.contest.as_ref();
        let kept = current.map_or(EXAMPLE.to_owned(), |current| current.contest.to_toml());
        ContestPage {
            text: text.unwrap_or(kept),
            is_released: current.is_some_and(|current| current.released_at.is_some()),
            refusal,
            frame,
        }
    }
}

/// `GET /staff/contest`.
pub(crate) async fn show_contest(frame: Frame, _: Staff) -> Response {
    Page(ContestPage::new(frame, None, None)).into_response()
}

/// `GET /staff/contest.toml`.
pub(crate) async fn export_contest(frame: Frame, _: Staff) -> Result<Response, Error> {
    let text = frame.contest()?.to_toml();
    Ok(download("contest.toml", "application/toml", text))
}

/// `POST /staff/contest`.
pub(crate) async fn change_contest(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Response, Error> {
    let text = fields.get("toml").unwrap_or_default().replace("\r\n", "\n");
    let wanted = match Contest::parse(&text) {
        Ok(wanted) => wanted,
        Err(error) => {
            let refusal = frame.t.contest_refused(&error);
            let page = ContestPage::new(frame, Some(text), Some(refusal));
            return Ok((StatusCode::BAD_REQUEST, Page(page)).into_response());
        }
    };
    let mut transaction = state.store.begin_write().await?;
    let before = contest::read(&mut transaction).await?;
    let before = before.map(|current| current.contest);
    // Whoever comes by a password of the staff's shall not run programs here.
    let kept = before
        .as_ref()
        .map(|contest| contest.final_measurement.clone());
    if wanted.final_measurement.reboot != kept.unwrap_or_default().reboot {
        let refusal = frame.t.reboot_is_kept.to_owned();
        let page = ContestPage::new(frame, Some(text), Some(refusal));
        return Ok((StatusCode::BAD_REQUEST, Page(page)).into_response());
    }
    let before = before.map(|contest| contest.to_toml());
    contest::write(&mut transaction, &wanted).await?;
    let after = contest::read(&mut transaction).await?;
    let after = after.map(|current| current.contest.to_toml());
    let detail = difference(&before.unwrap_or_default(), &after.unwrap_or_default());
    if !detail.is_empty() {
        write_down(&mut transaction, &frame, &person, "contest", detail).await?;
    }
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff/contest").into_response())
}

/// `POST /staff/release`: shows the results to everybody, or takes them back.
pub(crate) async fn release_results(
    State(state): State<AppState>,
    frame: Frame,
    Staff(person): Staff,
    fields: Fields,
) -> Result<Redirect, Error> {
    frame.contest()?;
    let is_release = fields.text("release") == "1";
    let mut transaction = state.store.begin_write().await?;
    contest::release(&mut transaction, is_release.then_some(frame.now)).await?;
    let what = if is_release { "release" } else { "take back" };
    write_down(&mut transaction, &frame, &person, what, "results").await?;
    transaction.commit().await?;
    state.events.tell();
    Ok(to("/staff"))
}

/// The lines that went and came, each pair of one key as `old → new`.
fn difference(before: &str, after: &str) -> String {
    let key = |line: &str| line.split_once(" = ").map(|(key, _)| key.to_owned());
    let only = |these: &str, those: &str| {
        let mut rest: Vec<String> = those.lines().map(str::to_owned).collect();
        let lines = these.lines().filter(|line| !line.is_empty());
        let lines = lines.filter(|line| match rest.iter().position(|other| other == line) {
            Some(index) => {
                rest.swap_remove(index);
                false
            }
            None => true,
        });
        lines.map(str::to_owned).collect::<Vec<String>>()
    };
    let mut gone = only(before, after);
    let mut lines = Vec::new();
    for line in only(after, before) {
        let same = |old: &String| key(old).is_some() && key(old) == key(&line);
        lines.push(match gone.iter().position(same) {
            Some(index) => {
                let old = gone.remove(index);
                let new = line.split_once(" = ").map_or("", |(_, new)| new);
                format!("{old} → {new}")
            }
            None => format!("+ {line}"),
        });
    }
    lines.extend(gone.iter().map(|line| format!("- {line}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_contest() {
        assert_eq!(
            Contest::parse(EXAMPLE)
                .map(|_| ())
                .map_err(|e| e.to_string()),
            Ok(())
        );
    }

    #[test]
    fn a_change_is_told_as_old_and_new() {
        let before = "name = \"a\"\nhosts = 3\nx = 1\n";
        let after = "name = \"b\"\nhosts = 3\ny = 2\n";
        assert_eq!(
            difference(before, after),
            "name = \"a\" → \"b\"\n+ y = 2\n- x = 1"
        );
        assert_eq!(difference(after, after), "");
    }
}
