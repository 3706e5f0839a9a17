//! Ids, classes and attributes in selectors.

use super::{tree::CleanPage, word::Key};

/// What an element has to have.
pub(super) enum Condition {
    Id(&'static str),
    Class(Word),
    Has(Word),
    Equals(Word, &'static str),
    EqualsIgnoringCase(Word, &'static str),
}

/// A word with its key.
pub(super) struct Word {
    text: &'static str,
    key: Key,
}

/// Attributes whose values selectors compare without regard to case, as the
/// HTML standard lists them.
const CASELESS: &str = "\
    accept accept-charset align alink axis bgcolor charset checked clear \
    codetype color compact declare defer dir direction disabled enctype face \
    frame hreflang http-equiv lang language link media method multiple nohref \
    noresize noshade nowrap readonly rel rev rules scope scrolling selected \
    shape target text type valign valuetype vlink";

impl Condition {
    /// The condition after `#`, `.` or `[`; none for what is not supported.
    pub(super) fn compile(sign: char, word: &'static str) -> Option<Condition> {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if sign == '[' => (name, Some(value)),
            _ => (word, None),
        };
        is_word(name).then_some(())?;
        let word = Word::new(name);
        Some(match (sign, value) {
            ('#', _) => Condition::Id(name),
            ('.', _) => Condition::Class(word),
            (_, None) => Condition::Has(word),
            (_, Some(value)) if is_caseless(name) => {
                Condition::EqualsIgnoringCase(word, unquoted(value)?)
            }
            (_, Some(value)) => Condition::Equals(word, unquoted(value)?),
        })
    }

    /// Whether an element of a page meets it.
    #[inline]
    pub(super) fn matches(&self, page: &CleanPage<'_>, index: u32) -> bool {
        match self {
            Condition::Id(id) => page.attribute(index, "id") == Some(id),
            Condition::Class(class) => class.is_class_of(page, index),
            Condition::Has(name) => name.value_in(page, index).is_some(),
            Condition::Equals(name, value) => name.value_in(page, index) == Some(value),
            Condition::EqualsIgnoringCase(name, value) => name
                .value_in(page, index)
                .is_some_and(|known| known.eq_ignore_ascii_case(value)),
        }
    }
}

impl Word {
    fn new(text: &'static str) -> Word {
        let key = Key::of(text);
        Word { text, key }
    }

    /// Its key, if that alone tells the word.
    pub(super) fn exact_key(&self) -> Option<Key> {
        self.key.is_exact().then_some(self.key)
    }

    fn value_in<'a>(&self, page: &'a CleanPage<'_>, index: u32) -> Option<&'a str> {
        page.attribute_with(index, self.key, self.text)
    }

    #[inline]
    fn is_class_of(&self, page: &CleanPage<'_>, index: u32) -> bool {
        let known = page.node(index).class;
        if known == self.key && self.key.is_exact() {
            return true;
        }
        (known == self.key || known == Key::SEVERAL)
            && page.attribute(index, "class").is_some_and(|classes| {
                classes
                    .split_ascii_whitespace()
                    .any(|class| class == self.text)
            })
    }
}

fn is_caseless(attribute: &str) -> bool {
    CASELESS
        .split_ascii_whitespace()
        .any(|known| known == attribute)
}

/// Letters, digits, `-` and `_`, beginning with a letter.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= Key::LONGEST
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The value of an attribute, with the quotes taken off if it has any.
fn unquoted(value: &'static str) -> Option<&'static str> {
    let inside = ['\'', '"']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    match inside {
        Some(inside) => (!inside.contains(['\\', '\'', '"'])).then_some(inside),
        None => is_word(value).then_some(value),
    }
}
