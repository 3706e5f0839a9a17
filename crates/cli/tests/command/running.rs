//! A command that runs, and what it came to.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread::{self, JoinHandle},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

/// Nothing here is silent for so long, not even a build that waits for another one.
const LIMIT: Duration = Duration::from_secs(600);

/// How long a command may take to end once it was told to.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// A started command; killed when dropped.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    stdout: Option<JoinHandle<String>>,
    stderr: String,
    limit: Duration,
}

/// How a command ended.
pub struct Outcome {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// All that it wrote on standard output.
    pub stdout: String,
    /// All that it wrote on standard error.
    pub stderr: String,
}

impl Running {
    /// Starts a command without an input.
    pub fn start(command: Command) -> Self {
        Self::start_into(command, Stdio::piped())
    }

    /// Starts a command whose standard output goes elsewhere.
    pub fn start_into(mut command: Command, output: Stdio) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        let stdout = child.stdout.take();
        let stderr = child.stderr.take().expect("standard error is piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                let line = line.expect("standard error in UTF-8");
                // Nobody listens any more to a command that was dropped.
                let _ = sender.send(line);
            }
        });
        let stdout = thread::spawn(move || {
            let mut text = String::new();
            if let Some(mut stdout) = stdout {
                stdout.read_to_string(&mut text).expect("output in UTF-8");
            }
            text
        });
        Running {
            child,
            lines,
            stdout: Some(stdout),
            stderr: String::new(),
            limit: LIMIT,
        }
    }

    /// The number of the process, which is also that of its session.
    pub fn id(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Waits for a line on standard error that begins with `start`, and returns it.
    pub fn wait_for_line(&mut self, start: &str) -> String {
        loop {
            match self.next_line() {
                Some(line) if line.starts_with(start) => return line,
                Some(_) => {}
                None => panic!("{start:?} was never said:\n{}", self.stderr),
            }
        }
    }

    /// Sends a signal, after which the command has half a minute to end.
    pub fn signal(&mut self, signal: Signal) {
        kill(Pid::from_raw(self.id()), signal).expect("a process that runs");
        self.limit = STOP_LIMIT;
    }

    /// Waits for the end.
    pub fn finish(mut self) -> Outcome {
        while self.next_line().is_some() {}
        let status = self.child.wait().expect("an end");
        let stdout = self.stdout.take().expect("only taken here");
        Outcome {
            code: status.code(),
            stdout: stdout.join().expect("the reader does not panic"),
            stderr: std::mem::take(&mut self.stderr),
        }
    }

    /// The next line of standard error; `None` once the command, and all that might write there in
    /// its place, has ended.
    fn next_line(&mut self) -> Option<String> {
        match self.lines.recv_timeout(self.limit) {
            Ok(line) => {
                self.stderr.push_str(&line);
                self.stderr.push('\n');
                Some(line)
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!("waited in vain; it said:\n{}", self.stderr)
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Outcome {
    /// Standard output, which must be exactly one JSON document and nothing else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in {:?}\n{}", self.stdout, self.stderr))
    }

    /// Asserts how it ended.
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }
}
