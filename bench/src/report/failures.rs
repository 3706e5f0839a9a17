//! What went wrong.

use isutori_protocol::RunResult;

use crate::figures::grouped;

/// Failures of one kind.
pub(super) struct FailureRow<'a> {
    pub(super) class: &'a str,
    pub(super) code: &'a str,
    pub(super) count: String,
    pub(super) example: &'a str,
}

pub(super) fn rows(result: &RunResult) -> Vec<FailureRow<'_>> {
    let failures = result.failures.iter().map(|failure| FailureRow {
        class: &failure.class,
        code: &failure.code,
        count: grouped(failure.count),
        example: failure.examples.first().map_or("", String::as_str),
    });
    failures.collect()
}
