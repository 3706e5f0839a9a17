//! The words of HTML: names, attributes, texts and references.
//!
//! Each is looked for at a place, and the place behind it is given back: so the
//! place of the reader stays in a register.

use super::{
    bytes::{Block, find_either, name_length},
    reader::{Declined, decline},
    reference,
    tag::Tag,
    tree::{Attribute, Span, Tree, Value},
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

    /// The name of an element, in lower case, and what may be done with it.
    #[inline(always)]
    pub(super) fn name(self, at: usize) -> Result<(Key, &'b [u8]), Declined> {
        let rest = self.rest(at);
        match name_length(rest) {
            length @ 1..=Key::LONGEST => Ok((Key::at_start(rest, length), &rest[..length])),
            _ => decline(at, "not the name of an element"),
        }
    }

    /// Passes the end tag of an element, if it is here.
    #[inline(always)]
    pub(super) fn eat_end_tag(self, at: usize, tag: Tag) -> Option<usize> {
        let length = tag.element().end_tag.length_at_start(self.rest(at))?;
        Some(at + length)
    }

    /// Text up to the next `<`: where that is, and whether it has character
    /// references.
    #[inline(always)]
    pub(super) fn text(self, at: usize) -> Result<(usize, bool), Declined> {
        let stop = self.stop(at, b'<')?;
        match self.source.as_bytes()[stop] {
            b'<' => Ok((stop, false)),
            _ => Ok((self.end_of_escaped(stop, b'<')?, true)),
        }
    }

    /// The place of the first `end` or `&`.
    #[inline(always)]
    fn stop(self, at: usize, end: u8) -> Result<usize, Declined> {
        match find_either(self.rest(at), end, b'&') {
            Some(length) => Ok(at + length),
            None => decline(at, "something that does not end"),
        }
    }

    /// The place of the first `end` behind character references, the first of
    /// which is here.
    #[inline(never)]
    fn end_of_escaped(self, mut at: usize, end: u8) -> Result<usize, Declined> {
        while self.source.as_bytes()[at] == b'&' {
            match reference::first(self.rest(at)) {
                Some((_, length)) => at = self.stop(at + length, end)?,
                None => return decline(at, "an unusual character reference"),
            }
        }
        Ok(at)
    }

    /// The attributes of a start tag, up to its `/` or `>`. They are those of
    /// the last node of the tree.
    #[inline(never)]
    pub(super) fn attributes(self, mut at: usize, tree: &mut Tree) -> Result<usize, Declined> {
        let first = tree.attributes.len();
        loop {
            match self.peek(at) {
                Some(b' ') => at += 1,
                Some(b'>' | b'/') => break,
                Some(byte) if is_white_space(byte) => at += 1,
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
            value: Value::Written(Span::new(at + start, at + end)),
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
            [b'=', quote @ (b'"' | b'\''), ..] => self.value(at + length + 2, *quote, tree)?,
            [b'=', ..] => return decline(at, "an attribute without quotes"),
            _ => (Value::Written(Span::new(at, at)), at + length),
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
        let earlier = &tree.attributes[first..];
        let is_known = earlier.iter().any(|known| known.key == attribute.key);
        if earlier.len() >= MOST_ATTRIBUTES || (is_known && self.is_among(&attribute, earlier)) {
            return decline(at, "an attribute that is there twice, or too many");
        }
        if attribute.key == CLASS {
            let class = self.class_key(attribute.value);
            if let Some(node) = tree.nodes.last_mut() {
                node.class = class;
            }
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

    /// The value up to its quote, and the place behind that.
    #[inline(always)]
    fn value(self, start: usize, quote: u8, tree: &mut Tree) -> Result<(Value, usize), Declined> {
        let stop = match quote {
            b'"' => self.stop(start, b'"')?,
            _ => self.stop(start, b'\'')?,
        };
        if self.source.as_bytes()[stop] == quote {
            return Ok((Value::Written(Span::new(start, stop)), stop + 1));
        }
        let end = self.end_of_escaped(stop, quote)?;
        Ok((Value::Decoded(tree.decode(&self.source[start..end])), end + 1))
    }

    /// The key of the one class that an attribute names.
    #[inline(never)]
    fn class_key(self, value: Value) -> Key {
        let Value::Written(span) = value else {
            return Key::SEVERAL;
        };
        let length = span.range().len();
        let text = self.rest(span.range().start);
        match Block::of(text).marks_blank().first() {
            _ if length > Block::LENGTH => Key::SEVERAL,
            Some(place) if place < length => Key::SEVERAL,
            _ if length == 0 => Key::NONE,
            _ => Key::at_start(text, length),
        }
    }
}

/// As the HTML standard has it; carriage returns never get this far.
#[inline(always)]
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0c')
}
