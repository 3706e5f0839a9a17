//! Reading any page as the HTML standard says, but not at any price.
//!
//! Some pages cost html5ever a time that grows with the square of their length:
//! a megabyte of opened elements takes minutes. Nobody writes such a page but to
//! keep the benchmark busy.

use std::time::Duration;

use html5ever::{
    ParseOpts,
    driver::parse_document,
    tendril::{StrTendril, TendrilSink},
};
use nix::time::{ClockId, clock_gettime};
use scraper::{Html, HtmlTreeSink};

use crate::failure::Failure;

/// How deep elements may nest; browsers stop at about this depth, too.
const DEEPEST: usize = 512;

/// The page is read in pieces of so many bytes; after each, the budget is looked at.
const PIECE: usize = 4 << 10;

/// Processor time that a page may take: much for any page, and for each byte a
/// multiple of what an ordinary one takes.
fn budget(bytes: usize) -> Duration {
    Duration::from_millis(100)
        + Duration::from_nanos(200) * u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// Reads a page.
///
/// # Errors
/// `html.too-hard`, class wrong.
pub(super) fn read(text: &str) -> Result<Html, Failure> {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = parse_document(sink, ParseOpts::default());
    let (begun, budget) = (processor_time(), budget(text.len()));
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        parser.process(StrTendril::from_slice(piece));
        rest = after;
        if processor_time().saturating_sub(begun) > budget {
            let milliseconds = budget.as_millis();
            return Err(too_hard(format!(
                "reading it takes more than {milliseconds} ms of processor time"
            )));
        }
    }
    let html = parser.finish();
    match depth(&html) > DEEPEST {
        true => Err(too_hard(format!(
            "its elements nest more than {DEEPEST} deep"
        ))),
        false => Ok(html),
    }
}

fn too_hard(why: String) -> Failure {
    Failure::wrong(
        "html.too-hard",
        format!("the page is too hard to read: {why}; are all elements closed?"),
    )
}

fn depth(html: &Html) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for edge in html.tree.root().traverse() {
        match edge {
            ego_tree::iter::Edge::Open(_) => depth += 1,
            ego_tree::iter::Edge::Close(_) => depth -= 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Processor time of this thread, so that a busy machine makes no page hard.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_would_take_minutes_is_given_up() {
        let opened = ["<div>", "<b></p>", "<a><div>", "<div a=1 b=2 a=3>"];
        for unit in opened {
            let page = format!(
                "<!doctype html><body>{}",
                unit.repeat((1 << 20) / unit.len())
            );
            let failure = read(&page).expect_err(unit);
            assert_eq!(failure.code, "html.too-hard", "{unit}");
        }
    }

    #[test]
    fn a_long_page_is_read_like_any_other() {
        let page = format!(
            "<!doctype html><body><ul>{}</ul>",
            "<li><p>椅子 &amp;".repeat(100_000)
        );
        let html = read(&page).expect("a long page");
        assert_eq!(html.html(), Html::parse_document(&page).html());
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth| format!("<body>{}{}", "<i>".repeat(depth), "</i>".repeat(depth));
        assert!(read(&nested(400)).is_ok());
        assert!(read(&nested(600)).is_err());
    }
}
