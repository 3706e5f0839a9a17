//! Which element may stand in which, so that the standard leaves it there.

use super::tag::{Kind, Tag};

/// An element that is not closed yet.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) node: u32,
    pub(super) tag: Tag,
    /// What may not stand in it, however deep.
    banned: Kinds,
    /// What the standard leaves where it was written, as a child of it.
    allowed: Kinds,
}

/// A set of kinds.
#[derive(Clone, Copy)]
struct Kinds(u32);

/// What may stand in most elements.
const EVERYWHERE: Kinds = BLOCKS
    .without(Kinds::of(&[Kind::Item, Kind::Term]))
    .with(Kinds::of(&[
        Kind::Metadata,
        Kind::Void,
        Kind::TextArea,
        Kind::Raw,
        Kind::Phrase,
        Kind::Link,
        Kind::Button,
        Kind::Select,
    ]));

/// What no paragraph holds.
const BLOCKS: Kinds = Kinds::of(&[
    Kind::Block,
    Kind::Preformatted,
    Kind::Rule,
    Kind::Paragraph,
    Kind::Heading,
    Kind::Form,
    Kind::List,
    Kind::Item,
    Kind::Definitions,
    Kind::Term,
]);

impl Kinds {
    const NONE: Kinds = Kinds(0);
    const ALL: Kinds = Kinds(u32::MAX);

    const fn of(kinds: &[Kind]) -> Kinds {
        let mut set = Kinds::NONE;
        let mut at = 0;
        while at < kinds.len() {
            set.0 |= 1 << kinds[at] as u32;
            at += 1;
        }
        set
    }

    const fn with(self, more: Kinds) -> Kinds {
        Kinds(self.0 | more.0)
    }

    const fn without(self, less: Kinds) -> Kinds {
        Kinds(self.0 & !less.0)
    }
}

/// What an element of some kind may be in and may hold.
#[derive(Clone, Copy)]
pub(super) struct Nesting {
    /// Its own kind.
    is: Kinds,
    /// What may not stand in it, however deep.
    bans: Kinds,
    /// What has to be its child.
    hosts: Kinds,
}

impl Nesting {
    pub(super) const fn of(kind: Kind) -> Nesting {
        let is = Kinds::of(&[kind]);
        let bans = match kind {
            Kind::Paragraph => BLOCKS,
            Kind::Heading | Kind::Link | Kind::Button | Kind::Form => is,
            Kind::Select => Kinds::ALL.without(Kinds::of(&[Kind::Option])),
            Kind::Option => Kinds::ALL,
            _ => Kinds::NONE,
        };
        let hosts = match kind {
            Kind::List => Kinds::of(&[Kind::Item]),
            Kind::Definitions => Kinds::of(&[Kind::Term]),
            Kind::Select => Kinds::of(&[Kind::Option]),
            _ => Kinds::NONE,
        };
        Nesting { is, bans, hosts }
    }
}

impl Open {
    /// One of the elements that frame the page.
    pub(super) fn frame(node: u32, tag: Tag) -> Open {
        Open {
            node,
            tag,
            banned: Kinds::NONE,
            allowed: EVERYWHERE,
        }
    }

    /// An element inside this one; none where the standard would put it elsewhere.
    #[inline(always)]
    pub(super) fn child(&self, node: u32, tag: Tag) -> Option<Open> {
        let nesting = &tag.element().nesting;
        let banned = self.banned.with(nesting.bans);
        let child = Open {
            node,
            tag,
            banned,
            allowed: EVERYWHERE.with(nesting.hosts).without(banned),
        };
        (self.allowed.0 & nesting.is.0 != 0).then_some(child)
    }
}
