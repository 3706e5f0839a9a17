//! Runs the tests and counts, most of all what was not run.
//!
//! A test that cannot run where it is, say because it needs root, writes a line
//! `NOT RUN: its_name: the reason` to standard error, past the test harness, and returns. Such
//! lines are repeated at the end. For continuous integration they count as failures, so that no
//! test is silently absent everywhere.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use std::{env, io, thread};

use crate::chore::{Chores, cargo};

const NOT_RUN: &str = "NOT RUN: ";

/// So long may a process of a test live on when all tests have ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// Builds the programs and runs the tests; all of them unless cargo's arguments say otherwise.
///
/// The programs are built first and one by one, exactly as their users build them: tests start them
/// as processes, and a build of several packages at once would give each the features that any of
/// them wants of a library.
pub(crate) fn run(chores: &mut Chores, cargo_args: &[String]) {
    for program in ["suwaru", "isutori"] {
        let build = ["build", "--release", "--package", program];
        if !chores.cargo(&format!("build {program}"), &build, &[]) {
            return;
        }
    }
    let is_ci = env::var_os("CI").is_some_and(|value| value == "true");
    chores.run("tests", || {
        let (status, tally) = run_tests(cargo_args).map_err(|error| error.to_string())?;
        tally.judge(status, is_ci)
    });
}

fn run_tests(cargo_args: &[String]) -> io::Result<(ExitStatus, Tally)> {
    let mut command = cargo();
    command.args(["test", "--release", "--no-fail-fast"]);
    if cargo_args.is_empty() {
        command.arg("--workspace");
    }
    hear(
        command
            .args(cargo_args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?,
        [Box::new(io::stdout()), Box::new(io::stderr())],
        PATIENCE,
    )
}

/// Passes on what a process says until it has ended and nobody holds its outputs any more.
///
/// A process that a test left behind holds them for good; it is waited for only so long after the
/// end, and told.
fn hear(
    mut child: Child,
    [out, err]: [Box<dyn Write + Send>; 2],
    patience: Duration,
) -> io::Result<(ExitStatus, Tally)> {
    let stdout = child.stdout.take().expect("standard output is piped");
    let stderr = child.stderr.take().expect("standard error is piped");
    let (say, said) = mpsc::channel();
    let errors = say.clone();
    thread::spawn(move || pass_on(stdout, out, &say));
    thread::spawn(move || pass_on(stderr, err, &errors));
    let mut tally = Tally::default();
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match said.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => tally.add(&String::from_utf8_lossy(&line?)),
            Err(RecvTimeoutError::Disconnected) => return Ok((child.wait()?, tally)),
            Err(RecvTimeoutError::Timeout) => {}
        }
        match ended {
            None => ended = child.try_wait()?.map(|status| (status, Instant::now())),
            Some((status, at)) if at.elapsed() > patience => {
                tally.left_behind = true;
                return Ok((status, tally));
            }
            Some(_) => {}
        }
    }
}

/// Passes on what is said, line by line, and tells each.
fn pass_on(said: impl Read, mut heard: impl Write, tell: &Sender<io::Result<Vec<u8>>>) {
    for line in BufReader::new(said).split(b'\n') {
        let line = line.and_then(|line| {
            heard.write_all(&line)?;
            heard.write_all(b"\n")?;
            Ok(line)
        });
        // Nobody listens any more when the outputs were held for too long.
        if tell.send(line).is_err() {
            return;
        }
    }
}

/// What the tests said.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
    /// Name and reason of each test that did not run.
    not_run: Vec<String>,
    /// A process that a test started outlived all of them.
    left_behind: bool,
}

impl Tally {
    fn add(&mut self, line: &str) {
        if let Some((_, test)) = line.split_once(NOT_RUN) {
            self.not_run.push(test.to_owned());
        } else if line.starts_with("test result: ") {
            self.passed += number_before(line, " passed");
            self.failed += number_before(line, " failed");
        }
    }

    /// The one line for the summary, preceded by a line for each test that did not run.
    fn judge(&self, status: ExitStatus, is_ci: bool) -> Result<String, String> {
        for test in &self.not_run {
            eprintln!("{NOT_RUN}{test}");
        }
        // A test that did not run returned, so the harness takes it for passed.
        let absent = u32::try_from(self.not_run.len()).unwrap_or(u32::MAX);
        let passed = self.passed.saturating_sub(absent);
        let text = format!("{passed} passed, {} failed, {absent} NOT RUN", self.failed);
        if !status.success() {
            Err(format!("{text}, cargo ended with {status}"))
        } else if self.left_behind {
            Err(format!(
                "{text}, but a test left a process behind that holds the tests' output: \
                 look for it with `ps -ef --sort start_time`"
            ))
        } else if is_ci && absent > 0 {
            Err(format!("{text}, but CI must run every test"))
        } else {
            Ok(text)
        }
    }
}

/// The number that ends right before `words`, or 0.
fn number_before(line: &str, words: &str) -> u32 {
    line.split_once(words)
        .and_then(|(before, _)| before.rsplit(' ').next()?.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use super::*;

    const SAID: &str = "\
running 3 tests
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
NOT RUN: needs_a_throne: needs root
test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s
";

    #[test]
    fn results_are_added_up_and_passed_on() {
        let mut heard = Vec::new();
        let (say, said) = mpsc::channel();

        pass_on(SAID.as_bytes(), &mut heard, &say);

        drop(say);
        let mut tally = Tally::default();
        for line in said {
            tally.add(&String::from_utf8_lossy(&line.expect("a line")));
        }
        assert_eq!(String::from_utf8_lossy(&heard), SAID);
        let not_run = vec!["needs_a_throne: needs root".to_owned()];
        assert_eq!((tally.passed, tally.failed), (13, 2));
        assert_eq!(tally.not_run, not_run);
    }

    #[test]
    fn what_a_test_leaves_behind_is_told_and_not_waited_for() {
        let leaving = shell("echo 'test result: ok. 2 passed; 0 failed'; timeout 5 yes &");
        let alone = shell("echo 'test result: ok. 2 passed; 0 failed'; echo failing >&2");

        let (status, left) = hear(leaving, nowhere(), Duration::from_millis(200)).expect("a tally");
        let (_, whole) = hear(alone, nowhere(), PATIENCE).expect("a tally");

        assert_eq!((left.passed, left.left_behind), (2, true));
        assert_eq!((whole.passed, whole.left_behind), (2, false));
        let verdict = left.judge(status, false).expect_err("a failure");
        assert!(verdict.contains("left a process behind"), "{verdict}");
        assert_eq!(
            whole.judge(status, true),
            Ok("2 passed, 0 failed, 0 NOT RUN".to_owned())
        );
    }

    fn nowhere() -> [Box<dyn Write + Send>; 2] {
        [Box::new(io::sink()), Box::new(io::sink())]
    }

    fn shell(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().expect("a shell")
    }

    #[test]
    fn a_test_that_did_not_run_fails_only_in_ci() {
        let tally = Tally {
            passed: 13,
            failed: 0,
            not_run: vec!["needs_a_throne: needs root".to_owned()],
            left_behind: false,
        };
        let success = ExitStatus::from_raw(0);

        let at_home = tally.judge(success, false);
        let in_ci = tally.judge(success, true);

        assert_eq!(at_home, Ok("12 passed, 0 failed, 1 NOT RUN".to_owned()));
        let reason = "12 passed, 0 failed, 1 NOT RUN, but CI must run every test";
        assert_eq!(in_ci, Err(reason.to_owned()));
    }

    #[test]
    fn a_failed_cargo_fails_even_without_results() {
        let failure = ExitStatus::from_raw(101 << 8);

        let verdict = Tally::default().judge(failure, false);

        let reason = "0 passed, 0 failed, 0 NOT RUN, cargo ended with exit status: 101";
        assert_eq!(verdict, Err(reason.to_owned()));
    }
}
