//! The two readers of HTML see the same in any page that the clean one takes.

#![no_main]

use isutori_engine::document::{Comparison, Document, compare_readers};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/document/selectors.rs"]
mod selectors;

use selectors::SELECTORS;

fuzz_target!(|page: &[u8]| {
    // Too hard a page is refused, and both readers are spared it.
    let Ok(document) = Document::parse(page) else {
        return;
    };
    for selector in SELECTORS {
        for element in document.root().all(selector) {
            assert!(element.text().len() <= page.len() * 4);
        }
    }
    if let Ok(page) = std::str::from_utf8(page) {
        let outcome = compare_readers(page, SELECTORS);
        assert!(!matches!(outcome, Comparison::Disagreed(_)), "{outcome:?}");
    }
});
