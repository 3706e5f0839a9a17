//! The clean reader: pages as a careful server writes them, and nothing else.
//!
//! It accepts a page only when every element is closed where it should be and
//! stands where it may, so that the standard's rules of repair have nothing to
//! do. For such a page its tree is the tree that the standard prescribes; any
//! other page it declines.

use memchr::{memchr, memchr2, memmem};

use super::{
    nesting::Open,
    scanner::Scanner,
    tag::Kind,
    tree::{CleanPage, Node, Span, Text, Tree},
    word::Key,
};

/// Why a page was declined, and where: boxed, so that what goes well costs
/// nothing to return.
#[derive(Debug)]
pub(super) struct Declined(Box<(usize, &'static str)>);

impl Declined {
    /// The byte at which it became clear.
    pub(super) fn at(&self) -> usize {
        self.0.0
    }

    /// What is there.
    pub(super) fn why(&self) -> &'static str {
        self.0.1
    }
}

/// How deep elements may nest.
const DEEPEST: usize = 200;

/// Leaves the page to the strict reader.
#[cold]
pub(super) fn decline<T>(at: usize, why: &'static str) -> Result<T, Declined> {
    Err(Declined(Box::new((at, why))))
}

/// Reads a page, or declines it.
pub(super) fn read(source: &str) -> Result<CleanPage<'_>, Declined> {
    if source.len() > u32::MAX as usize {
        return decline(0, "a page of 4 GiB");
    }
    if let Some(at) = memchr2(b'\r', b'\0', source.as_bytes()) {
        return decline(at, "a carriage return or a NUL");
    }
    let mut page = CleanPage {
        source,
        tree: Tree::empty(),
    };
    let reader = Reader {
        scanner: Scanner { source },
        tree: &mut page.tree,
        open: Vec::with_capacity(32),
    };
    reader.read_page()?;
    Ok(page)
}

/// Its functions begin at a place and give back the place behind what they read.
struct Reader<'b, 't> {
    scanner: Scanner<'b>,
    tree: &'t mut Tree,
    open: Vec<Open>,
}

impl Reader<'_, '_> {
    fn read_page(mut self) -> Result<(), Declined> {
        let mut at = self.read_blank(0, false)?;
        match self.scanner.eat_ignoring_case(at, "<!doctype html>") {
            Some(end) => at = self.read_blank(end, false)?,
            None => return decline(at, "no <!DOCTYPE html>"),
        }
        at = self.read_frame_start(at, "html")?;
        at = self.read_blank(at, false)?;
        at = self.read_frame_start(at, "head")?;
        at = self.read_head(at)?;
        at = self.read_blank(at, true)?;
        let body = self.tree.nodes.len() as u32;
        at = self.read_frame_start(at, "body")?;
        at = self.read_body(at)?;
        at = self.read_blank(at, true)?;
        match self.scanner.eat(at, "</html>") {
            Some(end) => at = self.read_blank(end, true)?,
            None => return decline(at, "something between </body> and </html>"),
        }
        if self.scanner.peek(at).is_some() {
            return decline(at, "something after </html>");
        }
        // White space after the body belongs to the body all the same.
        self.end_element(body);
        self.close();
        self.tree.finish();
        Ok(())
    }

    /// White space, kept as text or dropped, and comments.
    fn read_blank(&mut self, mut at: usize, is_kept: bool) -> Result<usize, Declined> {
        loop {
            let start = at;
            at = self.scanner.skip_white_space(at);
            if is_kept {
                self.push_text(Text::written(start, at));
            }
            if !self.scanner.is_at(at, "<!--") {
                return Ok(at);
            }
            at = self.read_comment(at)?;
        }
    }

    #[inline(never)]
    fn read_comment(&mut self, at: usize) -> Result<usize, Declined> {
        let Some(start) = self.scanner.eat(at, "<!--") else {
            return decline(at, "<! that begins no comment");
        };
        let rest = self.scanner.rest(start);
        match memmem::find(rest, b"--") {
            // A comment that begins with `>` or `->` would end there.
            Some(length)
                if rest[length..].starts_with(b"-->")
                    && !rest.starts_with(b">")
                    && !rest.starts_with(b"->") =>
            {
                Ok(start + length + 3)
            }
            _ => decline(start, "a comment with -- inside"),
        }
    }

    /// Opens `html`, `head` or `body`.
    fn read_frame_start(&mut self, at: usize, expected: &str) -> Result<usize, Declined> {
        if let Some(start) = self.scanner.eat(at, "<")
            && let Some((tag, end)) = self.scanner.tag(start)
            && tag.name() == expected
        {
            let open = Open::frame(self.tree.nodes.len() as u32, tag);
            return self.open_element(end, open);
        }
        decline(at, "not <html>, <head> and <body> in order")
    }

    fn read_head(&mut self, mut at: usize) -> Result<usize, Declined> {
        loop {
            at = self.read_blank(at, true)?;
            if let Some(end) = self.scanner.eat(at, "</head>") {
                self.close();
                return Ok(end);
            }
            match self.scanner.eat(at, "<") {
                Some(start) => at = start,
                None => return decline(at, "text in the head"),
            }
            let tag = self.scanner.tag(at).filter(|(tag, _)| {
                let kind = tag.element().kind;
                matches!(kind, Kind::Metadata | Kind::Title | Kind::Raw)
            });
            let Some((tag, end)) = tag else {
                return decline(at, "an element that does not belong into the head");
            };
            let open = Open::frame(self.tree.nodes.len() as u32, tag);
            at = self.open_element(end, open)?;
        }
    }

    fn read_body(&mut self, mut at: usize) -> Result<usize, Declined> {
        let outside = self.open.len() - 1;
        while self.open.len() > outside {
            at = self.read_text(at)?;
            at = match self.scanner.rest(at) {
                [b'<', b'/', ..] => self.read_end_tag(at)?,
                [b'<', b'!', ..] => self.read_comment(at)?,
                _ => self.read_start_tag(at)?,
            }
        }
        Ok(at)
    }

    /// Text up to the next `<`.
    #[inline(always)]
    fn read_text(&mut self, at: usize) -> Result<usize, Declined> {
        let stop = self.scanner.stop(at, b'<')?;
        match self.scanner.is_byte(stop, b'<') {
            true => {
                self.push_text(Text::written(at, stop));
                Ok(stop)
            }
            false => self.read_escaped_text(at, stop),
        }
    }

    /// The same, when a character reference is the first thing to stop at.
    #[inline(never)]
    fn read_escaped_text(&mut self, at: usize, stop: usize) -> Result<usize, Declined> {
        let (text, end) = self.scanner.decoded_text(at, stop, b'<', self.tree)?;
        self.push_text(text);
        Ok(end)
    }

    #[inline(always)]
    fn push_text(&mut self, text: Text) {
        if !text.span.range().is_empty() {
            self.tree.texts.push(text);
        }
    }

    #[inline(always)]
    fn read_end_tag(&mut self, at: usize) -> Result<usize, Declined> {
        let Some(innermost) = self.open.last() else {
            return decline(at, "an end tag where nothing is open");
        };
        let Some(end) = self.scanner.eat_end_tag(at, innermost.tag) else {
            return decline(at, "an end tag that does not fit");
        };
        self.close();
        Ok(end)
    }

    #[inline(always)]
    fn read_start_tag(&mut self, at: usize) -> Result<usize, Declined> {
        let Some((tag, at)) = self.scanner.tag(at + 1) else {
            return decline(at, "an element with rules of its own");
        };
        let Some(parent) = self.open.last() else {
            return decline(at, "an element outside the body");
        };
        let Some(open) = parent.child(self.tree.nodes.len() as u32, tag) else {
            return decline(at, "an element where it may not stand");
        };
        self.open_element(at, open)
    }

    /// Reads the attributes of a start tag and the content of those elements
    /// that hold none or text alone; leaves other elements open.
    #[inline(always)]
    fn open_element(&mut self, at: usize, open: Open) -> Result<usize, Declined> {
        self.push_node(open);
        let at = match self.scanner.peek(at) {
            Some(b'>') => at,
            _ => self.scanner.attributes(at, self.tree)?,
        };
        let element = open.tag.element();
        let at = match self.scanner.rest(at) {
            [b'>', ..] => at + 1,
            [b'/', b'>', ..] if element.is_void() => at + 2,
            _ => return decline(at, "a tag that is not closed by >"),
        };
        if element.is_void() {
            return Ok(at);
        }
        if self.open.len() >= DEEPEST {
            return decline(at, "elements nested too deep");
        }
        self.open.push(open);
        match element.kind {
            Kind::Title | Kind::TextArea | Kind::Raw | Kind::Preformatted => {
                self.read_special_content(at, element.kind)
            }
            _ => Ok(at),
        }
    }

    #[inline(always)]
    fn push_node(&mut self, open: Open) {
        let texts = self.tree.texts.len();
        self.tree.tags.push(open.tag.number());
        self.tree.nodes.push(Node {
            class: Key::NONE,
            parent: self.open.last().map_or(open.node, |open| open.node),
            end: open.node + 1,
            attributes: Span::new(0, 0),
            texts: Span::new(texts, texts),
        });
    }

    #[inline(always)]
    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.end_element(open.node);
        }
    }

    /// Lets an element reach as far as the page has been read.
    #[inline(always)]
    fn end_element(&mut self, index: u32) {
        let (nodes, texts) = (self.tree.nodes.len() as u32, self.tree.texts.len() as u32);
        let node = &mut self.tree.nodes[index as usize];
        node.end = nodes;
        node.texts.end = texts;
    }

    /// The content of an element that does not hold elements alone.
    #[inline(never)]
    fn read_special_content(&mut self, at: usize, kind: Kind) -> Result<usize, Declined> {
        let behind_line_end = self.scanner.eat(at, "\n").unwrap_or(at);
        match kind {
            Kind::Title => self.read_plain_content(at),
            Kind::TextArea => self.read_plain_content(behind_line_end),
            Kind::Raw => self.read_raw_content(at),
            _ => Ok(behind_line_end),
        }
    }

    /// The content of `title` and `textarea`: no `<` but that of the end tag.
    #[inline(never)]
    fn read_plain_content(&mut self, at: usize) -> Result<usize, Declined> {
        let at = self.read_text(at)?;
        if !self.scanner.is_at(at, "</") {
            return decline(at, "a < inside plain text");
        }
        self.read_end_tag(at)
    }

    /// The content of `script` and `style`: no `</` but that of the end tag,
    /// and no `<!`, behind which scripts have rules of their own.
    #[inline(never)]
    fn read_raw_content(&mut self, start: usize) -> Result<usize, Declined> {
        let mut at = start;
        loop {
            match memchr(b'<', self.scanner.rest(at)) {
                None => return decline(at, "the end of the page inside a script"),
                Some(length) => at += length,
            }
            match self.scanner.rest(at) {
                [_, b'/', ..] => break,
                [_, b'!', ..] => return decline(at, "<! inside a script"),
                _ => at += 1,
            }
        }
        self.push_text(Text::written(start, at));
        self.read_end_tag(at)
    }
}
