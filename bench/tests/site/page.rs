//! Surgery on an HTML page, in the words of the contract's markup, so that a
//! mutant does not depend on how the app under test writes it.

use scraper::{
    ElementRef, Html, Node, Selector,
    node::{Element, Text},
};

/// A page that can be read and altered.
pub struct Page(Html);

impl Page {
    /// Parses a page as a browser does.
    pub fn parse(html: &str) -> Self {
        Page(Html::parse_document(html))
    }

    /// The page as it is now.
    pub fn html(&self) -> String {
        self.0.html()
    }

    /// How many elements match.
    pub fn count(&self, css: &str) -> usize {
        self.0.select(&selector(css)).count()
    }

    /// Whether any element matches.
    pub fn has(&self, css: &str) -> bool {
        self.count(css) > 0
    }

    /// The text of the first match.
    pub fn text(&self, css: &str) -> Option<String> {
        Some(self.first(css)?.text().collect())
    }

    /// An attribute of the first match.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        self.first(css)?.attr(name).map(str::to_owned)
    }

    /// An attribute of all matches that have it.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let css = selector(css);
        let found = self.0.select(&css);
        found
            .filter_map(|element| element.attr(name).map(str::to_owned))
            .collect()
    }

    /// Takes the n-th match away, counted from 0.
    pub fn remove(&mut self, css: &str, n: usize) {
        let id = self.0.select(&selector(css)).nth(n).map(|found| found.id());
        if let Some(mut node) = id.and_then(|id| self.0.tree.get_mut(id)) {
            node.detach();
        }
    }

    /// Turns the order of all matches around; they have one parent.
    pub fn reverse(&mut self, css: &str) {
        let ids: Vec<_> = self
            .0
            .select(&selector(css))
            .map(|found| found.id())
            .collect();
        for pair in ids.windows(2) {
            // What stood after comes before, with all that was turned already behind it.
            if let Some(mut node) = self.0.tree.get_mut(pair[0]) {
                node.insert_id_before(pair[1]);
            }
        }
    }

    /// Changes an attribute of the first match by what it was.
    pub fn change_attribute(&mut self, css: &str, name: &str, change: impl Fn(&str) -> String) {
        self.change_element(css, |element| {
            for (key, value) in &mut element.attrs {
                if &*key.local == name {
                    *value = change(value).into();
                }
            }
        });
    }

    /// Adds `by` to a number that the first match has as an attribute.
    pub fn add(&mut self, css: &str, name: &str, by: i64) {
        self.change_attribute(css, name, |number| {
            number
                .parse::<i64>()
                .map_or_else(|_| number.to_owned(), |number| (number + by).to_string())
        });
    }

    /// Changes the text of the first match by what it was.
    pub fn change_text(&mut self, css: &str, change: impl Fn(&str) -> String) {
        let Some(text) = self.text(css) else { return };
        let Some(id) = self.first(css).map(|found| found.id()) else {
            return;
        };
        let Some(mut node) = self.0.tree.get_mut(id) else {
            return;
        };
        while let Some(mut child) = node.first_child() {
            child.detach();
        }
        let text = change(&text).into();
        node.append(Node::Text(Text { text }));
    }

    /// Puts HTML at the end of `<main>`.
    pub fn append_to_main(&mut self, html: &str) {
        *self = Page::parse(&self.html().replace("</main>", &format!("{html}</main>")));
    }

    /// Replaces the first match here by the first match of another page.
    pub fn graft(&mut self, here: &str, other: &Page, there: &str) {
        if let (Some(here), Some(there)) = (self.first(here), other.first(there)) {
            let html = self.html().replacen(&here.html(), &there.html(), 1);
            *self = Page::parse(&html);
        }
    }

    fn first(&self, css: &str) -> Option<ElementRef<'_>> {
        self.0.select(&selector(css)).next()
    }

    fn change_element(&mut self, css: &str, change: impl Fn(&mut Element)) {
        let id = self.first(css).map(|found| found.id());
        let node = id.and_then(|id| self.0.tree.get_mut(id));
        if let Some(mut node) = node
            && let Node::Element(element) = node.value()
        {
            change(element);
        }
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a valid selector")
}
