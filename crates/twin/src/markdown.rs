//! Markdown to HTML, as the rules say or not.

use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

/// What is done with what is not simply words.
#[derive(Clone, Copy)]
pub(crate) struct Manners {
    /// Raw HTML is HTML, and not text.
    pub(crate) trusts_html: bool,
    /// Links may lead anywhere.
    pub(crate) follows_any_link: bool,
    /// Pictures are shown, and not only described.
    pub(crate) shows_pictures: bool,
    /// Line breaks are line ends like any other.
    pub(crate) forgets_breaks: bool,
}

impl Manners {
    /// CommonMark as HTML.
    pub(crate) fn to_html(self, source: &str) -> String {
        let mut is_dropped = false;
        let events = Parser::new(source).filter_map(move |event| match event {
            Event::Start(Tag::HtmlBlock) if !self.trusts_html => Some(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) if !self.trusts_html => {
                Some(Event::End(TagEnd::Paragraph))
            }
            Event::Html(html) | Event::InlineHtml(html) if !self.trusts_html => {
                Some(Event::Text(html))
            }
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) if !self.shows_pictures => {
                None
            }
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                is_dropped = !self.follows_any_link && !is_harmless(dest_url);
                (!is_dropped).then_some(event)
            }
            Event::End(TagEnd::Link) => (!is_dropped).then_some(event),
            Event::HardBreak if self.forgets_breaks => Some(Event::SoftBreak),
            event => Some(event),
        });
        let mut page = String::with_capacity(source.len() * 3 / 2);
        html::push_html(&mut page, events);
        page
    }
}

fn is_harmless(destination: &str) -> bool {
    let is_path = destination.starts_with('/') && !destination.starts_with("//");
    is_path || destination.starts_with("http://") || destination.starts_with("https://")
}
