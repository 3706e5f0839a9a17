//! Samples of a kernel that is recorded.

use std::fs;

use tempfile::TempDir;

use super::*;

/// What the kernel of a host with two processors told, twice.
struct Recorded(TempDir);

impl Recorded {
    fn new() -> Recorded {
        let recorded = Recorded(tempfile::tempdir().expect("a folder"));
        recorded.write("disks/vda/size", "1");
        recorded
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn sources(&self) -> Sources {
        Sources {
            proc: self.0.path().join("proc"),
            disks: self.0.path().join("disks"),
        }
    }

    /// `seconds` is how long it has been busy.
    fn tell(&self, seconds: u64) {
        let user = 100 + 150 * seconds;
        let idle = 5000 + 50 * seconds;
        self.write(
            "proc/stat",
            &format!(
                "cpu  {user} 0 10 {idle} 7 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0 0 0\n\
                 intr 1\nctxt 5\nbtime 1700000000\nprocesses 9\nprocs_running 1\nprocs_blocked 0\n"
            ),
        );
        self.write("proc/meminfo", include_str!("recorded/meminfo"));
        let sectors = 2048 * seconds;
        self.write(
            "proc/diskstats",
            &format!(
                " 254 0 vda 10 0 {sectors} 5 20 0 {sectors} 9 0 {} 14 0 0 0 0 0 0\n \
                 254 1 vda1 10 0 {sectors} 5 20 0 {sectors} 9 0 900 14 0 0 0 0 0 0\n",
                seconds * 400
            ),
        );
        self.write(
            "proc/net/dev",
            &format!(
                "Inter-|   Receive                                                |  Transmit\n \
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    \
                 lo: 900000 1 0 0 0 0 0 0 900000 1 0 0 0 0 0 0\n  \
                 eth0: {} 1 0 0 0 0 0 0 {} 1 0 0 0 0 0 0\n",
                1_000_000 * seconds,
                3_000_000 * seconds
            ),
        );
        let ticks = 120 * seconds;
        self.write(
            "proc/412/stat",
            &format!(
                "412 (mariadbd) S 1 412 412 0 -1 4194560 900 0 3 0 {ticks} 0 0 0 20 0 9 0 311 900000000 25600 \
                 18446744073709551615 0 0 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
            ),
        );
        self.write("proc/412/cgroup", "0::/system.slice/mariadb.service\n");
        self.write(
            "proc/412/io",
            &format!(
                "rchar: 1\nwchar: 1\nsyscr: 1\nsyscw: 1\nread_bytes: 0\nwrite_bytes: {}\ncancelled_write_bytes: 0\n",
                1_048_576 * seconds
            ),
        );
    }
}

fn sample(recorded: &Recorded) -> HostSecond {
    let system = Sampler::new(recorded.sources()).system;
    recorded.tell(0);
    let before = Reading::take(&recorded.sources(), &system, None).expect("a reading");
    recorded.tell(1);
    let after = Reading::take(&recorded.sources(), &system, Some(&before)).expect("a reading");
    second(&before, &after, Duration::from_secs(1))
}

#[test]
fn what_a_kernel_has_counted_becomes_a_second() {
    let second = sample(&Recorded::new());
    let cpu = CpuUse {
        user: 750,
        ..CpuUse::default()
    };
    assert_eq!(second.cpu, cpu);
    let disk = DiskUse {
        read: 1 << 20,
        written: 1 << 20,
        busy: 400,
    };
    assert_eq!(second.disk, disk, "a partition is part of its disk");
    let network = NetworkUse {
        received: 1_000_000,
        sent: 3_000_000,
    };
    assert_eq!(second.network, network);
    assert_eq!(second.memory, (16_369_956 - 11_234_888) * 1024);
    assert_eq!(second.swapped, 1 << 30);
    let mariadbd = &second.processes[0];
    assert_eq!(
        (&*mariadbd.name, &*mariadbd.unit),
        ("mariadbd", "mariadb.service")
    );
    assert_eq!((mariadbd.cpu, mariadbd.memory), (1200, 25600 * 4096));
    assert_eq!((mariadbd.read, mariadbd.written), (0, 1 << 20));
}

#[test]
fn the_first_look_tells_nothing_yet() {
    let recorded = Recorded::new();
    recorded.tell(0);
    let mut sampler = Sampler::new(recorded.sources());
    assert_eq!(sampler.look().expect("a look"), None);
    assert_eq!(sampler.size(), (2, 16_369_956 * 1024));
    assert!(sampler.look().expect("a look").is_some());
}

#[test]
fn a_kernel_that_tells_nothing_is_an_error() {
    let error = Sampler::new(Recorded::new().sources()).look();
    let error = error.expect_err("no kernel").to_string();
    assert!(error.contains("the kernel does not tell"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn this_kernel_can_be_read() {
    let mut sampler = Sampler::new(Sources::default());
    sampler.look().expect("a look");
    let second = sampler.look().expect("a look").expect("a second");
    assert!(
        second.memory > 0 && !second.processes.is_empty(),
        "{second:?}"
    );
    assert!(sampler.size().0 > 0);
}
