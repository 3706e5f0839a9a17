//! Markdown, as entries are written in, to HTML.

use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

/// CommonMark as HTML. Raw HTML is shown as text, a link that leads to nothing harmless as the
/// words that it was on, and a picture as its description.
pub fn to_html(source: &str) -> String {
    // Links do not nest, so that it is enough to know of the innermost one.
    let mut is_dropped = false;
    let events = Parser::new(source).filter_map(move |event| match event {
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) => {
            is_dropped = !is_harmless(dest_url);
            (!is_dropped).then_some(event)
        }
        Event::End(TagEnd::Link) => (!is_dropped).then_some(event),
        event => Some(event),
    });
    let mut page = String::with_capacity(source.len() * 3 / 2);
    html::push_html(&mut page, events);
    page
}

/// Whether a link leads to a page, here or elsewhere.
fn is_harmless(destination: &str) -> bool {
    let is_path = destination.starts_with('/') && !destination.starts_with("//");
    is_path || destination.starts_with("http://") || destination.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        let html = to_html("# Chairs\n\nA *good* **chair**\nsits.\n\n- `one`\n- two\n\n> said I");
        assert_eq!(
            html,
            "<h1>Chairs</h1>\n<p>A <em>good</em> <strong>chair</strong>\nsits.</p>\n\
             <ul>\n<li><code>one</code></li>\n<li>two</li>\n</ul>\n\
             <blockquote>\n<p>said I</p>\n</blockquote>\n"
        );
    }

    #[test]
    fn html_is_text() {
        assert_eq!(
            to_html("a <b>c</b>\n\n<script>\nalert(1)\n</script>"),
            "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n"
        );
    }

    #[test]
    fn only_harmless_links_are_links() {
        assert_eq!(
            to_html("[a](/recent/1) [b](https://chairs.example/) <http://chairs.example/>"),
            "<p><a href=\"/recent/1\">a</a> <a href=\"https://chairs.example/\">b</a> \
             <a href=\"http://chairs.example/\">http://chairs.example/</a></p>\n"
        );
        for harmful in [
            "javascript:alert(1)",
            "//chairs.example",
            "data:text/html,x",
            "page",
        ] {
            assert_eq!(to_html(&format!("[*a*]({harmful})")), "<p><em>a</em></p>\n");
        }
        assert_eq!(
            to_html("![a *chair*](/chair.png)"),
            "<p>a <em>chair</em></p>\n"
        );
    }
}
