//! Alterations of one element, on all pages of one kind. A kind is told by how its path begins;
//! `/` alone is home.

use crate::{
    page::Page,
    tamper::{Tamper, on_page},
};

/// Does this to the pages.
pub fn on(beginning: &'static str, change: impl Fn(&mut Page) + Send + Sync + 'static) -> Tamper {
    on_page(move |request, page| {
        let is_asked = match beginning {
            "/" => request.path == "/",
            beginning => request.gets(beginning),
        };
        if is_asked {
            change(page);
        }
    })
}

/// Changes a text by what it was.
pub fn text(beginning: &'static str, css: &'static str, change: fn(&str) -> String) -> Tamper {
    on(beginning, move |page| page.change_text(css, change))
}

/// Changes an attribute by what it was.
pub fn attribute(
    beginning: &'static str,
    css: &'static str,
    name: &'static str,
    change: fn(&str) -> String,
) -> Tamper {
    on(beginning, move |page| {
        page.change_attribute(css, name, change)
    })
}

/// Adds to a number that is an attribute.
pub fn add(beginning: &'static str, css: &'static str, name: &'static str, by: i64) -> Tamper {
    on(beginning, move |page| page.add(css, name, by))
}

/// Takes the n-th match away, counted from 0.
pub fn remove(beginning: &'static str, css: &'static str, n: usize) -> Tamper {
    on(beginning, move |page| page.remove(css, n))
}

/// Turns the order of all matches around.
pub fn reverse(beginning: &'static str, css: &'static str) -> Tamper {
    on(beginning, move |page| page.reverse(css))
}
