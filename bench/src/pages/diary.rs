//! `GET /diary/:name` and `GET /recent/:page`: entries by pages.

use isutori_engine::{document::Element, failure::Failure};

use super::{ListedEntry, Page};

/// One page of entries.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// The entries.
    pub entries: Vec<ListedEntry>,
    /// How many entries all pages are said to have.
    pub total: u64,
    /// Whether a link leads to older ones.
    pub has_older: bool,
    /// Whether a link leads to newer ones.
    pub has_newer: bool,
}

impl Page for ListPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(ListPage {
            entries: ListedEntry::read_all(root)?,
            total: root.one("span.total")?.number("data-count")?,
            has_older: root.first("a[rel=next]").is_some(),
            has_newer: root.first("a[rel=prev]").is_some(),
        })
    }
}
