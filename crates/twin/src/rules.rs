//! What a twin is told to do wrong.

use crate::Break;

/// The rules that a twin keeps: all of the contract's, but for those that it is told to break.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    breaks: Vec<Break>,
}

impl Rules {
    /// All rules but these.
    pub fn breaking(breaks: impl IntoIterator<Item = Break>) -> Self {
        Rules {
            breaks: breaks.into_iter().collect(),
        }
    }

    /// What is broken.
    pub(crate) fn broken(&self) -> &[Break] {
        &self.breaks
    }
}
