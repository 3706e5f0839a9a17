//! Benchmarks that take too much.

use isutori_protocol::contest::{Assignment, Outcome};

use crate::{
    portal::FakePortal,
    work::{Work, job, number_in, wait_until_gone},
};

/// Why a job is broken, whose process writes its number into the file `process`.
fn reason(prepare: impl FnOnce(&Work) -> Assignment) -> String {
    let portal = FakePortal::start();
    let work = Work::begin(&portal, 1);
    let assignment = prepare(&work);
    portal.look().waiting.push_back(assignment);

    let process = number_in(&work.path("process"));
    portal.wait_until("the job ends", |known| known.outcome(1).is_some());

    wait_until_gone(process);
    work.drain();
    match portal.look().outcome(1) {
        Some(Outcome::Broken { reason }) => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn too_much_time() {
    let reason = reason(|work| {
        let file = work.path("process");
        // It does not listen to who asks it to stop, but its children have to go as well.
        let script = format!(
            "trap 'echo heard' TERM; sleep 600 & echo $! >'{}'; wait; exit 0",
            file.display()
        );
        Assignment {
            time_limit_seconds: 1,
            ..job(1, script)
        }
    });
    assert_eq!(
        reason,
        "the benchmark was stopped because it took longer than 1 s"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn too_much_memory() {
    let reason = reason(|work| {
        let file = work.path("process");
        let script = format!(
            "echo $$ >'{}'; chairs=$(head -c 64000000 /dev/zero | tr '\\0' h); sleep 600; echo $chairs",
            file.display()
        );
        Assignment {
            memory_limit_mib: 32,
            ..job(1, script)
        }
    });
    assert!(reason.contains("was killed because it took"), "{reason}");
    assert!(
        reason.ends_with("MiB of memory, more than 32 MiB"),
        "{reason}"
    );
}
