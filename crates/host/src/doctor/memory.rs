//! What memory there is, and whether it was enough.

use std::path::Path;

use procfs_core::{FromRead, Meminfo, VmStat};

use super::{Level, Section, bytes};

/// With less than one part in so many available, memory is short.
const SHORT: u64 = 20;

pub(super) fn section() -> Section {
    let mut section = Section::new("memory");
    let memory = section.read("/proc/meminfo");
    tell_memory(&mut section, &memory.unwrap_or_default());
    let counts = section.read(counts());
    tell_kills(&mut section, &counts.unwrap_or_default());
    section
}

/// Where it is counted which processes were ended: in a container those of its own alone, as the
/// kernel's own count is of the whole machine.
fn counts() -> &'static str {
    let is_contained = Path::new("/run/systemd/container").exists();
    let own = "/sys/fs/cgroup/memory.events";
    match is_contained || Path::new(own).exists() {
        true => own,
        false => "/proc/vmstat",
    }
}

fn tell_memory(section: &mut Section, text: &str) {
    let Ok(memory) = Meminfo::from_read(text.as_bytes()) else {
        return;
    };
    let available = memory.mem_available.unwrap_or(memory.mem_free);
    section.fact(
        "memory",
        format!(
            "{} available of {}",
            bytes(available),
            bytes(memory.mem_total)
        ),
    );
    let swapped = memory.swap_total.saturating_sub(memory.swap_free);
    section.fact(
        "swap",
        format!("{} in use of {}", bytes(swapped), bytes(memory.swap_total)),
    );
    if available < memory.mem_total / SHORT {
        section.find(
            Level::Wrong,
            format!("only {} of memory are available", bytes(available)),
            "the kernel will soon swap, or end a process",
            "ps -eo rss,comm --sort=-rss | head",
        );
    }
    if swapped > 0 {
        section.find(
            Level::Note,
            format!("{} are swapped out", bytes(swapped)),
            "what is swapped out is slow when it is needed again",
            "vmstat 1 5",
        );
    }
}

fn tell_kills(section: &mut Section, text: &str) {
    let Ok(VmStat(counts)) = VmStat::from_read(text.as_bytes()) else {
        return;
    };
    let kills = counts.get("oom_kill").copied().unwrap_or(0);
    if kills > 0 {
        section.find(
            Level::Wrong,
            format!("the kernel ended {kills} processes for want of memory since it booted"),
            "what was ended has lost its work, and may not have come back",
            "sudo journalctl --dmesg --grep 'Out of memory'",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_memory_and_swap_are_told() {
        let recorded = include_str!("../samples/recorded/meminfo");
        let mut section = Section::new("memory");
        tell_memory(&mut section, recorded);
        assert_eq!(section.facts[0].value, "10 GiB available of 15 GiB");
        let levels = |section: &Section| -> Vec<Level> {
            section.findings.iter().map(|one| one.level).collect()
        };
        assert_eq!(levels(&section), [Level::Note], "a part is swapped out");

        let short = recorded.replace("MemAvailable:   11234888", "MemAvailable:     812345");
        let mut section = Section::new("memory");
        tell_memory(&mut section, &short);
        assert_eq!(levels(&section), [Level::Wrong, Level::Note]);
    }

    #[test]
    fn processes_that_the_kernel_has_ended_are_wrong() {
        let findings = |text: &str| {
            let mut section = Section::new("memory");
            tell_kills(&mut section, text);
            section.findings.len()
        };
        assert_eq!(findings("pgfault 9\noom_kill 0\n"), 0);
        assert_eq!(findings("pgfault 9\noom_kill 2\n"), 1);
    }
}
