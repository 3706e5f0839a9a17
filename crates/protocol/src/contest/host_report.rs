//! What a host tells of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The body of a report has at most so many bytes.
pub const LARGEST_REPORT: usize = 128 << 10;

/// `POST /api/host/report`, with a token of the team's hosts as a bearer: how a host is, told by
/// itself. Answered by [`ReportTaken`].
///
/// A text has at most [`HostReport::LONGEST`] characters, none of which moves the cursor, and each
/// list at most [`HostReport::MOST`] items. What cannot be found out on a host is absent, and
/// `missing` says why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostReport {
    /// Its name, unique within the team: 1 to 40 of A-Z a-z 0-9 . _ -
    pub name: String,
    /// Where the benchmark finds it: `http(s)://host[:port]`. Absent when that is as the portal has
    /// it; a host that the portal does not know is then one that serves nothing to the benchmark.
    #[serde(default)]
    pub url: Option<String>,
    /// Its IP addresses, without those of the loopback.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Drawn anew by the kernel whenever it boots.
    #[serde(default)]
    pub boot_id: Option<String>,
    /// Name and version of the kernel.
    #[serde(default)]
    pub kernel: Option<String>,
    /// The system's services that matter.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// Versions of programs, by their names.
    #[serde(default)]
    pub versions: BTreeMap<String, String>,
    /// File systems on disks.
    #[serde(default)]
    pub disks: Vec<Disk>,
    /// Whether the hand-out is the one that was handed out.
    #[serde(default)]
    pub handout: Option<Handout>,
    /// What could not be found out, a sentence each.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl HostReport {
    /// A text has at most so many characters.
    pub const LONGEST: usize = 300;
    /// A list has at most so many items.
    pub const MOST: usize = 200;
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Such as `nginx.service`.
    pub name: String,
    /// As systemd says it: `active`, `inactive`, `failed` …
    pub active: String,
    /// As systemd says it: `enabled`, `disabled`, `static` …; empty when it knows no such unit.
    pub enabled: String,
}

/// A file system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Where it is mounted.
    pub mount: String,
    /// Its size, bytes.
    pub total: u64,
    /// What programs can still write, bytes.
    pub free: u64,
}

/// The hand-out by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handout {
    /// What was handed out; empty when that is not known.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// A report was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTaken {
    /// The team whose host it is.
    pub team: String,
    /// Where the portal lets the benchmark look for this host now, if anywhere.
    pub url: Option<String>,
    /// What is wrong with it, a sentence each.
    pub problems: Vec<String>,
}
