//! What to run and how.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs::File, io};

use nix::sys::signal::Signal;

use crate::{Account, spawner};

/// A description of a process to be started by [`Process::spawn`](crate::Process::spawn).
///
/// Its standard input is empty; standard output and standard error go to the log file, which is
/// begun anew; [`ProcessSpec::output`] takes standard output apart.
#[derive(Clone, Debug)]
pub struct ProcessSpec {
    pub(crate) program: PathBuf,
    pub(crate) log: PathBuf,
    output: Option<PathBuf>,
    pub(crate) stop_signal: Signal,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    nice: u8,
    account: Option<Account>,
}

impl ProcessSpec {
    /// Runs `program` and writes all that it says into the file `log`. It has our environment, our
    /// account and our priority, and is asked to stop by SIGTERM.
    pub fn new(program: impl Into<PathBuf>, log: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            log: log.into(),
            output: None,
            stop_signal: Signal::SIGTERM,
            args: Vec::new(),
            env: Vec::new(),
            nice: 0,
            account: None,
        }
    }

    /// Adds one argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds an argument that ends in a path, such as `--datadir=` and a folder.
    #[must_use]
    pub fn arg_with_path(self, option: &str, path: &Path) -> Self {
        let mut arg = OsString::from(option);
        arg.push(path);
        self.arg(arg)
    }

    /// Adds several arguments.
    #[must_use]
    pub fn args(self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    /// Writes standard output into a file of its own, which is begun anew; the log keeps standard
    /// error alone.
    #[must_use]
    pub fn output(mut self, file: impl Into<PathBuf>) -> Self {
        self.output = Some(file.into());
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env
            .push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Lowers the priority by so many steps of `nice`, at most to the lowest, 19. Servers run at 10
    /// so that a benchmarker on the same machine gets its processor time first.
    #[must_use]
    pub fn nice(mut self, steps: u8) -> Self {
        self.nice = steps;
        self
    }

    /// Runs as this account; only root can.
    #[must_use]
    pub fn account(mut self, account: Option<Account>) -> Self {
        self.account = account;
        self
    }

    /// The signal that asks the program to end in good order, SIGTERM unless said otherwise.
    #[must_use]
    pub fn stop_signal(mut self, signal: Signal) -> Self {
        self.stop_signal = signal;
        self
    }

    /// The command, in a process group of its own, bound to the life of this process.
    pub(crate) fn to_command(&self) -> io::Result<Command> {
        let log = File::create(&self.log)?;
        let output = match &self.output {
            Some(file) => File::create(file)?,
            None => log.try_clone()?,
        };
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .envs(self.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(log)
            .process_group(0);
        if let Some(account) = self.account {
            command.uid(account.uid).gid(account.gid);
        }
        spawner::bind_to_this_process(&mut command, self.nice);
        Ok(command)
    }
}
