//! The control groups of a machine: by them its processes are found, whoever started them, and the
//! machine has a hierarchy of its own.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{LabError, error::at};

const MOUNTED: &str = "/sys/fs/cgroup";

/// Below this, in each hierarchy, lie the groups of machines.
const OURS: &str = "isutori-lab";

/// Over so long processors are shared out, microseconds: no request waits longer for its turn.
const PERIOD: u32 = 20_000;

/// The hierarchies that a machine gets a group in; by the first one its processes are found.
pub(crate) fn hierarchies() -> Vec<PathBuf> {
    let mounted = Path::new(MOUNTED);
    if is_one() {
        return vec![mounted.to_owned()];
    }
    // The older form: systemd's own hierarchy, and one for each resource.
    let parts = ["systemd", "unified", "memory"].map(|name| mounted.join(name));
    let all = parts.into_iter();
    all.filter(|part| part.join("cgroup.procs").exists())
        .collect()
}

/// Whether there is one hierarchy for all resources: the newer form.
fn is_one() -> bool {
    Path::new(MOUNTED).join("cgroup.controllers").exists()
}

/// The groups of a machine.
pub(crate) struct Group {
    folders: Vec<PathBuf>,
    cpu_percent: Option<u32>,
}

impl Group {
    /// Those of the machine of that name, which may use so much of one processor, per cent.
    pub(crate) fn of(machine: &str, cpu_percent: Option<u32>) -> Group {
        let processors =
            (cpu_percent.is_some() && !is_one()).then(|| Path::new(MOUNTED).join("cpu"));
        let all = hierarchies().into_iter().chain(processors);
        Group {
            folders: all.map(|part| part.join(OURS).join(machine)).collect(),
            cpu_percent,
        }
    }

    /// Makes them, and limits what the machine may use.
    pub(crate) fn make(&self) -> Result<(), LabError> {
        for folder in &self.folders {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let (Some(percent), Some(folder)) = (self.cpu_percent, self.folders.last()) else {
            return Ok(());
        };
        let quota = PERIOD / 100 * percent;
        if is_one() {
            // A group can limit what the one above it has handed on.
            for above in [Path::new(MOUNTED), &Path::new(MOUNTED).join(OURS)] {
                set(above, "cgroup.subtree_control", "+cpu")?;
            }
            return set(folder, "cpu.max", &format!("{quota} {PERIOD}"));
        }
        set(folder, "cpu.cfs_period_us", &PERIOD.to_string())?;
        set(folder, "cpu.cfs_quota_us", &quota.to_string())
    }

    /// Where they are.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// All processes in it and below.
    pub(crate) fn processes(&self) -> Vec<Pid> {
        let mut found = Vec::new();
        if let Some(folder) = self.folders.first() {
            collect(folder, &mut found);
        }
        found
    }

    /// The process that keeps the machine, and shuts it down when it is told to end.
    pub(crate) fn supervisor(&self) -> Option<Pid> {
        let folder = self.folders.first()?.join("supervisor");
        numbers(&folder).into_iter().next()
    }

    /// Its memory, bytes, where that is counted.
    pub(crate) fn memory(&self) -> Option<u64> {
        let read = |folder: &PathBuf| {
            let file = ["memory.current", "memory.usage_in_bytes"].map(|name| folder.join(name));
            let text = file.iter().find_map(|file| fs::read_to_string(file).ok())?;
            text.trim().parse().ok()
        };
        self.folders.iter().find_map(read)
    }

    /// Kills all processes in it.
    pub(crate) fn kill(&self) {
        for process in self.processes() {
            // It may have ended in between.
            let _ = kill(process, Signal::SIGKILL);
        }
    }

    /// Removes the groups, which must be empty, and what they lie in when nobody needs it any more.
    pub(crate) fn remove(&self) {
        for folder in &self.folders {
            remove_tree(folder);
            let _ = folder.parent().map(fs::remove_dir);
        }
    }
}

fn set(folder: &Path, file: &str, value: &str) -> Result<(), LabError> {
    let path = folder.join(file);
    fs::write(&path, value).map_err(at(&path))
}

fn numbers(folder: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
    let numbers = text.lines().filter_map(|line| line.parse().ok());
    // 0 is a process that cannot be named here.
    numbers
        .filter(|number| *number > 0)
        .map(Pid::from_raw)
        .collect()
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}

fn collect(folder: &Path, found: &mut Vec<Pid>) {
    found.extend(numbers(folder));
    for folder in subfolders(folder) {
        collect(&folder, found);
    }
}

fn remove_tree(folder: &Path) {
    for folder in subfolders(folder) {
        remove_tree(&folder);
    }
    let _ = fs::remove_dir(folder);
}
