//! The clean reader: pages as a careful server writes them, and nothing else.
//!
//! It accepts a page only when every element is closed where it should be and
//! stands where it may, so that the standard's rules of repair have nothing to
//! do. For such a page its tree is the tree that the standard prescribes; any
//! other page it declines.

use memchr::{memchr, memchr2, memmem};

use super::{
    bytes::find_either,
    nesting::{Inside, Open},
    scanner::Scanner,
    tag::{Kind, Tag},
    tree::{Attribute, CleanPage, Node, Span, Text, Tree},
    word::Key,
};

/// Why a page was declined, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declined {
    /// The byte at which it became clear.
    pub(super) at: usize,
    /// What is there.
    pub(super) why: &'static str,
}

const ID: Key = Key::of("id");
const CLASS: Key = Key::of("class");
const PREFORMATTED: Key = Key::of("pre");

/// How deep elements may nest.
const DEEPEST: usize = 200;

/// Reads a page, or declines it.
pub(super) fn read(source: &str) -> Result<CleanPage<'_>, Declined> {
    let mut reader = Reader {
        scanner: Scanner::new(source),
        page: CleanPage {
            source,
            tree: Tree::empty(),
        },
        open: Vec::with_capacity(32),
    };
    reader.read_page()?;
    Ok(reader.page)
}

struct Reader<'b> {
    scanner: Scanner<'b>,
    page: CleanPage<'b>,
    open: Vec<Open>,
}

impl Reader<'_> {
    fn read_page(&mut self) -> Result<(), Declined> {
        let source = self.scanner.source;
        if source.len() > u32::MAX as usize {
            return self.decline("a page of 4 GiB");
        }
        if let Some(at) = memchr2(b'\r', b'\0', source.as_bytes()) {
            self.scanner.at = at;
            return self.decline("a carriage return or a NUL");
        }
        self.read_blank(false)?;
        if !self.scanner.eat_ignoring_case("<!doctype html>") {
            return self.decline("no <!DOCTYPE html>");
        }
        self.read_blank(false)?;
        self.read_frame_start("html")?;
        self.read_blank(false)?;
        self.read_frame_start("head")?;
        self.read_head()?;
        self.read_blank(true)?;
        let body = self.read_frame_start("body")?;
        self.read_body()?;
        self.read_blank(true)?;
        if !self.scanner.eat("</html>") {
            return self.decline("something between </body> and </html>");
        }
        self.read_blank(true)?;
        if self.scanner.peek().is_some() {
            return self.decline("something after </html>");
        }
        // White space after the body belongs to the body all the same.
        self.end_element(body);
        self.close();
        Ok(())
    }

    fn decline<T>(&self, why: &'static str) -> Result<T, Declined> {
        Err(Declined {
            at: self.scanner.at,
            why,
        })
    }

    /// White space, kept as text or dropped, and comments.
    fn read_blank(&mut self, is_kept: bool) -> Result<(), Declined> {
        loop {
            let start = self.scanner.at;
            self.scanner.skip_white_space();
            if is_kept {
                self.push_text(start, false);
            }
            if !self.scanner.is_at("<!--") {
                return Ok(());
            }
            self.read_comment()?;
        }
    }

    fn read_comment(&mut self) -> Result<(), Declined> {
        if !self.scanner.eat("<!--") {
            return self.decline("<! that begins no comment");
        }
        let rest = self.scanner.rest();
        match memmem::find(rest, b"--") {
            // A comment that begins with `>` or `->` would end there.
            Some(length)
                if rest[length..].starts_with(b"-->")
                    && !rest.starts_with(b">")
                    && !rest.starts_with(b"->") =>
            {
                self.scanner.at += length + 3;
                Ok(())
            }
            _ => self.decline("a comment with -- inside"),
        }
    }

    /// Opens `html`, `head` or `body`; gives its index.
    fn read_frame_start(&mut self, expected: &str) -> Result<u32, Declined> {
        let index = self.page.tree.nodes.len() as u32;
        if self.scanner.eat("<") {
            let (key, name) = self.scanner.name()?;
            if let (Some(element), true) = (Tag::of(key, name), name == expected.as_bytes()) {
                self.open_element(key, element, Inside::NOTHING)?;
                return Ok(index);
            }
        }
        self.decline("not <html>, <head> and <body> in order")
    }

    fn read_head(&mut self) -> Result<(), Declined> {
        loop {
            self.read_blank(true)?;
            if self.scanner.eat("</head>") {
                self.close();
                return Ok(());
            }
            if !self.scanner.eat("<") {
                return self.decline("text in the head");
            }
            let (key, name) = self.scanner.name()?;
            match Tag::of(key, name) {
                Some(element @ (_, Kind::Metadata | Kind::Title | Kind::Raw)) => {
                    self.open_element(key, element, Inside::NOTHING)?;
                }
                _ => return self.decline("an element that does not belong into the head"),
            }
        }
    }

    fn read_body(&mut self) -> Result<(), Declined> {
        let outside = self.open.len() - 1;
        while self.open.len() > outside {
            self.read_text()?;
            match self.scanner.rest() {
                [b'<', b'/', ..] => self.read_end_tag()?,
                [b'<', b'!', ..] => self.read_comment()?,
                _ => self.read_start_tag()?,
            }
        }
        Ok(())
    }

    /// Text up to the next `<`.
    fn read_text(&mut self) -> Result<(), Declined> {
        let start = self.scanner.at;
        let mut is_escaped = false;
        loop {
            match find_either(self.scanner.rest(), b'<', b'&') {
                None => return self.decline("the end of the page inside an element"),
                Some(length) => self.scanner.at += length,
            }
            if self.scanner.peek() == Some(b'<') {
                break;
            }
            self.scanner.reference()?;
            is_escaped = true;
        }
        self.push_text(start, is_escaped);
        Ok(())
    }

    #[inline]
    fn push_text(&mut self, start: usize, is_escaped: bool) {
        let end = self.scanner.at;
        if start < end {
            self.page.tree.texts.push(Text {
                span: Span::new(start, end),
                is_escaped,
            });
        }
    }

    #[inline(always)]
    fn read_end_tag(&mut self) -> Result<(), Declined> {
        let Some(innermost) = self.open.last().copied() else {
            return self.decline("an end tag where nothing is open");
        };
        if !self.scanner.eat_end_tag(innermost.name, innermost.tag) {
            return self.decline("an end tag that does not fit");
        }
        self.close();
        Ok(())
    }

    fn read_start_tag(&mut self) -> Result<(), Declined> {
        self.scanner.at += 1;
        let (key, name) = self.scanner.name()?;
        let Some((tag, kind)) = Tag::of(key, name) else {
            return self.decline("an element with rules of its own");
        };
        let Some(parent) = self.open.last().copied() else {
            return self.decline("an element outside the body");
        };
        if !parent.may_hold(kind) {
            return self.decline("an element where it may not stand");
        }
        self.open_element(key, (tag, kind), parent.inside.and(kind))
    }

    /// Reads the attributes of a start tag and the content of those elements
    /// that hold none or text alone; leaves other elements open.
    fn open_element(
        &mut self,
        name: Key,
        (tag, kind): (Tag, Kind),
        inside: Inside,
    ) -> Result<(), Declined> {
        if self.open.len() >= DEEPEST {
            return self.decline("elements nested too deep");
        }
        let attributes = self.scanner.attributes(&mut self.page.tree)?;
        let is_void = matches!(kind, Kind::Void | Kind::Metadata | Kind::Rule);
        let is_closed = self.scanner.eat("/");
        if !self.scanner.eat(">") || (is_closed && !is_void) {
            return self.decline("a tag that is not closed by >");
        }
        let node = self.push_node(tag, attributes);
        if is_void {
            return Ok(());
        }
        self.open.push(Open {
            node,
            name,
            tag,
            inside,
        });
        match kind {
            Kind::Title => self.read_plain_content(),
            Kind::TextArea => {
                self.scanner.eat("\n");
                self.read_plain_content()
            }
            Kind::Raw => self.read_raw_content(),
            _ => {
                if name == PREFORMATTED {
                    self.scanner.eat("\n");
                }
                Ok(())
            }
        }
    }

    #[inline(always)]
    fn push_node(&mut self, tag: Tag, attributes: Span) -> u32 {
        let tree = &mut self.page.tree;
        let node = tree.nodes.len() as u32;
        let texts = tree.texts.len();
        let mut class = Key::NONE;
        for attribute in &tree.attributes[attributes.range()] {
            match attribute.key {
                ID => tree.with_id.push(node),
                CLASS => class = class_key(attribute, self.scanner.source),
                _ => {}
            }
        }
        tree.classes.push(class);
        tree.tags.push(tag.number());
        tree.nodes.push(Node {
            parent: self.open.last().map_or(node, |open| open.node),
            end: node + 1,
            attributes,
            texts: Span::new(texts, texts),
        });
        node
    }

    #[inline]
    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.end_element(open.node);
        }
    }

    /// Lets an element reach as far as the page has been read.
    #[inline]
    fn end_element(&mut self, index: u32) {
        let tree = &mut self.page.tree;
        let (nodes, texts) = (tree.nodes.len() as u32, tree.texts.len() as u32);
        let node = &mut tree.nodes[index as usize];
        node.end = nodes;
        node.texts.end = texts;
    }

    /// The content of `title` and `textarea`: no `<` but that of the end tag.
    fn read_plain_content(&mut self) -> Result<(), Declined> {
        self.read_text()?;
        if !self.scanner.is_at("</") {
            return self.decline("a < inside plain text");
        }
        self.read_end_tag()
    }

    /// The content of `script` and `style`: no `</` but that of the end tag,
    /// and no `<!`, behind which scripts have rules of their own.
    fn read_raw_content(&mut self) -> Result<(), Declined> {
        let start = self.scanner.at;
        loop {
            match memchr(b'<', self.scanner.rest()) {
                None => return self.decline("the end of the page inside a script"),
                Some(length) => self.scanner.at += length,
            }
            match self.scanner.rest() {
                [_, b'/', ..] => break,
                [_, b'!', ..] => return self.decline("<! inside a script"),
                _ => self.scanner.at += 1,
            }
        }
        self.push_text(start, false);
        self.read_end_tag()
    }
}

/// The key of the one class that an attribute names.
fn class_key(attribute: &Attribute, source: &str) -> Key {
    if attribute.is_decoded {
        return Key::SEVERAL;
    }
    let range = attribute.value.range();
    let length = range.len();
    let rest = &source.as_bytes()[range.start..];
    match length {
        0 => Key::NONE,
        1..=Key::LONGEST if !rest[..length].iter().any(u8::is_ascii_whitespace) => {
            Key::at_start(rest, length)
        }
        _ => Key::SEVERAL,
    }
}
