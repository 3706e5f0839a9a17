//! The words of HTML: names, attributes, texts and references.
//!
//! Each is looked for at a place, and the place behind it is given back: so the
//! place of the reader stays in a register.

use super::{
    bytes::{Block, find_either, letters, name_length, window},
    reader::{Declined, decline},
    reference,
    tag::Tag,
    tree::{Attribute, Span, Text, Tree},
    word::Key,
};

/// How many attributes one element may have.
const MOST_ATTRIBUTES: usize = 30;

const ID: Key = Key::of("id");
const CLASS: Key = Key::of("class");

/// A page to read words from.
#[derive(Clone, Copy)]
pub(super) struct Scanner<'b> {
    pub(super) source: &'b str,
}

impl<'b> Scanner<'b> {
    #[inline(always)]
    pub(super) fn rest(self, at: usize) -> &'b [u8] {
        &self.source.as_bytes()[at..]
    }

    #[inline(always)]
    pub(super) fn peek(self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    #[inline(always)]
    pub(super) fn is_at(self, at: usize, expected: &str) -> bool {
        self.rest(at).starts_with(expected.as_bytes())
    }

    /// Passes `expected`, if it is here.
    #[inline(always)]
    pub(super) fn eat(self, at: usize, expected: &str) -> Option<usize> {
        self.is_at(at, expected).then_some(at + expected.len())
    }

    /// The same, in letters of either case.
    pub(super) fn eat_ignoring_case(self, at: usize, expected: &str) -> Option<usize> {
        let here = self.rest(at).get(..expected.len())?;
        let is_there = here.eq_ignore_ascii_case(expected.as_bytes());
        is_there.then_some(at + expected.len())
    }

    pub(super) fn skip_white_space(self, at: usize) -> usize {
        let rest = self.rest(at);
        let length = rest.iter().position(|byte| !is_white_space(*byte));
        at + length.unwrap_or(rest.len())
    }

    /// The element whose name is here, and the place behind that; none when the
    /// clean reader does not know it.
    #[inline(always)]
    pub(super) fn tag(self, at: usize) -> Option<(Tag, usize)> {
        let rest = self.rest(at);
        let window = window(rest);
        // Most names are a few letters. What is taken for one here and is none
        // is not known, or something else than white space or `>` follows it.
        let length = letters(window);
        if length <= Key::EXACT
            && let Some(tag) = Tag::at_once(Key::beginning(window, length))
        {
            return Some((tag, at + length));
        }
        self.long_tag(at)
    }

    /// The same for any name.
    #[inline(never)]
    fn long_tag(self, at: usize) -> Option<(Tag, usize)> {
        let rest = self.rest(at);
        let length @ 1..=Key::LONGEST = name_length(rest) else {
            return None;
        };
        let tag = Tag::of(Key::at_start(rest, length), &rest[..length])?;
        Some((tag, at + length))
    }

    /// Passes the end tag of an element, if it is here.
    #[inline(always)]
    pub(super) fn eat_end_tag(self, at: usize, tag: Tag) -> Option<usize> {
        let length = tag.element().end_tag.length_at_start(self.rest(at))?;
        Some(at + length)
    }

    /// Whether a byte of the page is that one.
    #[inline(always)]
    pub(super) fn is_byte(self, at: usize, expected: u8) -> bool {
        self.source.as_bytes()[at] == expected
    }

    /// The place of the first `end` or `&`.
    #[inline(always)]
    pub(super) fn stop(self, at: usize, end: u8) -> Result<usize, Declined> {
        match find_either(self.rest(at), end, b'&') {
            Some(length) => Ok(at + length),
            None => decline(at, "something that does not end"),
        }
    }

    /// Text up to the first `end`, and where that is, each character reference
    /// replaced by its character; `stop` is the first of `end` and `&`.
    #[inline(never)]
    pub(super) fn decoded_text(
        self,
        start: usize,
        stop: usize,
        end: u8,
        tree: &mut Tree,
    ) -> Result<(Text, usize), Declined> {
        let first = tree.decoded.len();
        let (mut from, mut at) = (start, stop);
        while !self.is_byte(at, end) {
            let Some((c, length)) = reference::first(self.rest(at)) else {
                return decline(at, "an unusual character reference");
            };
            tree.decoded.push_str(&self.source[from..at]);
            tree.decoded.push(c);
            from = at + length;
            at = self.stop(from, end)?;
        }
        tree.decoded.push_str(&self.source[from..at]);
        Ok((Text::decoded(first, tree.decoded.len()), at))
    }

    /// The attributes of a start tag, up to its `/` or `>`. They are those of
    /// the last node of the tree.
    #[inline(never)]
    pub(super) fn attributes(self, mut at: usize, tree: &mut Tree) -> Result<usize, Declined> {
        let first = tree.attributes.len();
        loop {
            match self.peek(at) {
                Some(b' ') => at += 1,
                Some(b'>') => break,
                Some(b'\n' | b'\t' | b'\x0c') => at += 1,
                Some(b'/') => break,
                _ => return decline(at, "a tag that is not closed by >"),
            }
            at = match self.short_attribute(at) {
                Some((attribute, end)) => {
                    self.add_attribute(at, attribute, first, tree)?;
                    end
                }
                None => self.attribute(at, first, tree)?,
            };
        }
        let attributes = Span::new(first, tree.attributes.len());
        if let Some(node) = tree.nodes.last_mut() {
            node.attributes = attributes;
        }
        Ok(at)
    }

    /// An attribute of the commonest kind and the place behind it: a few bytes
    /// in double quotes, without character references.
    #[inline(always)]
    fn short_attribute(self, at: usize) -> Option<(Attribute, usize)> {
        let near: &[u8; 4 * Block::LENGTH] = self.rest(at).first_chunk()?;
        let length = Block::of(near).marks_outside_name().first()?;
        let start = length + 2;
        if length == 0 || near[length] != b'=' || near[length + 1] != b'"' {
            return None;
        }
        let value_length = Block::of(&near[start..]).marks_either(b'"', b'&').first();
        let value_length = match value_length {
            Some(length) => length,
            None => {
                let marks = Block::of(&near[start + Block::LENGTH..]).marks_either(b'"', b'&');
                Block::LENGTH + marks.first()?
            }
        };
        let end = start + value_length;
        let attribute = Attribute {
            key: Key::at_start(near, length),
            name: at as u32,
            value: Text::written(at + start, at + end),
        };
        (near[end] == b'"').then_some((attribute, at + end + 1))
    }

    /// An attribute of any kind, if there is a name.
    #[inline(never)]
    fn attribute(self, at: usize, first: usize, tree: &mut Tree) -> Result<usize, Declined> {
        let rest = self.rest(at);
        let length = name_length(rest);
        match length {
            // More white space or the end of the tag; the caller declines all else.
            0 => return Ok(at),
            1..=Key::LONGEST => {}
            _ => return decline(at, "the name of an attribute is too long"),
        }
        let (value, end) = match &rest[length..] {
            [b'=', quote @ (b'"' | b'\''), ..] => {
                let start = at + length + 2;
                let stop = self.stop(start, *quote)?;
                let (value, end) = match self.is_byte(stop, *quote) {
                    true => (Text::written(start, stop), stop),
                    false => self.decoded_text(start, stop, *quote, tree)?,
                };
                (value, end + 1)
            }
            [b'=', ..] => return decline(at, "an attribute without quotes"),
            _ => (Text::written(at, at), at + length),
        };
        let attribute = Attribute {
            key: Key::at_start(rest, length),
            name: at as u32,
            value,
        };
        self.add_attribute(at, attribute, first, tree)?;
        Ok(end)
    }

    /// Gives an attribute to the last node, whose others begin at `first`.
    #[inline(always)]
    fn add_attribute(
        self,
        at: usize,
        attribute: Attribute,
        first: usize,
        tree: &mut Tree,
    ) -> Result<(), Declined> {
        if tree.attributes.len() > first {
            let earlier = &tree.attributes[first..];
            let is_known = earlier.iter().any(|known| known.key == attribute.key);
            if earlier.len() >= MOST_ATTRIBUTES || (is_known && self.is_among(&attribute, earlier))
            {
                return decline(at, "an attribute that is there twice, or too many");
            }
        }
        if attribute.key == CLASS
            && let Some(node) = tree.nodes.last_mut()
        {
            node.class = match attribute.value.is_decoded {
                true => Key::SEVERAL,
                false => self.class_key(attribute.value.span),
            };
        }
        if attribute.key == ID {
            tree.with_id.push(tree.nodes.len() as u32 - 1);
        }
        tree.attributes.push(attribute);
        Ok(())
    }

    /// Whether one of the same name is among the earlier ones.
    #[cold]
    fn is_among(self, attribute: &Attribute, earlier: &[Attribute]) -> bool {
        let name = attribute.name(self.source);
        let is_same = |known: &Attribute| known.is_named(self.source, attribute.key, name);
        earlier.iter().any(is_same)
    }

    /// The key of the one class that a value names.
    #[inline(always)]
    fn class_key(self, value: Span) -> Key {
        let text = self.rest(value.start as usize);
        let length = value.range().len();
        let blank = Block::of(text).marks_blank().first();
        match (length, blank.unwrap_or(Block::LENGTH)) {
            (0, _) => Key::NONE,
            (length, blank) if length <= blank => Key::at_start(text, length),
            _ => Key::SEVERAL,
        }
    }
}

/// As the HTML standard has it; carriage returns never get this far.
#[inline(always)]
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0c')
}
