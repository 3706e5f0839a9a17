//! The types that fields of forms and paths are parsed into. Whoever holds one may trust it.

mod account_name;
mod birthday;
mod text;
mod visibility;

pub use account_name::AccountName;
pub use birthday::Birthday;
pub use text::{CommentBody, EntryBody, Introduction, Nickname, Password, Title, excerpt, tidy};
pub use visibility::Visibility;

/// Why a field is refused: a sentence for the person who filled it in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidField(pub String);
