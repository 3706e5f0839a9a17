//! Reading HTML that came from a hostile place.

use std::{cell::RefCell, collections::HashMap};

use scraper::{ElementRef, Html, Selector};

use crate::failure::Failure;

/// A parsed page.
pub struct Document {
    html: Html,
}

/// An element of a page.
#[derive(Clone, Copy)]
pub struct Element<'a>(ElementRef<'a>);

impl Document {
    /// Parses a page, which must be UTF-8.
    ///
    /// # Errors
    /// `html.not-utf8`, class wrong.
    pub fn parse(body: &[u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(body).map_err(|error| {
            Failure::wrong("html.not-utf8", format!("the page is not UTF-8: {error}"))
        })?;
        Ok(Document {
            html: Html::parse_document(text),
        })
    }

    /// The page's root.
    pub fn root(&self) -> Element<'_> {
        Element(self.html.root_element())
    }
}

impl<'a> Element<'a> {
    /// The first descendant that matches a CSS selector.
    pub fn first(self, selector: &'static str) -> Option<Element<'a>> {
        with_selector(selector, |selector| {
            self.0.select(selector).next().map(Element)
        })
    }

    /// Every descendant that matches, in document order.
    pub fn all(self, selector: &'static str) -> Vec<Element<'a>> {
        with_selector(selector, |selector| {
            self.0.select(selector).map(Element).collect()
        })
    }

    /// The one descendant that matches.
    ///
    /// # Errors
    /// `html.missing` when there is none, `html.twice` when there are several.
    pub fn one(self, selector: &'static str) -> Result<Element<'a>, Failure> {
        match self.all(selector).as_slice() {
            [element] => Ok(*element),
            [] => Err(Failure::wrong(
                "html.missing",
                format!("there is no element {selector}"),
            )),
            several => {
                let count = several.len();
                Err(Failure::wrong(
                    "html.twice",
                    format!("{count} elements {selector} where one is expected"),
                ))
            }
        }
    }

    /// All text inside, white space at the ends removed.
    pub fn text(self) -> String {
        let text: String = self.0.text().collect();
        text.trim().to_owned()
    }

    /// An attribute.
    pub fn attribute(self, name: &str) -> Option<&'a str> {
        self.0.value().attr(name)
    }

    /// An attribute that has to be there.
    ///
    /// # Errors
    /// `html.missing`.
    pub fn required(self, name: &str) -> Result<&'a str, Failure> {
        self.attribute(name).ok_or_else(|| {
            Failure::wrong(
                "html.missing",
                format!("<{}> has no attribute {name}", self.0.value().name()),
            )
        })
    }

    /// An attribute that has to be a whole number.
    ///
    /// # Errors
    /// `html.missing` or `html.malformed`.
    pub fn number(self, name: &str) -> Result<u64, Failure> {
        let text = self.required(name)?;
        text.parse().map_err(|_| {
            Failure::wrong(
                "html.malformed",
                format!("attribute {name} is {text:?}, not a number"),
            )
        })
    }
}

/// Selectors are compiled once for each thread.
fn with_selector<R>(text: &'static str, use_it: impl FnOnce(&Selector) -> R) -> R {
    thread_local! {
        static COMPILED: RefCell<HashMap<&'static str, &'static Selector>> = RefCell::new(HashMap::new());
    }
    let selector = COMPILED.with_borrow_mut(|compiled| {
        *compiled.entry(text).or_insert_with(|| {
            Box::leak(Box::new(
                Selector::parse(text).expect("selectors are literals of the benchmark"),
            ))
        })
    });
    use_it(selector)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<main data-n="12"><p class="a"> x &lt; y </p><p class="b">2</p><p class="b">3</p></main>"#;

    #[test]
    fn finds_elements_and_unescapes_text() {
        let page = Document::parse(PAGE.as_bytes()).expect("a page");
        assert_eq!(page.root().one("p.a").expect("one").text(), "x < y");
        assert_eq!(
            page.root().one("main").expect("one").number("data-n"),
            Ok(12)
        );
        assert_eq!(page.root().all("p").len(), 3);
    }

    #[test]
    fn says_what_is_missing_or_twice() {
        let page = Document::parse(PAGE.as_bytes()).expect("a page");
        assert_eq!(
            page.root().one("p.c").err().expect("none").code,
            "html.missing"
        );
        assert_eq!(
            page.root().one("p.b").err().expect("two").code,
            "html.twice"
        );
        assert_eq!(
            Document::parse(b"\xff").err().expect("not UTF-8").code,
            "html.not-utf8"
        );
    }
}
