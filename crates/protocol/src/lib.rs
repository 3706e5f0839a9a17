//! The types that benchmarker, worker and portal exchange. No I/O.
//!
//! [`RunResult`] is what `result.json` holds; its `version` grows whenever a
//! reader of an older version could misunderstand it.

pub mod progress;
pub mod result;

pub use progress::{Phase, Progress};
pub use result::{
    Deductions, EndpointResult, FailureResult, Health, Machine, People, RESULT_VERSION, RunResult,
    Verdict,
};
