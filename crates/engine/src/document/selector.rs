//! The few CSS selectors that a benchmark needs, compiled once for each thread.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    ops::{ControlFlow, Range},
};

use rustc_hash::FxBuildHasher;

use super::{
    condition::{Condition, is_word},
    tag::Tag,
    tree::CleanPage,
    word::Key,
};

/// A selector for either reader's pages.
pub(super) struct Selector {
    /// For the clean reader.
    pub(super) clean: CleanSelector,
    /// For the strict one.
    pub(super) strict: scraper::Selector,
}

/// Alternatives, of which one has to match.
pub(super) struct CleanSelector(Vec<Path>);

/// Compounds from the outermost ancestor to the element itself.
struct Path {
    ancestors: Vec<Compound>,
    subject: Compound,
    /// The class, when it and the name are all that is wanted: the commonest
    /// kind, which takes no more than a look at two lists.
    only_class: Option<Key>,
}

/// What one element has to be.
struct Compound {
    name: NameTest,
    conditions: Vec<Condition>,
}

#[derive(Clone, Copy)]
enum NameTest {
    Any,
    Is(Tag),
    /// An element that no clean page holds.
    Foreign,
}

/// A literal's address and length: quicker to compare than its text, and the
/// same literal in two places only costs a second entry.
type Literal = (*const u8, usize);

/// How many literals a thread finds at once.
const RECENT: usize = 256;

thread_local! {
    static COMPILED: RefCell<HashMap<Literal, &'static Selector, FxBuildHasher>> =
        const { RefCell::new(HashMap::with_hasher(FxBuildHasher)) };
    /// The last one of each place: a literal has its place by its address.
    static LAST: [Cell<Option<(Literal, &'static Selector)>>; RECENT] =
        const { [const { Cell::new(None) }; RECENT] };
}

impl Selector {
    /// The compiled form of a literal.
    ///
    /// # Panics
    /// When it is more than elements, ids, classes, attributes, descendants
    /// and lists of these.
    #[inline]
    pub(super) fn of(text: &'static str) -> &'static Selector {
        let literal = (text.as_ptr(), text.len());
        let place = (literal.0.addr() / 4) % RECENT;
        LAST.with(|last| match last[place].get() {
            Some((known, selector)) if known == literal => selector,
            _ => {
                let selector = Selector::compiled(text);
                last[place].set(Some((literal, selector)));
                selector
            }
        })
    }

    #[cold]
    fn compiled(text: &'static str) -> &'static Selector {
        COMPILED.with_borrow_mut(|compiled| {
            *compiled
                .entry((text.as_ptr(), text.len()))
                .or_insert_with(|| Box::leak(Box::new(Selector::compile(text))))
        })
    }

    /// Every selector that this thread has used so far.
    pub(super) fn in_use() -> Vec<&'static Selector> {
        COMPILED.with_borrow(|compiled| compiled.values().copied().collect())
    }

    fn compile(text: &'static str) -> Selector {
        let known = "selectors are literals of the benchmark, of a kind that is supported";
        Selector {
            clean: CleanSelector::compile(text).expect(known),
            strict: scraper::Selector::parse(text).expect(known),
        }
    }
}

impl CleanSelector {
    /// None for what is not supported.
    fn compile(text: &'static str) -> Option<CleanSelector> {
        let paths = text.split(',').map(|path| {
            let mut compounds = path
                .split_ascii_whitespace()
                .map(Compound::compile)
                .collect::<Option<Vec<_>>>()?;
            let subject = compounds.pop()?;
            Some(Path {
                only_class: subject.only_class().filter(|_| compounds.is_empty()),
                ancestors: compounds,
                subject,
            })
        });
        paths.collect::<Option<_>>().map(CleanSelector)
    }

    /// Visits the elements of a range that match, in document order, until a
    /// visit breaks off.
    #[inline(always)]
    pub(super) fn visit(
        &self,
        page: &CleanPage<'_>,
        range: Range<u32>,
        mut visit: impl FnMut(u32) -> ControlFlow<()>,
    ) {
        let _ = match &self.0[..] {
            [path] => path.visit(page, range, visit),
            paths => range.into_iter().try_for_each(|index| {
                match paths.iter().any(|path| path.matches(page, index)) {
                    true => visit(index),
                    false => ControlFlow::Continue(()),
                }
            }),
        };
    }
}

impl Path {
    #[inline(always)]
    fn visit(
        &self,
        page: &CleanPage<'_>,
        range: Range<u32>,
        mut visit: impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut visit_if = |is_match: bool, index: u32| match is_match {
            true => visit(index),
            false => ControlFlow::Continue(()),
        };
        match (self.subject.name, self.only_class) {
            (NameTest::Is(tag), Some(class)) => page.tree.visit_tagged(tag, range, |index| {
                let known = page.node(index).class;
                let is_match =
                    known == class || (known == Key::SEVERAL && self.matches(page, index));
                visit_if(is_match, index)
            }),
            (NameTest::Is(tag), None) => page.tree.visit_tagged(tag, range, |index| {
                visit_if(self.matches(page, index), index)
            }),
            _ if self.subject.needs_id() => {
                let mut candidates = page.tree.with_id(range).iter();
                candidates.try_for_each(|index| visit_if(self.matches(page, *index), *index))
            }
            _ => range
                .into_iter()
                .try_for_each(|index| visit_if(self.matches(page, index), index)),
        }
    }

    #[inline(never)]
    fn matches(&self, page: &CleanPage<'_>, index: u32) -> bool {
        self.subject.matches(page, index)
            && (self.ancestors.is_empty() || self.has_ancestors(page, index))
    }

    fn has_ancestors(&self, page: &CleanPage<'_>, index: u32) -> bool {
        let mut wanted = self.ancestors.iter().rev().peekable();
        let mut at = index;
        while let Some(compound) = wanted.peek() {
            let parent = page.node(at).parent;
            if parent == at {
                return false;
            }
            at = parent;
            if compound.matches(page, at) {
                wanted.next();
            }
        }
        true
    }
}

impl Compound {
    fn compile(text: &'static str) -> Option<Compound> {
        let name_end = text.find(['#', '.', '[']).unwrap_or(text.len());
        let (name, mut rest) = text.split_at(name_end);
        let mut compound = Compound {
            name: NameTest::compile(name)?,
            conditions: Vec::new(),
        };
        while let Some(sign) = rest.chars().next() {
            rest = &rest[1..];
            let end = match sign {
                '[' => rest.find(']')?,
                _ => rest.find(['#', '.', '[']).unwrap_or(rest.len()),
            };
            let (word, after) = rest.split_at(end);
            compound.conditions.push(Condition::compile(sign, word)?);
            rest = after.strip_prefix(']').unwrap_or(after);
        }
        Some(compound)
    }

    /// Its class, when it has a name besides and no other condition, and the
    /// class has a key that tells it from all others.
    fn only_class(&self) -> Option<Key> {
        match (self.name, &self.conditions[..]) {
            (NameTest::Is(_), [Condition::Class(class)]) => class.exact_key(),
            _ => None,
        }
    }

    fn needs_id(&self) -> bool {
        matches!(self.conditions[..], [Condition::Id(_), ..])
    }

    #[inline]
    fn matches(&self, page: &CleanPage<'_>, index: u32) -> bool {
        self.name.matches(page, index)
            && self
                .conditions
                .iter()
                .all(|condition| condition.matches(page, index))
    }
}

impl NameTest {
    fn compile(name: &str) -> Option<NameTest> {
        if name.is_empty() || name == "*" {
            return Some(NameTest::Any);
        }
        is_word(name).then(|| match Tag::of(Key::of(name), name.as_bytes()) {
            Some(tag) => NameTest::Is(tag),
            None => NameTest::Foreign,
        })
    }

    #[inline]
    fn matches(self, page: &CleanPage<'_>, index: u32) -> bool {
        match self {
            NameTest::Any => true,
            NameTest::Is(tag) => page.tag(index) == tag,
            NameTest::Foreign => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_supported_does_not_compile() {
        for good in [
            "a",
            "*",
            "#x",
            "p.a.b",
            "a[href]",
            "a[href='/x/y']",
            "main li.c",
            "form#a, form#b",
        ] {
            assert!(CleanSelector::compile(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a,",
            "a > b",
            "a:first-child",
            "a[b^=c]",
            "a[b='x",
            "A",
            ".",
            "[]",
            "a[b=/]",
        ] {
            assert!(CleanSelector::compile(bad).is_none(), "{bad}");
        }
    }
}
