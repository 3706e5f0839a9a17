//! Elements, whichever reader has read them.

use std::{borrow::Cow, ops::ControlFlow};

use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use super::{selector::Selector, tree::CleanPage};
use crate::failure::Failure;

/// An element of a page.
#[derive(Clone, Copy)]
pub struct Element<'a>(pub(super) Handle<'a>);

/// A piece of what is inside an element, in the order of the page.
#[derive(Clone, Copy)]
pub enum Piece<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// Text, as it is meant; one text may come in several pieces.
    Text(&'a str),
    /// An element ends.
    Close(Element<'a>),
}

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
        let mut first = None;
        self.visit(selector, |element| {
            first = Some(element);
            ControlFlow::Break(())
        });
        first
    }

    /// Every descendant that matches, in document order.
    pub fn all(self, selector: &'static str) -> Vec<Element<'a>> {
        let mut all = Vec::new();
        self.visit(selector, |element| {
            all.push(element);
            ControlFlow::Continue(())
        });
        all
    }

    /// The one descendant that matches.
    ///
    /// # Errors
    /// `html.missing` when there is none, `html.twice` when there are several.
    pub fn one(self, selector: &'static str) -> Result<Element<'a>, Failure> {
        let mut one = None;
        let mut is_twice = false;
        self.visit(selector, |element| {
            is_twice = one.replace(element).is_some();
            match is_twice {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        match one {
            Some(element) if !is_twice => Ok(element),
            _ => Err(self.not_one(selector)),
        }
    }

    #[cold]
    fn not_one(self, selector: &'static str) -> Failure {
        match self.all(selector).len() {
            0 => Failure::wrong("html.missing", format!("there is no element {selector}")),
            count => Failure::wrong(
                "html.twice",
                format!("{count} elements {selector} where one is expected"),
            ),
        }
    }

    /// All text inside, white space at the ends removed. Where it stands in the
    /// page in one piece it is not copied.
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

    /// Visits everything inside.
    pub fn visit_pieces(self, visit: &mut dyn FnMut(Piece<'a>)) {
        match self.0 {
            Handle::Clean(page, index) => page.visit_pieces(index, visit),
            Handle::Strict(element) => {
                for edge in element.traverse() {
                    let (node, wrap): (_, fn(Element<'a>) -> Piece<'a>) = match edge {
                        Edge::Open(node) => (node, Piece::Open),
                        Edge::Close(node) => (node, Piece::Close),
                    };
                    match (node.value(), ElementRef::wrap(node)) {
                        (_, Some(inner)) if inner != element => {
                            visit(wrap(Element(Handle::Strict(inner))));
                        }
                        (Node::Text(text), _) if matches!(edge, Edge::Open(_)) => {
                            visit(Piece::Text(text));
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Its name, in lower case.
    pub fn name(self) -> &'a str {
        match self.0 {
            Handle::Clean(page, index) => page.tag(index).name(),
            Handle::Strict(element) => element.value().name(),
        }
    }

    /// Visits the descendants that match, in document order, until a visit
    /// breaks off.
    #[inline(always)]
    fn visit(self, selector: &'static str, mut visit: impl FnMut(Element<'a>) -> ControlFlow<()>) {
        let selector = Selector::of(selector);
        match self.0 {
            Handle::Clean(page, index) => {
                let range = page.descendants(index);
                selector.clean.visit(page, range, |index| {
                    visit(Element(Handle::Clean(page, index)))
                });
            }
            Handle::Strict(element) => {
                let mut found = element.select(&selector.strict);
                let _ = found.try_for_each(|element| visit(Element(Handle::Strict(element))));
            }
        }
    }
}
