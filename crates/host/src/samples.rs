//! What a host does, second by second: processors, memory, disks, network, and which processes.

mod processes;
mod reading;

use std::{
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use isutori_protocol::contest::{CpuUse, DiskUse, HostSecond, NetworkUse};
use procfs_core::{ExplicitSystemInfo, ProcError};

use reading::Reading;

/// The kernel counts processor time for programs in hundredths of a second, whatever its own ticks
/// are.
const TICKS_PER_SECOND: u64 = 100;

/// Where the kernel tells of itself.
#[derive(Clone, Debug)]
pub struct Sources {
    /// `/proc`.
    pub proc: PathBuf,
    /// `/sys/block`, a name for each whole disk.
    pub disks: PathBuf,
}

impl Default for Sources {
    fn default() -> Self {
        Sources {
            proc: Path::new("/proc").into(),
            disks: Path::new("/sys/block").into(),
        }
    }
}

/// Compares what the kernel has counted with what it had counted when it was asked last.
#[derive(Debug)]
pub struct Sampler {
    sources: Sources,
    system: ExplicitSystemInfo,
    before: Option<(Instant, Reading)>,
}

impl Sampler {
    /// The first sample follows the second look.
    pub fn new(sources: Sources) -> Sampler {
        let page_size = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE);
        let page_size = page_size.ok().flatten().unwrap_or(4096);
        Sampler {
            sources,
            system: ExplicitSystemInfo {
                boot_time_secs: 0,
                ticks_per_second: TICKS_PER_SECOND,
                page_size: page_size.cast_unsigned(),
                is_little_endian: cfg!(target_endian = "little"),
            },
            before: None,
        }
    }

    /// What happened since the last look; nothing at the first one.
    ///
    /// # Errors
    /// When the kernel does not tell, as where it is none of Linux.
    pub fn look(&mut self) -> io::Result<Option<HostSecond>> {
        let known = self.before.take();
        let reading = Reading::take(&self.sources, &self.system, known.as_ref().map(|(_, r)| r))
            .map_err(told)?;
        let now = Instant::now();
        let second = known
            .map(|(then, before)| second(&before, &reading, now.saturating_duration_since(then)));
        self.before = Some((now, reading));
        Ok(second)
    }

    /// How many processors there are, and how many bytes of memory; nothing before the first look.
    pub fn size(&self) -> (u64, u64) {
        let reading = self.before.as_ref().map(|(_, reading)| reading);
        reading.map_or((0, 0), |reading| {
            (reading.processors, reading.memory.mem_total)
        })
    }
}

fn told(error: ProcError) -> io::Error {
    io::Error::other(format!(
        "the kernel does not tell how this host is: {error}"
    ))
}

/// What happened between two readings, as rates.
fn second(before: &Reading, after: &Reading, passed: Duration) -> HostSecond {
    let rate = |from: u64, to: u64| {
        let passed = passed.as_secs_f64().max(0.001);
        (to.saturating_sub(from) as f64 / passed) as u64
    };
    let memory = &after.memory;
    let available = memory.mem_available.unwrap_or(memory.mem_free);
    HostSecond {
        at_ms: 0,
        cpu: cpu(before, after),
        memory: memory.mem_total.saturating_sub(available),
        swapped: memory.swap_total.saturating_sub(memory.swap_free),
        disk: disk(before, after, rate),
        network: NetworkUse {
            received: rate(before.network.received, after.network.received),
            sent: rate(before.network.sent, after.network.sent),
        },
        processes: processes::difference(&before.processes, &after.processes, rate),
    }
}

fn cpu(before: &Reading, after: &Reading) -> CpuUse {
    let passed = |of: fn(&reading::Cpu) -> u64| of(&after.cpu).saturating_sub(of(&before.cpu));
    let (user, system) = (passed(|cpu| cpu.user), passed(|cpu| cpu.system));
    let (iowait, steal) = (passed(|cpu| cpu.iowait), passed(|cpu| cpu.steal));
    let all = (user + system + iowait + steal + passed(|cpu| cpu.idle)).max(1);
    CpuUse {
        user: user * 1000 / all,
        system: system * 1000 / all,
        iowait: iowait * 1000 / all,
        steal: steal * 1000 / all,
    }
}

fn disk(before: &Reading, after: &Reading, rate: impl Fn(u64, u64) -> u64) -> DiskUse {
    let mut sum = DiskUse::default();
    for (name, disk) in &after.disks {
        // One that was plugged in meanwhile has done nothing of note.
        let was = before.disks.get(name).unwrap_or(disk);
        sum.read += rate(was.read, disk.read);
        sum.written += rate(was.written, disk.written);
        sum.busy = sum.busy.max(rate(was.busy_ms, disk.busy_ms).min(1000));
    }
    sum
}

#[cfg(test)]
mod tests;
