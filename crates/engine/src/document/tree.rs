//! A page as flat lists in document order.
//!
//! An element's descendants are the elements after it up to its `end`, and all
//! text inside it is one run of texts. So there is nothing to allocate for an
//! element, and a search is a walk along a list. Texts and attributes are
//! ranges of the page itself.

use std::{
    borrow::Cow,
    cell::RefCell,
    ops::{ControlFlow, Range},
};

use super::{
    bytes::Block,
    element::{Element, Handle, Piece},
    tag::Tag,
    word::Key,
};

/// A range of bytes of the page.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// An element.
pub(super) struct Node {
    /// Its class: [`Key::NONE`] without any.
    pub(super) class: Key,
    /// The index of its parent; the root is its own.
    pub(super) parent: u32,
    /// The index after its last descendant.
    pub(super) end: u32,
    /// Its attributes.
    pub(super) attributes: Span,
    /// All texts inside, its descendants' included.
    pub(super) texts: Span,
}

/// An attribute.
pub(super) struct Attribute {
    pub(super) key: Key,
    /// Where its name begins in the page; the key knows its length.
    pub(super) name: u32,
    pub(super) value: Text,
}

/// A piece of text.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) span: Span,
    /// Whether it is a range of [`Tree::decoded`] instead of the page.
    pub(super) is_decoded: bool,
}

impl Text {
    /// What stands in the page as it is meant.
    #[inline(always)]
    pub(super) fn written(start: usize, end: usize) -> Text {
        Text {
            span: Span::new(start, end),
            is_decoded: false,
        }
    }

    /// What had character references.
    pub(super) fn decoded(start: usize, end: usize) -> Text {
        Text {
            span: Span::new(start, end),
            is_decoded: true,
        }
    }
}

/// The lists of one page.
#[derive(Default)]
pub(super) struct Tree {
    /// Elements.
    pub(super) nodes: Vec<Node>,
    /// The elements' tags as numbers, apart so that a search is quick; behind
    /// them some that are none.
    pub(super) tags: Vec<u8>,
    /// The elements that have an id.
    pub(super) with_id: Vec<u32>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) texts: Vec<Text>,
    /// What had character references, each replaced by its character.
    pub(super) decoded: String,
}

/// A page together with its tree.
pub(super) struct CleanPage<'b> {
    pub(super) source: &'b str,
    pub(super) tree: Tree,
}

impl Attribute {
    /// Its name.
    pub(super) fn name<'b>(&self, source: &'b str) -> &'b [u8] {
        &source.as_bytes()[self.name as usize..][..self.key.length()]
    }

    /// Whether its name is `name`, which has that key.
    #[inline]
    pub(super) fn is_named(&self, source: &str, key: Key, name: &[u8]) -> bool {
        self.key == key && (key.is_exact() || self.name(source) == name)
    }
}

impl Span {
    pub(super) fn new(start: usize, end: usize) -> Span {
        // The reader refuses pages of 4 GiB and more.
        Span {
            start: start as u32,
            end: end as u32,
        }
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

thread_local! {
    /// Emptied trees, whose memory the next pages use.
    static SPARE: RefCell<Vec<Tree>> = const { RefCell::new(Vec::new()) };
}

/// How many emptied trees a thread keeps, and how large they may be.
const MOST_SPARE: usize = 4;
const LARGEST_SPARE: usize = 20_000;
const LARGEST_DECODED: usize = 1 << 20;

impl Tree {
    /// An empty tree, with the memory of an earlier one if there is any.
    pub(super) fn empty() -> Tree {
        SPARE.with_borrow_mut(Vec::pop).unwrap_or_default()
    }

    /// Makes the list of tags longer than it is, so that every block of it that
    /// a search looks at is whole.
    pub(super) fn finish(&mut self) {
        self.tags.extend([Tag::NONE.number(); Block::LENGTH]);
    }

    /// Visits the elements of a range that have a tag, until a visit breaks off.
    #[inline(always)]
    pub(super) fn visit_tagged(
        &self,
        tag: Tag,
        range: Range<u32>,
        mut visit: impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut from = range.start;
        while from < range.end {
            let mut marks = Block::of(&self.tags[from as usize..]).marks(tag.number());
            while let Some(place) = marks.first() {
                let index = from + place as u32;
                if index >= range.end {
                    break;
                }
                visit(index)?;
                marks = marks.without_first();
            }
            from += Block::LENGTH as u32;
        }
        ControlFlow::Continue(())
    }

    /// The elements of a range that have an id.
    pub(super) fn with_id(&self, range: Range<u32>) -> &[u32] {
        let place = |index: u32| self.with_id.partition_point(|known| *known < index);
        &self.with_id[place(range.start)..place(range.end)]
    }

    /// Gives the memory back for another page.
    fn recycle(mut self) {
        let largest = self.attributes.capacity().max(self.texts.capacity());
        let is_huge = largest.max(self.nodes.capacity()) > LARGEST_SPARE
            || self.decoded.capacity() > LARGEST_DECODED;
        self.nodes.clear();
        self.tags.clear();
        self.with_id.clear();
        self.attributes.clear();
        self.texts.clear();
        self.decoded.clear();
        // A page may be dropped while its thread ends: then nothing is kept.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if !is_huge && spare.len() < MOST_SPARE {
                spare.push(self);
            }
        });
    }
}

impl Drop for CleanPage<'_> {
    fn drop(&mut self) {
        std::mem::take(&mut self.tree).recycle();
    }
}

impl CleanPage<'_> {
    pub(super) fn slice(&self, text: Text) -> &str {
        match text.is_decoded {
            true => &self.tree.decoded[text.span.range()],
            false => &self.source[text.span.range()],
        }
    }

    /// The indices of an element's descendants.
    pub(super) fn descendants(&self, index: u32) -> Range<u32> {
        index + 1..self.node(index).end
    }

    pub(super) fn node(&self, index: u32) -> &Node {
        &self.tree.nodes[index as usize]
    }

    pub(super) fn tag(&self, index: u32) -> Tag {
        Tag::numbered(self.tree.tags[index as usize])
    }

    /// An element's attributes: names and values.
    pub(super) fn attributes(&self, index: u32) -> impl Iterator<Item = (&str, &str)> {
        self.tree.attributes[self.node(index).attributes.range()]
            .iter()
            .map(|attribute| {
                let start = attribute.name as usize;
                let name = &self.source[start..start + attribute.key.length()];
                (name, self.slice(attribute.value))
            })
    }

    /// The value of an element's attribute.
    #[inline]
    pub(super) fn attribute(&self, index: u32, name: &str) -> Option<&str> {
        self.attribute_with(index, Key::of(name), name)
    }

    /// The same, when the name's key is known already.
    pub(super) fn attribute_with(&self, index: u32, key: Key, name: &str) -> Option<&str> {
        self.tree.attributes[self.node(index).attributes.range()]
            .iter()
            .find(|known| known.is_named(self.source, key, name.as_bytes()))
            .map(|attribute| self.slice(attribute.value))
    }

    /// Some of the page's texts, one after another.
    pub(super) fn texts(&self, range: Range<usize>) -> impl Iterator<Item = &str> {
        self.tree.texts[range].iter().map(|text| self.slice(*text))
    }

    /// Visits everything inside an element, in order.
    pub(super) fn visit_pieces<'a>(&'a self, index: u32, visit: &mut dyn FnMut(Piece<'a>)) {
        let Node { texts, end, .. } = self.node(index);
        let (mut text, mut child) = (texts.start, index + 1);
        while child < *end {
            let inner = self.node(child);
            self.visit_texts(text..inner.texts.start, visit);
            let element = Element(Handle::Clean(self, child));
            visit(Piece::Open(element));
            self.visit_pieces(child, visit);
            visit(Piece::Close(element));
            (text, child) = (inner.texts.end, inner.end);
        }
        self.visit_texts(text..texts.end, visit);
    }

    fn visit_texts<'a>(&'a self, range: Range<u32>, visit: &mut dyn FnMut(Piece<'a>)) {
        let range = range.start as usize..range.end as usize;
        self.texts(range).for_each(|text| visit(Piece::Text(text)));
    }

    /// All text inside an element, white space at the ends removed.
    pub(super) fn text(&self, index: u32) -> Cow<'_, str> {
        let range = self.node(index).texts.range();
        match &self.tree.texts[range.clone()] {
            [] => Cow::Borrowed(""),
            [only] => Cow::Borrowed(trim(self.slice(*only))),
            _ => Cow::Owned(trimmed(self.texts(range).collect())),
        }
    }
}

/// `text` without white space at its ends: mostly there is none, which takes a
/// look at two bytes.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

fn trimmed(text: String) -> String {
    let inside = trim(&text);
    match inside.len() == text.len() {
        true => text,
        false => inside.to_owned(),
    }
}
