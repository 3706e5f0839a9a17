//! What a host samples of itself during a run.

use serde::{Deserialize, Serialize};

use super::Lease;

/// The body of [`HostSamples`] has at most so many bytes.
pub const LARGEST_SAMPLES: usize = 128 << 10;

/// `GET /api/host/run?known=JOB.ATTEMPT`, with a token of the team's hosts as a bearer: the run of
/// the team that is under way. Answered when it is another one than that which is known, or after
/// some seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunUnderWay {
    /// Nothing when there is none.
    pub run: Option<WatchedRun>,
}

/// A run that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedRun {
    /// Which one.
    pub lease: Lease,
    /// Milliseconds since it began.
    pub elapsed_ms: u64,
}

/// `POST /api/host/samples`, with a token of the team's hosts as a bearer: how a host was during a
/// part of a run. What was sent twice is kept once, by its first moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostSamples {
    /// The host's name, as in its reports.
    pub host: String,
    /// The run.
    pub lease: Lease,
    /// How many processors it has.
    pub processors: u64,
    /// Bytes of memory that it has.
    pub memory: u64,
    /// In the order of time, at most [`HostSamples::MOST_SECONDS`].
    pub seconds: Vec<HostSecond>,
}

impl HostSamples {
    /// So many seconds are sent at once at most.
    pub const MOST_SECONDS: usize = 60;
    /// So many seconds of a run are kept at most.
    pub const MOST_OF_A_RUN: usize = 1_200;
    /// So many processes of a second at most; the last is the sum of all others.
    pub const MOST_PROCESSES: usize = 9;
    /// A name of a process or unit has at most so many characters.
    pub const LONGEST_NAME: usize = 64;
}

/// A host in one second. Rates are over the second itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostSecond {
    /// When it ended, milliseconds since the run began.
    pub at_ms: u64,
    /// Its processors.
    pub cpu: CpuUse,
    /// Bytes of memory in use, caches that can be given up left out.
    pub memory: u64,
    /// Bytes that are swapped out.
    pub swapped: u64,
    /// Its disks together.
    pub disk: DiskUse,
    /// Its network, without the loopback.
    pub network: NetworkUse,
    /// Those with the most processor time, by name and unit.
    pub processes: Vec<ProcessUse>,
}

/// Where the time of all processors went, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuUse {
    /// Programs.
    pub user: u64,
    /// The kernel.
    pub system: u64,
    /// Nothing to do but to wait for disks.
    pub iowait: u64,
    /// Taken by the host of this virtual machine.
    pub steal: u64,
}

impl CpuUse {
    /// All but idling, in thousandths.
    pub fn busy(&self) -> u64 {
        self.user + self.system + self.steal
    }
}

/// What disks did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskUse {
    /// Bytes a second.
    pub read: u64,
    /// Bytes a second.
    pub written: u64,
    /// Of the second, in thousandths, the busiest disk had something to do.
    pub busy: u64,
}

/// What went over the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkUse {
    /// Bytes a second.
    pub received: u64,
    /// Bytes a second.
    pub sent: u64,
}

/// Processes of one name and unit together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessUse {
    /// Their name; empty for the sum of all that are not listed.
    pub name: String,
    /// The unit of systemd that they belong to; empty where they belong to none.
    pub unit: String,
    /// Of one processor, in thousandths.
    pub cpu: u64,
    /// Resident bytes, shared ones counted for each process.
    pub memory: u64,
    /// Bytes a second from disks.
    pub read: u64,
    /// Bytes a second to disks.
    pub written: u64,
}
