//! What went wrong.

use isutori_protocol::RunResult;

use crate::{evidence::path_of, figures::grouped, language::Language, meanings};

/// Failures of one kind.
pub(super) struct FailureRow<'a> {
    pub(super) class: &'a str,
    pub(super) code: &'a str,
    pub(super) count: String,
    pub(super) example: &'a str,
    /// The rule that was broken, in each language.
    pub(super) meanings: Vec<&'static str>,
    /// Where some of them are kept whole, in the run folder.
    pub(super) files: Vec<String>,
}

pub(super) fn rows(result: &RunResult) -> Vec<FailureRow<'_>> {
    let failures = result.failures.iter().map(|failure| FailureRow {
        class: &failure.class,
        code: &failure.code,
        count: grouped(failure.count),
        example: failure.examples.first().map_or("", String::as_str),
        meanings: meanings::of(&failure.code).map_or_else(Vec::new, |meaning| {
            Language::ALL
                .map(|language| meaning.in_words(language))
                .into()
        }),
        files: failure
            .files
            .iter()
            .map(|number| path_of(*number))
            .collect(),
    });
    failures.collect()
}
