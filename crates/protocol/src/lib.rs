//! The types that benchmarker, worker and portal exchange. No I/O.
//!
//! [`RunResult`] is what `result.json` holds, [`Timeline`] what `timeline.json`
//! does, [`KeptFailure`] the files in `failures/`; docs/result.md describes them for
//! other programs. The `version` of each
//! grows whenever a reader of an older version could misunderstand it.
//! [`contest`] is what portal, workers and teams' programs say to each other.
//! [`Comparison`] puts two results side by side, [`Verified`] says what is still there of a run. The feature `sample` adds
//! results for tests.

pub mod comparison;
pub mod contest;
#[cfg(test)]
mod documentation;
pub mod failure;
pub mod progress;
pub mod result;
#[cfg(any(test, feature = "sample"))]
pub mod sample;
pub mod timeline;
pub mod verified;

pub use comparison::{Comparison, Judgement};
pub use failure::{FAILURE_VERSION, KeptBody, KeptFailure, KeptPerson, KeptRequest, KeptResponse};
pub use progress::{Phase, Progress};
pub use result::{
    Deductions, EndpointResult, FailureResult, Health, Machine, People, RESULT_VERSION, RunResult,
    Supplies, Verdict, is_delayed,
};
pub use timeline::{FailureCounts, Latency, Second, TIMELINE_VERSION, Timeline};
pub use verified::{Finding, Verified};
