//! A process stops when asked, is killed when it does not listen, and never outlives its parent.

use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use isutori_services::{Process, ProcessSpec, Signal};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// Nothing here takes a second; this is for what never happens.
const LIMIT: Duration = Duration::from_secs(30);

/// Set in the child that plays the parent of `a_child_dies_with_its_killed_parent`.
const PARENT_OF: &str = "ISUTORI_TEST_PARENT_OF";

/// A shell that runs a script; its log is in the folder.
fn shell(folder: &Path, script: &str) -> ProcessSpec {
    ProcessSpec::new("/bin/sh", folder.join("log")).args(["-c", script])
}

/// Waits until a process has written something.
fn wait_for_words(process: &Process) -> String {
    let read = || fs::read_to_string(process.log()).expect("a log");
    wait_until(|| read().ends_with('\n'));
    read()
}

/// Returns as soon as something is so, and gives up when that takes much too long.
fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LIMIT, "waited in vain");
        thread::yield_now();
    }
}

fn exists(id: u32) -> bool {
    kill(Pid::from_raw(id.cast_signed()), None).is_ok()
}

/// Whether a process waits for something, as far as this system tells.
fn is_asleep(id: u32) -> bool {
    let told = fs::read_to_string(format!("/proc/{id}/stat"));
    told.map_or(true, |told| told.contains(") S "))
}

#[tokio::test]
async fn stop_sends_the_wanted_signal_and_sweeps_the_group() {
    let folder = tempfile::tempdir().expect("a folder");
    // Of what a shell can do, only waiting is ended by a signal. dash forgets one that comes while it
    // starts a process, or a moment before it waits.
    // And it cannot hear SIGINT where that is ignored, as behind an `&` in a script.
    let script = "sleep 600 & trap 'exit 7' USR1; echo $!; wait";
    let spec = shell(folder.path(), script).stop_signal(Signal::SIGUSR1);
    let mut process = Process::spawn(spec).expect("a process");
    let sleeper = wait_for_words(&process);
    wait_until(|| is_asleep(process.id()));

    let status = process.stop().await;

    assert_eq!(status.code(), Some(7));
    assert_eq!(process.stop().await, status, "to stop twice is no error");
    wait_until_gone(sleeper.trim().parse().expect("a number"));
}

#[tokio::test]
async fn a_changed_limit_of_open_files_is_not_inherited() {
    let folder = tempfile::tempdir().expect("a folder");
    let ask = || {
        let child = Process::spawn(shell(folder.path(), "ulimit -n")).expect("a process");
        wait_for_words(&child)
    };
    let before = ask();
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
    setrlimit(Resource::RLIMIT_NOFILE, soft - 1, hard).expect("a lower limit");

    let after = ask();

    assert_eq!(after, before);
}

#[tokio::test]
async fn a_deaf_process_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = "trap '' TERM; echo deaf; while true; do sleep 600; done";
    let mut process = Process::spawn(shell(folder.path(), script)).expect("a process");
    wait_for_words(&process);
    // From here on ten seconds pass as soon as nobody has anything else to do.
    tokio::time::pause();

    let status = process.stop().await;

    assert_eq!(status.signal(), Some(Signal::SIGKILL as i32));
}

#[tokio::test]
async fn a_dropped_process_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let process = Process::spawn(shell(folder.path(), "sleep 600")).expect("a process");
    let id = process.id();

    drop(process);

    assert!(!exists(id));
}

#[tokio::test]
async fn a_process_has_its_environment_and_priority() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = shell(folder.path(), "echo $CHAIR $(nice)")
        .env("CHAIR", "stool")
        .nice(3);
    let before = Command::new("nice").output().expect("our own priority");
    let before: u8 = String::from_utf8_lossy(&before.stdout)
        .trim()
        .parse()
        .expect("a number");

    Process::run(spec, LIMIT).await.expect("a good end");

    let said = fs::read_to_string(folder.path().join("log")).expect("a log");
    assert_eq!(said, format!("stool {}\n", (before + 3).min(19)));
}

#[tokio::test]
async fn output_can_have_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("output");
    let spec = shell(folder.path(), "echo a chair; echo wobbly >&2").output(&output);

    Process::run(spec, LIMIT).await.expect("a good end");

    let read = |file| fs::read_to_string(file).expect("a file");
    assert_eq!(read(output), "a chair\n");
    assert_eq!(read(folder.path().join("log")), "wobbly\n");
}

#[tokio::test]
async fn a_run_that_fails_shows_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = shell(folder.path(), "echo too few legs; exit 2");

    let error = Process::run(spec, LIMIT).await.expect_err("a failure");

    let error = error.to_string();
    assert!(
        error.starts_with("sh ended with exit status: 2;"),
        "{error}"
    );
    assert!(error.ends_with(":\ntoo few legs"), "{error}");
}

/// The test plays both parts: once as itself, once as the parent that gets killed.
#[test]
#[cfg(target_os = "linux")]
fn a_child_dies_with_its_killed_parent() {
    if let Some(folder) = env::var_os(PARENT_OF) {
        let spec = shell(folder.as_ref(), "exec sleep 600");
        let process = Process::spawn(spec).expect("a process");
        println!("\nchild {}", process.id());
        loop {
            thread::park();
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut parent = Command::new(env::current_exe().expect("this test's program"))
        .args([
            "--exact",
            "a_child_dies_with_its_killed_parent",
            "--nocapture",
        ])
        .env(PARENT_OF, folder.path())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("a parent");
    let said = BufReader::new(parent.stdout.take().expect("a pipe"));
    let child = said
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("child ")?.parse().ok())
        .expect("the child's number");
    assert!(exists(child));

    parent.kill().expect("a kill");
    parent.wait().expect("an end");

    wait_until_gone(child);
}

/// Linux takes the thread that spawned a child for its parent, which must do no harm here.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_child_outlives_the_thread_that_asked_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = shell(folder.path(), "exec sleep 600");
    let asking = thread::spawn(|| (nix::unistd::gettid(), Process::spawn(spec)));
    let (thread, process) = asking.join().expect("a thread");
    let mut process = process.expect("a process");
    // The parent-death signal is on its way before the thread's entry disappears.
    wait_until(|| !fs::exists(format!("/proc/self/task/{thread}")).expect("a look"));

    let status = process.stop().await;

    assert_eq!(status.signal(), Some(Signal::SIGTERM as i32), "not SIGKILL");
}

/// Waits until a process is gone, or a zombie that nobody has taken leave of yet.
fn wait_until_gone(id: u32) {
    wait_until(|| !exists(id) || is_zombie(id));
}

fn is_zombie(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}
