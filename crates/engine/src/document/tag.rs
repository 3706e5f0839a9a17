//! The elements that the clean reader knows, and what each may do.
//!
//! What is not listed here (tables, SVG, `noscript`, custom elements, …) has
//! rules of its own in the HTML standard and is left to the strict reader.

use super::word::Key;

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
    /// `hr`, a block without content.
    Rule,
    /// `p`, a block that holds no block.
    Paragraph,
    /// A block, not inside another heading.
    Heading,
    /// A block, not inside another form.
    Form,
    /// `li`, a child of a list.
    Item,
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
            "dl",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "header",
            "hgroup",
            "main",
            "menu",
            "nav",
            "ol",
            "pre",
            "search",
            "section",
            "summary",
            "ul",
        ],
    ),
    (Kind::Rule, &["hr"]),
    (Kind::Paragraph, &["p"]),
    (Kind::Heading, &["h1", "h2", "h3", "h4", "h5", "h6"]),
    (Kind::Form, &["form"]),
    (Kind::Item, &["li"]),
    (Kind::Term, &["dd", "dt"]),
];

/// A hash table with open addressing, made by the compiler.
const SLOTS: usize = 256;
static TABLE: [Option<(Key, Tag, Kind)>; SLOTS] = {
    let mut table = [None; SLOTS];
    let mut place = 0;
    let mut group = 0;
    while group < KNOWN.len() {
        let (kind, names) = KNOWN[group];
        let mut at = 0;
        while at < names.len() {
            let key = Key::of(names[at]);
            let mut slot = slot_of(key);
            while table[slot].is_some() {
                slot = (slot + 1) % SLOTS;
            }
            table[slot] = Some((key, Tag(place), kind));
            place += 1;
            at += 1;
        }
        group += 1;
    }
    table
};

/// The names by their numbers.
static NAMES: [&str; 256] = {
    let mut all = [""; 256];
    let mut place = 0;
    let mut group = 0;
    while group < KNOWN.len() {
        let names = KNOWN[group].1;
        let mut at = 0;
        while at < names.len() {
            all[place] = names[at];
            place += 1;
            at += 1;
        }
        group += 1;
    }
    all
};

const fn slot_of(key: Key) -> usize {
    (key.hash() >> 56) as usize
}

impl Tag {
    /// The element of that name and what it may do; none when the clean reader
    /// does not know it.
    #[inline]
    pub(super) fn of(key: Key, name: &[u8]) -> Option<(Tag, Kind)> {
        let mut slot = slot_of(key);
        while let Some((known, tag, kind)) = TABLE[slot] {
            if known == key && (key.is_exact() || tag.name().as_bytes() == name) {
                return Some((tag, kind));
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }

    /// The number that stands for it in [`Tree::tags`](super::tree::Tree::tags).
    pub(super) fn number(self) -> u8 {
        self.0
    }

    /// The element of that number.
    pub(super) fn numbered(number: u8) -> Tag {
        Tag(number)
    }

    /// The name as text.
    #[inline]
    pub(super) fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_name_is_found_and_no_other() {
        for (kind, names) in KNOWN {
            for name in *names {
                let (tag, found) =
                    Tag::of(Key::of(name), name.as_bytes()).expect("a known element");
                assert!(found == *kind, "{name}");
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
