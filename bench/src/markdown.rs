//! What an entry must look like: CommonMark, reduced to what can be compared.
//!
//! An outline is the elements of a text with nothing but their names, the
//! destinations of links, and the words; white space at the ends of blocks does
//! not count. It is made of the source and of the page, and must be the same.

use isutori_engine::document::{Element, Piece};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

/// The outline that the source of an entry must be shown with.
pub fn expected(source: &str) -> String {
    let mut outline = Outline::default();
    let mut is_link = false;
    for event in Parser::new(source) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                is_link = is_harmless(&dest_url);
                if is_link {
                    outline.open("a", Some(&dest_url));
                }
            }
            Event::End(TagEnd::Link) if is_link => outline.close("a"),
            Event::End(TagEnd::Link) => {}
            Event::Start(tag) => names(&tag).iter().for_each(|name| outline.open(name, None)),
            Event::End(tag) => {
                let names = names_of_end(tag);
                names.iter().for_each(|name| outline.close(name));
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => outline.text(&text),
            Event::Code(code) => {
                outline.open("code", None);
                outline.text(&code);
                outline.close("code");
            }
            Event::SoftBreak => outline.text("\n"),
            Event::HardBreak => outline.void("br"),
            Event::Rule => outline.void("hr"),
            // Extensions of CommonMark are not asked for.
            _ => {}
        }
    }
    outline.finish()
}

/// The outline of what an element shows.
pub fn shown(element: Element<'_>) -> String {
    let mut outline = Outline::default();
    element.visit_pieces(&mut |piece| match piece {
        Piece::Open(element) if is_void(element.name()) => outline.void(element.name()),
        Piece::Open(element) => outline.open(element.name(), element.attribute("href")),
        Piece::Text(text) => outline.text(text),
        Piece::Close(element) if is_void(element.name()) => {}
        Piece::Close(element) => outline.close(element.name()),
    });
    outline.finish()
}

/// Whether a link leads to a page, here or elsewhere.
fn is_harmless(destination: &str) -> bool {
    let is_path = destination.starts_with('/') && !destination.starts_with("//");
    is_path || destination.starts_with("http://") || destination.starts_with("https://")
}

fn is_void(name: &str) -> bool {
    ["br", "hr", "img"].contains(&name)
}

/// The elements that a piece of Markdown is shown as, the outermost first. Raw HTML is
/// a paragraph, and of a picture there are only the words.
fn names(tag: &Tag<'_>) -> &'static [&'static str] {
    match tag {
        Tag::Heading { level, .. } => heading(*level),
        Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) => &["pre", "code"],
        Tag::List(Some(_)) => &["ol"],
        Tag::List(None) => &["ul"],
        tag => names_of_end(tag.to_end()),
    }
}

/// The same, the innermost first.
fn names_of_end(tag: TagEnd) -> &'static [&'static str] {
    match tag {
        TagEnd::Paragraph | TagEnd::HtmlBlock => &["p"],
        TagEnd::Heading(level) => heading(level),
        TagEnd::BlockQuote(_) => &["blockquote"],
        TagEnd::CodeBlock => &["code", "pre"],
        TagEnd::List(true) => &["ol"],
        TagEnd::List(false) => &["ul"],
        TagEnd::Item => &["li"],
        TagEnd::Emphasis => &["em"],
        TagEnd::Strong => &["strong"],
        _ => &[],
    }
}

fn heading(level: HeadingLevel) -> &'static [&'static str] {
    match level {
        HeadingLevel::H1 => &["h1"],
        HeadingLevel::H2 => &["h2"],
        HeadingLevel::H3 => &["h3"],
        HeadingLevel::H4 => &["h4"],
        HeadingLevel::H5 => &["h5"],
        HeadingLevel::H6 => &["h6"],
    }
}

/// Elements that stand within a line. A line break is none of them: white space around it
/// does not count either.
const INLINE: [&str; 4] = ["a", "code", "em", "strong"];

#[derive(Default)]
struct Outline {
    done: String,
    /// Up to where white space is part of the text.
    settled: usize,
}

impl Outline {
    fn open(&mut self, name: &str, href: Option<&str>) {
        self.begin_tag(name);
        self.done.push_str(name);
        if let Some(href) = href {
            self.done.push_str(" href=");
            self.done.push_str(href);
        }
        self.end_tag();
    }

    fn void(&mut self, name: &str) {
        self.begin_tag(name);
        self.done.push_str(name);
        self.end_tag();
    }

    fn close(&mut self, name: &str) {
        self.begin_tag(name);
        self.done.push('/');
        self.done.push_str(name);
        self.end_tag();
    }

    fn begin_tag(&mut self, name: &str) {
        if !INLINE.contains(&name) {
            self.trim_end();
        }
        self.done.push('<');
    }

    fn end_tag(&mut self) {
        self.done.push('>');
        self.settled = self.done.len();
    }

    fn text(&mut self, text: &str) {
        let text = match self.begins_block() {
            true => text.trim_start(),
            false => text,
        };
        for c in text.chars() {
            match c {
                '<' => self.done.push_str("&lt;"),
                '&' => self.done.push_str("&amp;"),
                c => self.done.push(c),
            }
        }
    }

    /// Whether nothing has come since a block began or ended.
    fn begins_block(&self) -> bool {
        let Some(before) = self.done.strip_suffix('>') else {
            return self.done.is_empty();
        };
        let tag = before.rsplit('<').next().unwrap_or_default();
        let name = tag
            .trim_start_matches('/')
            .split(' ')
            .next()
            .unwrap_or_default();
        self.settled == self.done.len() && !INLINE.contains(&name)
    }

    fn trim_end(&mut self) {
        let kept = self.done[self.settled..].trim_end().len();
        self.done.truncate(self.settled + kept);
    }

    fn finish(mut self) -> String {
        self.trim_end();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use isutori_engine::document::Document;

    use super::*;

    fn outline_of(html: &str) -> String {
        let page = format!("<main>{html}</main>");
        let page = Document::parse(page.as_bytes()).expect("a page");
        shown(page.root().one("main").expect("one"))
    }

    #[test]
    fn an_outline_is_names_links_and_words() {
        let source = "# A\n\nb *c*\n**d** `e`  \nf [g](/h)\n\n1. i\n2. j\n\n> k\n\n    l\n\n---\n";
        let html = "<h1 id=x>A</h1> <p>b <em>c</em>\n<strong>d</strong> <code>e</code><br>f \
                    <a href='/h' rel=nofollow>g</a></p>\n<ol>\n<li>i</li><li>j</li></ol>\
                    <blockquote><p>k</p></blockquote><pre><code>l\n</code></pre><hr>";
        let expected_outline = "<h1>A</h1><p>b <em>c</em>\n<strong>d</strong> <code>e</code><br>f \
                                <a href=/h>g</a></p><ol><li>i</li><li>j</li></ol>\
                                <blockquote><p>k</p></blockquote><pre><code>l\n</code></pre><hr>";
        assert_eq!(expected(source), expected_outline);
        assert_eq!(outline_of(html), expected_outline);
    }

    #[test]
    fn what_is_html_in_the_source_is_text_on_the_page() {
        let source = "<b>a</b> & b\n\n<script>\nc\n</script>\n\n![d](/e) [f](javascript:g)";
        let outline = "<p>&lt;b>a&lt;/b> &amp; b</p><p>&lt;script>\nc\n&lt;/script></p><p>d f</p>";
        assert_eq!(expected(source), outline);
        let html = "<p>&lt;b&gt;a&lt;/b&gt; &amp; b</p><p>&lt;script&gt;\nc\n&lt;/script&gt;</p><p>d f</p>";
        assert_eq!(outline_of(html), outline);
    }

    #[test]
    fn what_is_not_the_same_is_told_apart() {
        let right = outline_of("<p>a <em>b</em></p>");
        for other in [
            "<p>a b</p>",
            "<p>a<em>b</em></p>",
            "<p>a <strong>b</strong></p>",
            "a <em>b</em>",
            "<p>a <em>b</em><script>c</script></p>",
            "<p>a <em>b</em></p><p></p>",
            "<p>a <a href=/><em>b</em></a></p>",
        ] {
            assert_ne!(outline_of(other), right, "{other}");
        }
    }
}
