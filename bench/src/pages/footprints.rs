//! `GET /footprints`.

use isutori_engine::{document::Element, failure::Failure};

use super::{ListedFootprint, Page};

/// Who came by.
#[derive(Clone, Debug)]
pub struct FootprintsPage {
    /// In the page's order.
    pub footprints: Vec<ListedFootprint>,
}

impl Page for FootprintsPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(FootprintsPage {
            footprints: ListedFootprint::read_all(root.one("#footprints")?)?,
        })
    }
}
