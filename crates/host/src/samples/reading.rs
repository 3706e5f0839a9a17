//! What the kernel has counted so far.

use std::{
    collections::HashMap,
    fs::{self, File},
    path::Path,
};

use isutori_protocol::contest::NetworkUse;
use procfs_core::{
    CpuTime, DiskStats, ExplicitSystemInfo, FromBufRead, FromRead, FromReadSI, KernelStats,
    Meminfo, ProcResult, ProcessCGroups,
    net::InterfaceDeviceStatus,
    process::{Io, Stat},
};

use super::{Sources, processes::Process};

/// The kernel counts sectors of so many bytes, whatever the disk's own are.
const SECTOR: u64 = 512;

/// More processes than that are not looked at, so that nothing grows without end.
const MOST_PROCESSES: usize = 4_096;

/// All that is looked at.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) processors: u64,
    pub(super) cpu: Cpu,
    pub(super) memory: Meminfo,
    pub(super) disks: HashMap<String, Disk>,
    /// Bytes so far.
    pub(super) network: NetworkUse,
    pub(super) processes: HashMap<i32, Process>,
}

/// Ticks of all processors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cpu {
    pub(super) user: u64,
    pub(super) system: u64,
    pub(super) idle: u64,
    pub(super) iowait: u64,
    pub(super) steal: u64,
}

/// What a disk has done.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Disk {
    /// Bytes.
    pub(super) read: u64,
    /// Bytes.
    pub(super) written: u64,
    /// Milliseconds.
    pub(super) busy_ms: u64,
}

impl Reading {
    /// What is known of a process from before, such as its unit, is not read again.
    pub(super) fn take(
        sources: &Sources,
        system: &ExplicitSystemInfo,
        known: Option<&Reading>,
    ) -> ProcResult<Reading> {
        let proc = &sources.proc;
        let stat = KernelStats::from_read(File::open(proc.join("stat"))?, system)?;
        Ok(Reading {
            processors: stat.cpu_time.len() as u64,
            cpu: Cpu::of(&stat.total),
            memory: read(&proc.join("meminfo"))?,
            disks: disks(sources)?,
            network: network(proc)?,
            processes: processes(proc, system.page_size, known),
        })
    }
}

/// Reads a file of the kernel's.
fn read<T: FromBufRead>(path: &Path) -> ProcResult<T> {
    T::from_read(File::open(path)?)
}

impl Cpu {
    fn of(time: &CpuTime) -> Cpu {
        Cpu {
            user: time.user + time.nice,
            system: time.system + time.irq.unwrap_or(0) + time.softirq.unwrap_or(0),
            idle: time.idle,
            iowait: time.iowait.unwrap_or(0),
            steal: time.steal.unwrap_or(0),
        }
    }
}

/// Whole disks; what lies on others, or in memory, would count twice.
fn disks(sources: &Sources) -> ProcResult<HashMap<String, Disk>> {
    let stats: DiskStats = read(&sources.proc.join("diskstats"))?;
    let is_disk = |name: &str| {
        let is_made_of_others = ["loop", "ram", "zram", "dm-", "md", "sr"]
            .iter()
            .any(|kind| name.starts_with(kind));
        !is_made_of_others && sources.disks.join(name).exists()
    };
    let stats = stats.0.into_iter().filter(|disk| is_disk(&disk.name));
    let disk = |disk: procfs_core::DiskStat| {
        let done = Disk {
            read: disk.sectors_read * SECTOR,
            written: disk.sectors_written * SECTOR,
            busy_ms: disk.time_in_progress,
        };
        (disk.name, done)
    };
    Ok(stats.map(disk).collect())
}

fn network(proc: &Path) -> ProcResult<NetworkUse> {
    let interfaces: InterfaceDeviceStatus = read(&proc.join("net/dev"))?;
    let mut sum = NetworkUse::default();
    for interface in interfaces.0.values().filter(|one| one.name != "lo") {
        sum.received += interface.recv_bytes;
        sum.sent += interface.sent_bytes;
    }
    Ok(sum)
}

/// Those that can be read; some end meanwhile.
fn processes(proc: &Path, page_size: u64, known: Option<&Reading>) -> HashMap<i32, Process> {
    let folders = fs::read_dir(proc).into_iter().flatten().flatten();
    let folders = folders.filter(|folder| {
        let name = folder.file_name();
        name.as_encoded_bytes().iter().all(u8::is_ascii_digit)
    });
    let processes = folders.take(MOST_PROCESSES).filter_map(|folder| {
        let folder = folder.path();
        let stat = Stat::from_read(File::open(folder.join("stat")).ok()?).ok()?;
        let known = known.and_then(|known| known.processes.get(&stat.pid));
        let same = known.filter(|known| known.started == stat.starttime);
        // Only root, or whoever may trace it, is told what a process reads and writes.
        let io = read::<Io>(&folder.join("io")).ok();
        let process = Process {
            unit: match same {
                Some(same) => same.unit.clone(),
                None => unit(&folder).unwrap_or_default().into(),
            },
            parent: stat.ppid,
            started: stat.starttime,
            own: stat.utime + stat.stime,
            children: (stat.cutime + stat.cstime).max(0).cast_unsigned(),
            memory: stat.rss.saturating_mul(page_size),
            read: io.as_ref().map_or(0, |io| io.read_bytes),
            written: io.as_ref().map_or(0, |io| io.write_bytes),
            name: stat.comm,
        };
        Some((stat.pid, process))
    });
    processes.collect()
}

/// The service or scope in whose control group a process is.
fn unit(folder: &Path) -> Option<String> {
    let groups: ProcessCGroups = read(&folder.join("cgroup")).ok()?;
    let is_systemds = |path: &&str| path.ends_with(".service") || path.ends_with(".scope");
    let mut paths = groups.0.iter().map(|group| &*group.pathname);
    paths.find_map(|path| path.rsplit('/').find(is_systemds).map(str::to_owned))
}
