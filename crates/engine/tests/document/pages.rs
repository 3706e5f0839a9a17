//! Pages as a real application makes them.

/// Lists, a form with a choice, articles.
pub const HOME: &str = include_str!("pages/home.html");
/// A text with comments to it.
pub const THREAD: &str = include_str!("pages/thread.html");
/// A profile to edit.
pub const FORMS: &str = include_str!("pages/forms.html");
