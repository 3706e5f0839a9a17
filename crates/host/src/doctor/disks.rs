//! What room disks have, and how busy they are.

use isutori_protocol::contest::Disk;
use nix::sys::statvfs::statvfs;

use super::{Level, Look, Section, bytes};
use crate::environment;

/// With less than one part in so many of it free, a disk is nearly full.
const NEARLY_FULL: u64 = 20;

/// So much of the time, in thousandths, a disk is busy.
const BUSY: u64 = 800;

pub(super) fn section(look: &Look) -> Section {
    let mut section = Section::new("disks");
    for disk in environment::disks(&mut section.unknown) {
        let inodes = statvfs(&*disk.mount).ok();
        let inodes = inodes.map(|stat| (stat.files(), stat.files_available()));
        judge(&mut section, &disk, inodes);
    }
    if let Ok((second, _)) = look {
        let disk = second.disk;
        section.fact(
            "busiest",
            format!(
                "{} % of the time; {} read and {} written a second",
                disk.busy / 10,
                bytes(disk.read),
                bytes(disk.written)
            ),
        );
        if disk.busy >= BUSY {
            section.find(
                Level::Note,
                format!("a disk was busy for {} % of the time", disk.busy / 10),
                "whatever reads or writes waits for it",
                "cat /proc/pressure/io",
            );
        }
    }
    section
}

fn judge(section: &mut Section, disk: &Disk, inodes: Option<(u64, u64)>) {
    let Disk { mount, total, free } = disk;
    section.fact(mount, format!("{} free of {}", bytes(*free), bytes(*total)));
    if *total > 0 && *free < *total / NEARLY_FULL {
        section.find(
            Level::Wrong,
            format!("{mount} is nearly full: {} are left", bytes(*free)),
            "databases and logs stop when they cannot write",
            format!(
                "sudo du --one-file-system --human-readable --max-depth=2 {mount} | sort -h | tail"
            ),
        );
    }
    if let Some((all, left)) = inodes.filter(|(all, left)| *all > 0 && *left < *all / NEARLY_FULL) {
        section.find(
            Level::Wrong,
            format!("{mount} can hold only {left} more files, of {all}"),
            "no file can be made when there are as many as there may be",
            format!("sudo du --one-file-system --inodes --max-depth=2 {mount} | sort -n | tail"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_without_room_for_bytes_or_files_is_wrong() {
        let findings = |free, inodes| {
            let disk = Disk {
                mount: "/data".to_owned(),
                total: 1000,
                free,
            };
            let mut section = Section::new("disks");
            judge(&mut section, &disk, inodes);
            section.findings.len()
        };
        assert_eq!(findings(50, Some((100, 5))), 0);
        assert_eq!(findings(49, Some((100, 5))), 1);
        assert_eq!(findings(50, Some((100, 4))), 1);
        assert_eq!(
            findings(50, Some((0, 0))),
            0,
            "some file systems count none"
        );
    }
}
