//! Markdown, as the staff and the course write it, to HTML.

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};

/// CommonMark as HTML, to stand below a heading of the second level. Lines end where they were
/// ended. Raw HTML is shown as text, a link that leads to no page as the words that it was on, and a
/// picture as its description.
pub(crate) fn to_html(source: &str) -> String {
    // Links do not nest, so that it is enough to know of the innermost one.
    let mut is_dropped = false;
    let events = Parser::new(source).filter_map(move |event| match event {
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            is_dropped = !is_page(dest_url);
            (!is_dropped).then_some(event)
        }
        Event::End(TagEnd::Link) => (!is_dropped).then_some(event),
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below(level)))),
        Event::SoftBreak => Some(Event::HardBreak),
        event => Some(event),
    });
    let mut page = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut page, events);
    page
}

/// Whether a link leads to a page, here or elsewhere.
fn is_page(destination: &str) -> bool {
    let is_path = destination.starts_with('/') && !destination.starts_with("//");
    is_path || destination.starts_with("http://") || destination.starts_with("https://")
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(
            to_html("# Hosts\n\nThey are **up**.\nUse `ssh`.\n\n- one\n- two"),
            "<h3>Hosts</h3>\n<p>They are <strong>up</strong>.<br />\nUse <code>ssh</code>.</p>\n\
             <ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"
        );
    }

    #[test]
    fn html_is_text_and_pictures_are_words() {
        assert_eq!(
            to_html("a <b>c</b> ![chair](http://x/y.png)\n\n<script>\nalert(1)\n</script>"),
            "<p>a &lt;b&gt;c&lt;/b&gt; chair</p>\n<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n"
        );
    }

    #[test]
    fn only_links_to_pages_are_links() {
        assert_eq!(
            to_html("[a](/team) [b](https://x.example/) [c](javascript:alert(1)) [d](//evil)"),
            "<p><a href=\"/team\">a</a> <a href=\"https://x.example/\">b</a> c d</p>\n"
        );
    }
}
