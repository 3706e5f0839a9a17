//! Which element may stand in which, so that the standard leaves it there.

use super::{
    tag::{Kind, Tag},
    word::Key,
};

const SELECT: Key = Key::of("select");
const DEFINITIONS: Key = Key::of("dl");
const LISTS: [Key; 3] = [Key::of("ul"), Key::of("ol"), Key::of("menu")];

/// An element that is not closed yet.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) node: u32,
    pub(super) name: Key,
    pub(super) tag: Tag,
    pub(super) inside: Inside,
}

/// Which elements with rules of their own are open.
#[derive(Clone, Copy)]
pub(super) struct Inside(u8);

impl Inside {
    /// None of them.
    pub(super) const NOTHING: Inside = Inside(0);
    const PARAGRAPH: Inside = Inside(1);
    const HEADING: Inside = Inside(2);
    const LINK: Inside = Inside(4);
    const BUTTON: Inside = Inside(8);
    const FORM: Inside = Inside(16);
    const SELECT: Inside = Inside(32);

    fn has(self, other: Inside) -> bool {
        self.0 & other.0 != 0
    }

    /// What is open inside an element of that kind.
    pub(super) fn and(self, kind: Kind) -> Inside {
        let more = match kind {
            Kind::Paragraph => Inside::PARAGRAPH,
            Kind::Heading => Inside::HEADING,
            Kind::Link => Inside::LINK,
            Kind::Button => Inside::BUTTON,
            Kind::Form => Inside::FORM,
            Kind::Select => Inside::SELECT,
            _ => Inside::NOTHING,
        };
        Inside(self.0 | more.0)
    }
}

impl Open {
    /// Whether the standard would leave an element of that kind where it was
    /// written, as a child of this one.
    pub(super) fn may_hold(&self, kind: Kind) -> bool {
        let inside = self.inside;
        let may_be_block = !inside.has(Inside::PARAGRAPH);
        if inside.has(Inside::SELECT) {
            return kind == Kind::Option && self.name == SELECT;
        }
        match kind {
            Kind::Frame | Kind::Title | Kind::Option => false,
            Kind::Metadata | Kind::Void | Kind::TextArea | Kind::Raw => true,
            Kind::Phrase | Kind::Select => true,
            Kind::Link => !inside.has(Inside::LINK),
            Kind::Button => !inside.has(Inside::BUTTON),
            Kind::Block | Kind::Rule | Kind::Paragraph => may_be_block,
            Kind::Heading => may_be_block && !inside.has(Inside::HEADING),
            Kind::Form => may_be_block && !inside.has(Inside::FORM),
            Kind::Item => may_be_block && LISTS.contains(&self.name),
            Kind::Term => may_be_block && self.name == DEFINITIONS,
        }
    }
}
