//! The words of HTML: names, attributes and references.

use super::{
    bytes::find_either,
    reader::Declined,
    reference,
    tag::Tag,
    tree::{Attribute, Span, Tree},
    word::Key,
};

/// How many attributes one element may have.
const MOST_ATTRIBUTES: usize = 30;

/// The bytes that names of attributes are made of.
static ATTRIBUTE_NAME: [bool; 256] = {
    let mut is_part = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_part[byte] = matches!(byte as u8, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b':');
        byte += 1;
    }
    is_part
};

/// A place in a page.
pub(super) struct Scanner<'b> {
    pub(super) source: &'b str,
    /// The next byte to read.
    pub(super) at: usize,
}

impl<'b> Scanner<'b> {
    pub(super) fn new(source: &'b str) -> Self {
        Scanner { source, at: 0 }
    }

    #[inline]
    pub(super) fn rest(&self) -> &'b [u8] {
        &self.source.as_bytes()[self.at..]
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    #[inline]
    pub(super) fn is_at(&self, expected: &str) -> bool {
        self.rest().starts_with(expected.as_bytes())
    }

    #[inline]
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let is_there = self.is_at(expected);
        if is_there {
            self.at += expected.len();
        }
        is_there
    }

    pub(super) fn eat_ignoring_case(&mut self, expected: &str) -> bool {
        let is_there = self
            .rest()
            .get(..expected.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(expected.as_bytes()));
        if is_there {
            self.at += expected.len();
        }
        is_there
    }

    pub(super) fn skip_white_space(&mut self) {
        self.skip_while(is_white_space);
    }

    /// The name of an element, in lower case.
    pub(super) fn name(&mut self) -> Result<(Key, &'b [u8]), Declined> {
        let rest = self.rest();
        let is_part = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
        match rest.iter().position(|byte| !is_part(byte)) {
            Some(length @ 1..=Key::LONGEST) => {
                self.at += length;
                Ok((Key::at_start(rest, length), &rest[..length]))
            }
            _ => self.decline("not the name of an element"),
        }
    }

    /// Passes the end tag of an element, if it is here.
    #[inline]
    pub(super) fn eat_end_tag(&mut self, key: Key, tag: Tag) -> bool {
        let [b'<', b'/', rest @ ..] = self.rest() else {
            return false;
        };
        let length = key.length();
        let is_there = rest.get(length) == Some(&b'>')
            && Key::at_start(rest, length) == key
            && (key.is_exact() || rest.starts_with(tag.name().as_bytes()));
        if is_there {
            self.at += "</>".len() + length;
        }
        is_there
    }

    /// All attributes of a start tag, up to its `/` or `>`.
    #[inline]
    pub(super) fn attributes(&mut self, tree: &mut Tree) -> Result<Span, Declined> {
        let first = tree.attributes.len();
        // A bit for each key so far, so that most names are compared with none.
        let mut seen = 0_u64;
        loop {
            match self.peek() {
                Some(b'>' | b'/') => break,
                Some(byte) if is_white_space(byte) => self.at += 1,
                _ => return self.decline("a tag that is not closed by >"),
            }
            if !self.peek().is_some_and(is_attribute_name) {
                self.skip_white_space();
                if let Some(b'>' | b'/') = self.peek() {
                    break;
                }
            }
            let attribute = self.attribute(tree)?;
            let bit = 1 << (attribute.key.hash() >> 58);
            if seen & bit != 0 {
                self.refuse_twice(&attribute, &tree.attributes[first..])?;
            }
            seen |= bit;
            tree.attributes.push(attribute);
        }
        match tree.attributes.len() - first {
            0..=MOST_ATTRIBUTES => Ok(Span::new(first, tree.attributes.len())),
            _ => self.decline("too many attributes"),
        }
    }

    fn refuse_twice(&self, attribute: &Attribute, earlier: &[Attribute]) -> Result<(), Declined> {
        let name = &self.source.as_bytes()[attribute.name.range()];
        let is_same = |known: &Attribute| known.is_named(self.source, attribute.key, name);
        if earlier.len() > MOST_ATTRIBUTES || earlier.iter().any(is_same) {
            return self.decline("an attribute that is there twice, or too many");
        }
        Ok(())
    }

    #[inline]
    fn attribute(&mut self, tree: &mut Tree) -> Result<Attribute, Declined> {
        let start = self.at;
        let rest = self.rest();
        self.skip_while(is_attribute_name);
        let name = Span::new(start, self.at);
        let key = match self.at - start {
            length @ 1..=Key::LONGEST => Key::at_start(rest, length),
            _ => return self.decline("not the name of an attribute"),
        };
        let (value, is_decoded) = match &rest[self.at - start..] {
            [b'=', quote @ (b'"' | b'\''), ..] => self.value(*quote, tree)?,
            [b'=', ..] => return self.decline("an attribute without quotes"),
            _ => (Span::new(self.at, self.at), false),
        };
        Ok(Attribute {
            key,
            name,
            value,
            is_decoded,
        })
    }

    /// The value behind `=` and a quote, and whether it had to be decoded.
    #[inline]
    fn value(&mut self, quote: u8, tree: &mut Tree) -> Result<(Span, bool), Declined> {
        self.at += 2;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            match find_either(self.rest(), quote, b'&') {
                None => return self.decline("a quote that is not closed"),
                Some(length) => self.at += length,
            }
            if self.peek() == Some(quote) {
                break;
            }
            self.reference()?;
            is_escaped = true;
        }
        let written = Span::new(start, self.at);
        self.at += 1;
        if !is_escaped {
            return Ok((written, false));
        }
        let first = tree.decoded.len();
        reference::decode_into(&mut tree.decoded, &self.source[written.range()]);
        Ok((Span::new(first, tree.decoded.len()), true))
    }

    /// Skips one character reference.
    pub(super) fn reference(&mut self) -> Result<(), Declined> {
        match reference::first(&self.source[self.at..]) {
            Some((_, length)) => {
                self.at += length;
                Ok(())
            }
            None => self.decline("an unusual character reference"),
        }
    }

    #[inline]
    fn skip_while(&mut self, is_wanted: impl Fn(u8) -> bool) {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !is_wanted(*byte));
        self.at += length.unwrap_or(rest.len());
    }

    fn decline<T>(&self, why: &'static str) -> Result<T, Declined> {
        Err(Declined { at: self.at, why })
    }
}

fn is_attribute_name(byte: u8) -> bool {
    ATTRIBUTE_NAME[usize::from(byte)]
}

/// As the HTML standard has it; carriage returns never get this far.
fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0c')
}
