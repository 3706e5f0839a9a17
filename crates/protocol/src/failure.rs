//! A failure as it was met: the content of a file in `failures/`.

use serde::{Deserialize, Serialize};

use crate::Phase;

/// The version of [`KeptFailure`] that this crate writes.
pub const FAILURE_VERSION: u32 = 1;

/// One failure with the request and the answer that it was found in.
///
/// All texts come from the site or go to it: they are hostile, and secrets in
/// them are masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptFailure {
    /// [`FAILURE_VERSION`] of the writer.
    pub version: u32,
    /// Of the file, from 1.
    pub number: u32,
    /// `critical`, `wrong`, `timeout` or `system`.
    pub class: String,
    /// Such as `entry.leaked`.
    pub code: String,
    /// For the contestant: what was asked, expected and seen.
    pub sentence: String,
    /// The part of the run.
    pub phase: Phase,
    /// Seconds since the load began; absent outside of it.
    pub seconds: Option<f64>,
    /// Such as `GET /entries/:id`; absent where no request belongs to the failure.
    pub endpoint: Option<String>,
    /// Who met it.
    pub person: Option<KeptPerson>,
    /// What was sent.
    pub request: Option<KeptRequest>,
    /// What came; absent where no whole answer did.
    pub response: Option<KeptResponse>,
}

/// Somebody who met a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPerson {
    /// With the run's seed it decides what the person does.
    pub number: u64,
    /// The account's name, logged in or about to be.
    pub account: Option<String>,
    /// The scenario it was playing, during the load.
    pub scenario: Option<String>,
    /// The place of that scenario in the visit; 0 is the arrival.
    pub step: Option<u32>,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptRequest {
    /// Where the site was: `http://HOST:PORT` or `unix:PATH`.
    pub target: String,
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// A line for each: `name: value`.
    pub headers: Vec<String>,
    /// Absent where none was sent.
    pub body: Option<KeptBody>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptResponse {
    /// The status.
    pub status: u16,
    /// From sending the request to the last byte of the answer, milliseconds.
    pub latency_ms: f64,
    /// Whether all of it came; if not, `body` is what came of it.
    pub whole: bool,
    /// A line for each: `name: value`.
    pub headers: Vec<String>,
    /// Absent for static files, of which only length and hash are compared.
    pub body: Option<KeptBody>,
}

/// A body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBody {
    /// Bytes that it had, decoded from gzip.
    pub bytes: u64,
    /// Its beginning; what is not UTF-8 is replaced by U+FFFD.
    pub text: String,
    /// Whether there was more than `text` holds.
    pub cut: bool,
}
