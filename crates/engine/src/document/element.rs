//! Elements, whichever reader has read them.

use std::borrow::Cow;

use scraper::ElementRef;

use super::{
    selector::{CleanSelector, Selector},
    tree::CleanPage,
};
use crate::failure::Failure;

/// An element of a page.
#[derive(Clone, Copy)]
pub struct Element<'a>(pub(super) Handle<'a>);

/// Where an element is.
#[derive(Clone, Copy)]
pub(super) enum Handle<'a> {
    Clean(&'a CleanPage<'a>, u32),
    Strict(ElementRef<'a>),
}

impl<'a> Element<'a> {
    /// The first descendant that matches a selector: elements, `#id`, `.class`,
    /// `[attribute]` and `[attribute=value]`, descendants and lists of these.
    ///
    /// # Panics
    /// Here and below, when the selector is something else.
    pub fn first(self, selector: &'static str) -> Option<Element<'a>> {
        self.select(selector).next()
    }

    /// Every descendant that matches, in document order.
    pub fn all(self, selector: &'static str) -> Vec<Element<'a>> {
        self.select(selector).collect()
    }

    /// The one descendant that matches.
    ///
    /// # Errors
    /// `html.missing` when there is none, `html.twice` when there are several.
    pub fn one(self, selector: &'static str) -> Result<Element<'a>, Failure> {
        let mut found = self.select(selector);
        match (found.next(), found.next()) {
            (Some(element), None) => Ok(element),
            (None, _) => Err(Failure::wrong(
                "html.missing",
                format!("there is no element {selector}"),
            )),
            (Some(_), Some(_)) => Err(Failure::wrong(
                "html.twice",
                format!(
                    "{} elements {selector} where one is expected",
                    found.count().saturating_add(2)
                ),
            )),
        }
    }

    /// All text inside, white space at the ends removed. It is a part of the
    /// page itself where it stands there in one piece, without character
    /// references.
    pub fn text(self) -> Cow<'a, str> {
        match self.0 {
            Handle::Clean(page, index) => page.text(index),
            Handle::Strict(element) => {
                let text: String = element.text().collect();
                Cow::Owned(text.trim().to_owned())
            }
        }
    }

    /// An attribute.
    #[inline]
    pub fn attribute(self, name: &str) -> Option<&'a str> {
        match self.0 {
            Handle::Clean(page, index) => page.attribute(index, name),
            Handle::Strict(element) => element.value().attr(name),
        }
    }

    /// An attribute that has to be there.
    ///
    /// # Errors
    /// `html.missing`.
    #[inline]
    pub fn required(self, name: &str) -> Result<&'a str, Failure> {
        self.attribute(name)
            .ok_or_else(|| self.lacks_attribute(name))
    }

    #[cold]
    fn lacks_attribute(self, name: &str) -> Failure {
        Failure::wrong(
            "html.missing",
            format!("<{}> has no attribute {name}", self.name()),
        )
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

    fn name(self) -> &'a str {
        match self.0 {
            Handle::Clean(page, index) => page.tag(index).name(),
            Handle::Strict(element) => element.value().name(),
        }
    }

    fn select(self, selector: &'static str) -> Matches<'a> {
        let selector = Selector::of(selector);
        match self.0 {
            Handle::Clean(page, index) => Matches::Clean {
                page,
                next: index + 1,
                end: page.node(index).end,
                selector: &selector.clean,
            },
            Handle::Strict(element) => Matches::Strict(Box::new(element.select(&selector.strict))),
        }
    }
}

/// Descendants that match a selector, in document order.
enum Matches<'a> {
    Clean {
        page: &'a CleanPage<'a>,
        next: u32,
        end: u32,
        selector: &'static CleanSelector,
    },
    /// Boxed, because it is large and seldom.
    Strict(Box<scraper::element_ref::Select<'a, 'static>>),
}

impl<'a> Iterator for Matches<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        match self {
            Matches::Clean {
                page,
                next,
                end,
                selector,
            } => {
                let found = selector.find(page, *next, *end);
                *next = found.map_or(*end, |index| index + 1);
                found.map(|index| Element(Handle::Clean(page, index)))
            }
            Matches::Strict(found) => found.next().map(|element| Element(Handle::Strict(element))),
        }
    }
}
