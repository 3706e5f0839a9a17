//! The elements that the clean reader knows, and what each may do.
//!
//! What is not listed here (tables, SVG, `noscript`, custom elements, …) has
//! rules of its own in the HTML standard and is left to the strict reader.

use super::{bytes::Prefix, nesting::Nesting, word::Key};

/// A known element: its place in [`KNOWN`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Tag(u8);

/// The rules of nesting that an element falls under.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `html`, `head` and `body`, each once and in order.
    Frame,
    /// Without content, allowed in the head and in the body.
    Metadata,
    /// Without content, allowed in the body.
    Void,
    /// `title`: text alone, in the head.
    Title,
    /// `textarea`: text alone, in the body.
    TextArea,
    /// `script` and `style`: text without character references.
    Raw,
    /// Phrases: may stand anywhere in the body.
    Phrase,
    /// `a`, not inside another.
    Link,
    /// `button`, not inside another.
    Button,
    /// `select`, holding options alone.
    Select,
    /// `option`, a child of `select`.
    Option,
    /// A block, not inside `p`.
    Block,
    /// `pre`, a block without the line end that it may begin with.
    Preformatted,
    /// `hr`, a block without content.
    Rule,
    /// `p`, a block that holds no block.
    Paragraph,
    /// A block, not inside another heading.
    Heading,
    /// A block, not inside another form.
    Form,
    /// A block that holds items.
    List,
    /// `li`, a child of a list.
    Item,
    /// `dl`, a block that holds terms.
    Definitions,
    /// `dt` and `dd`, children of `dl`.
    Term,
}

const KNOWN: &[(Kind, &[&str])] = &[
    (Kind::Frame, &["html", "head", "body"]),
    (Kind::Metadata, &["base", "link", "meta"]),
    (
        Kind::Void,
        &[
            "area", "br", "embed", "img", "input", "source", "track", "wbr",
        ],
    ),
    (Kind::Title, &["title"]),
    (Kind::TextArea, &["textarea"]),
    (Kind::Raw, &["script", "style"]),
    (
        Kind::Phrase,
        &[
            "abbr", "audio", "b", "bdi", "bdo", "canvas", "cite", "code", "data", "datalist",
            "del", "dfn", "em", "i", "ins", "kbd", "label", "legend", "map", "mark", "meter",
            "output", "picture", "progress", "q", "s", "samp", "slot", "small", "span", "strong",
            "sub", "sup", "time", "u", "var", "video",
        ],
    ),
    (Kind::Link, &["a"]),
    (Kind::Button, &["button"]),
    (Kind::Select, &["select"]),
    (Kind::Option, &["option"]),
    (
        Kind::Block,
        &[
            "address",
            "article",
            "aside",
            "blockquote",
            "details",
            "dialog",
            "div",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "header",
            "hgroup",
            "main",
            "nav",
            "search",
            "section",
            "summary",
        ],
    ),
    (Kind::Preformatted, &["pre"]),
    (Kind::Rule, &["hr"]),
    (Kind::Paragraph, &["p"]),
    (Kind::Heading, &["h1", "h2", "h3", "h4", "h5", "h6"]),
    (Kind::Form, &["form"]),
    (Kind::List, &["menu", "ol", "ul"]),
    (Kind::Item, &["li"]),
    (Kind::Definitions, &["dl"]),
    (Kind::Term, &["dd", "dt"]),
];

/// What the reader asks about a known element.
pub(super) struct Element {
    name: &'static str,
    pub(super) kind: Kind,
    pub(super) nesting: Nesting,
    /// `</`, the name and `>`.
    pub(super) end_tag: Prefix,
}

/// The known elements by their numbers.
static ELEMENTS: [Element; 256] = {
    let mut all = [const { Element::named("", Kind::Frame) }; 256];
    let mut place = 0;
    let mut group = 0;
    while group < KNOWN.len() {
        let (kind, names) = KNOWN[group];
        let mut at = 0;
        while at < names.len() {
            all[place] = Element::named(names[at], kind);
            place += 1;
            at += 1;
        }
        group += 1;
    }
    all
};

/// A hash table with open addressing, made by the compiler.
const SLOTS: usize = 512;
static TABLE: [(Key, Tag); SLOTS] = {
    let mut table = [(Key::NONE, Tag::NONE); SLOTS];
    let mut place = 0;
    while !ELEMENTS[place].name.is_empty() {
        let key = Key::of(ELEMENTS[place].name);
        let mut slot = slot_of(key);
        while table[slot].0.length() > 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = (key, Tag(place as u8));
        place += 1;
    }
    table
};

const fn slot_of(key: Key) -> usize {
    (key.hash() >> 55) as usize
}

impl Element {
    const fn named(name: &'static str, kind: Kind) -> Element {
        Element {
            name,
            kind,
            nesting: Nesting::of(kind),
            end_tag: Prefix::of("</").then(name).then(">"),
        }
    }

    /// Whether it has no content.
    #[inline(always)]
    pub(super) fn is_void(&self) -> bool {
        matches!(self.kind, Kind::Void | Kind::Metadata | Kind::Rule)
    }
}

impl Tag {
    /// No element's.
    pub(super) const NONE: Tag = Tag(u8::MAX);

    /// The element of that exact key, if it is found at once.
    #[inline(always)]
    pub(super) fn at_once(key: Key) -> Option<Tag> {
        let (known, tag) = TABLE[slot_of(key)];
        (known == key && key != Key::NONE).then_some(tag)
    }

    /// The element of that name; none when the clean reader does not know it.
    pub(super) fn of(key: Key, name: &[u8]) -> Option<Tag> {
        let mut slot = slot_of(key);
        loop {
            let (known, tag) = TABLE[slot];
            if known == Key::NONE {
                return None;
            }
            if known == key && (key.is_exact() || tag.name().as_bytes() == name) {
                return Some(tag);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// The number that stands for it in [`Tree::tags`](super::tree::Tree::tags).
    pub(super) fn number(self) -> u8 {
        self.0
    }

    /// The element of that number.
    pub(super) fn numbered(number: u8) -> Tag {
        Tag(number)
    }

    /// What is known about the element.
    #[inline(always)]
    pub(super) fn element(self) -> &'static Element {
        &ELEMENTS[usize::from(self.0)]
    }

    /// The name as text.
    pub(super) fn name(self) -> &'static str {
        self.element().name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_is_found_and_no_other() {
        for (kind, names) in KNOWN {
            for name in *names {
                let tag = Tag::of(Key::of(name), name.as_bytes()).expect("a known element");
                assert!(tag.element().kind == *kind, "{name}");
                assert_eq!(tag.name(), *name);
            }
        }
        for unknown in [
            "table",
            "svg",
            "di",
            "divv",
            "figcaptions",
            "figcaptiom",
            "",
        ] {
            assert!(
                Tag::of(Key::of(unknown), unknown.as_bytes()).is_none(),
                "{unknown}"
            );
        }
    }
}
