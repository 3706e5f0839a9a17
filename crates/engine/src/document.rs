//! Reading HTML that came from a hostile place.
//!
//! Two readers share the work. The *clean* one takes pages as a careful server
//! writes them, and costs about what receiving the page costs. It declines
//! everything that the HTML standard would have to repair; such a page is read
//! by the *strict* one, html5ever, at twenty times the price. So sloppy HTML
//! costs us time and the site nothing.
//!
//! One page in [`SAMPLE`] is read by both, and a disagreement is the
//! benchmark's own failure, which makes the run void.

mod agreement;
mod bytes;
mod condition;
mod element;
mod nesting;
mod reader;
mod reference;
mod scanner;
mod selector;
mod strict;
mod tag;
mod tree;
mod word;

use std::cell::Cell;

use scraper::Html;
use simdutf8::compat::from_utf8;

pub use self::element::{Element, Piece};
use self::{element::Handle, selector::Selector, tree::CleanPage};
use crate::failure::{Class, Failure};

/// One page in so many is read by both readers: often enough to notice a
/// difference in any run, and seldom enough to cost nothing. It is prime, so
/// that no rhythm of requests hides a page from the sample for good.
pub const SAMPLE: u32 = 1009;

/// A parsed page.
pub struct Document<'b>(Reading<'b>);

enum Reading<'b> {
    Clean(CleanPage<'b>),
    Strict(Html),
}

/// What comes of reading one page with both readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Both see the same.
    Agreed,
    /// The clean reader left the page to the strict one.
    Declined {
        /// The byte at which it gave up.
        at: usize,
        /// What it found there.
        why: &'static str,
    },
    /// They see different things, which is a bug in the clean reader.
    Disagreed(String),
}

impl<'b> Document<'b> {
    /// Parses a page, which must be UTF-8.
    ///
    /// # Errors
    /// `html.not-utf8` or `html.too-hard`, class wrong; `html.readers`, class system, when the
    /// page is one of the sample and the readers disagree.
    pub fn parse(body: &'b [u8]) -> Result<Self, Failure> {
        let text = from_utf8(body).map_err(|error| {
            Failure::wrong("html.not-utf8", format!("the page is not UTF-8: {error}"))
        })?;
        let Ok(page) = reader::read(text) else {
            return Ok(Document(Reading::Strict(strict::read(text)?)));
        };
        if is_in_sample() {
            agree(&page, &strict::read(text)?)?;
        }
        Ok(Document(Reading::Clean(page)))
    }

    /// The page's root.
    pub fn root(&self) -> Element<'_> {
        Element(match &self.0 {
            Reading::Clean(page) => Handle::Clean(page, 0),
            Reading::Strict(html) => Handle::Strict(html.root_element()),
        })
    }
}

/// Reads a page with both readers and compares all that they see, and what
/// `selectors` find.
///
/// # Panics
/// When a selector is of a kind that is not supported; see [`Element::first`].
pub fn compare_readers(page: &str, selectors: &[&'static str]) -> Comparison {
    for selector in selectors {
        Selector::of(selector);
    }
    match reader::read(page) {
        Err(declined) => Comparison::Declined {
            at: declined.at(),
            why: declined.why(),
        },
        Ok(clean) => match agreement::disagreement(&clean, &Html::parse_document(page)) {
            None => Comparison::Agreed,
            Some(difference) => Comparison::Disagreed(difference),
        },
    }
}

/// Counts the pages of this thread.
fn is_in_sample() -> bool {
    thread_local! {
        static PAGES: Cell<u32> = const { Cell::new(0) };
    }
    PAGES.set((PAGES.get() + 1) % SAMPLE);
    PAGES.get() == 0
}

/// Blames nobody but the benchmark when the readers disagree.
fn agree(clean: &CleanPage<'_>, strict: &Html) -> Result<(), Failure> {
    match agreement::disagreement(clean, strict) {
        None => Ok(()),
        Some(difference) => Err(Failure::new(
            Class::System,
            "html.readers",
            format!("the benchmark's two readers of HTML disagree: {difference}"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOPPY: &str = r#"<main data-n="12"><p class="a"> x &lt; y </p><p class="b">2</p><p class="b">3</p></main>"#;

    /// The same in a form that the clean reader takes.
    fn clean() -> String {
        format!("<!DOCTYPE html><html><head><title>t</title></head><body>{SLOPPY}</body></html>")
    }

    #[test]
    fn finds_elements_and_unescapes_text() {
        for page in [SLOPPY, &clean()] {
            let page = Document::parse(page.as_bytes()).expect("a page");
            assert_eq!(page.root().one("p.a").expect("one").text(), "x < y");
            assert_eq!(
                page.root().one("main").expect("one").number("data-n"),
                Ok(12)
            );
            assert_eq!(page.root().all("p").len(), 3);
            assert!(page.root().first("main .b").is_some());
            assert!(page.root().first(".b main").is_none());
        }
    }

    #[test]
    fn pieces_come_in_the_order_of_the_page() {
        let inside = "a<p>b <em>c</em> &lt;d</p><ul><li></li><li>e<br></li></ul>f";
        let page = format!("<main>{inside}</main>");
        let clean = clean().replace(SLOPPY, &page);
        for page in [&page, &clean] {
            let page = Document::parse(page.as_bytes()).expect("a page");
            let mut shown = String::new();
            let main = page.root().one("main").expect("one");
            main.visit_pieces(&mut |piece| match piece {
                Piece::Open(element) => shown.push_str(&format!("<{}>", element.name())),
                Piece::Text(text) => shown.push_str(text),
                Piece::Close(element) => shown.push_str(&format!("</{}>", element.name())),
            });
            let expected = "a<p>b <em>c</em> <d</p><ul><li></li><li>e<br></br></li></ul>f";
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn says_what_is_missing_or_twice() {
        for page in [SLOPPY, &clean()] {
            let page = Document::parse(page.as_bytes()).expect("a page");
            let code = |selector| page.root().one(selector).err().map(|failure| failure.code);
            assert_eq!(code("p.c").as_deref(), Some("html.missing"));
            assert_eq!(code("p.b").as_deref(), Some("html.twice"));
            let number = page.root().one("p.a").and_then(|p| p.number("class"));
            assert_eq!(number.expect_err("no number").code, "html.malformed");
        }
        assert_eq!(
            Document::parse(b"\xff").err().expect("not UTF-8").code,
            "html.not-utf8"
        );
    }

    #[test]
    fn a_disagreement_is_our_own_failure() {
        let page = clean();
        let read = || reader::read(&page).unwrap_or_else(|declined| panic!("{declined:?}"));
        assert_eq!(agree(&read(), &Html::parse_document(&page)), Ok(()));
        for other in [
            page.replace("</p>", "!</p>"),
            page.replace("12", "13"),
            page.replace("</main>", "<i></i></main>"),
            page.replace("main", "section"),
            page.replace("</main></body>", "</main>x</body>"),
            page.replace(
                r#"<p class="b">3</p></main>"#,
                r#"</main><p class="b">3</p>"#,
            ),
            page.replace(" x &lt; y </p>", "</p> x &lt; y "),
        ] {
            let failure = agree(&read(), &Html::parse_document(&other));
            let failure = failure.expect_err("a difference");
            assert_eq!(
                (failure.class, &*failure.code),
                (Class::System, "html.readers")
            );
        }
    }

    #[test]
    fn one_page_of_the_sample_is_read_twice() {
        let due = (0..10 * SAMPLE).filter(|_| is_in_sample()).count();
        assert_eq!(due, 10);
    }
}
