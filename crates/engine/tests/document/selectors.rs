//! What is looked for on pages. Used by the property tests and by the fuzz target `html`.

/// Of every kind that a benchmark may use.
pub const SELECTORS: &[&str] = &[
    "*",
    "a",
    "p.a",
    ".b",
    ".a.b",
    "#x",
    "li#y",
    "[title]",
    "a[href='/x']",
    "input[name=csrf]",
    "link[rel=stylesheet]",
    "main li",
    "ul .a a",
    "#x p, form[action='/x'] input",
];
