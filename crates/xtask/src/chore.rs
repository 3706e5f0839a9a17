//! Steps with a name, run one after another, and their summary.

use std::fmt;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The steps run so far.
#[derive(Debug, Default)]
pub(crate) struct Chores(Vec<Done>);

#[derive(Debug)]
struct Done {
    name: String,
    took: Duration,
    /// What there is to say about it; an error when it failed.
    outcome: Result<String, String>,
}

impl Chores {
    /// Runs a step, and says whether it succeeded.
    pub(crate) fn run(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<String, String>,
    ) -> bool {
        eprintln!("==> {name}");
        let start = Instant::now();
        let outcome = step();
        let succeeded = outcome.is_ok();
        self.0.push(Done {
            name: name.to_owned(),
            took: start.elapsed(),
            outcome,
        });
        succeeded
    }

    /// Runs cargo as a step, with variables added to its environment.
    pub(crate) fn cargo(&mut self, name: &str, args: &[&str], env: &[(&str, &str)]) -> bool {
        self.run(name, || {
            let status = cargo().args(args).envs(env.iter().copied()).status();
            match status {
                Ok(status) if status.success() => Ok(String::new()),
                Ok(status) => Err(status.to_string()),
                Err(error) => Err(error.to_string()),
            }
        })
    }

    /// Prints the summary, and makes the exit code: 0 when all steps succeeded, 1 otherwise.
    pub(crate) fn conclude(&self) -> ExitCode {
        eprintln!("\n{self}");
        if self.0.iter().all(|done| done.outcome.is_ok()) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl fmt::Display for Chores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Done {
            name,
            took,
            outcome,
        } in &self.0
        {
            let (verdict, text) = match outcome {
                Ok(text) => ("ok", text),
                Err(text) => ("FAILED", text),
            };
            let seconds = took.as_secs();
            let line = format!("{verdict:6} {seconds:5} s  {name:14} {text}");
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// The cargo that runs us, at the root of the workspace and without an input.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_step_fails_the_whole() {
        let mut chores = Chores::default();

        assert!(chores.run("first", || Ok("12 passed".to_owned())));
        assert_eq!(chores.conclude(), ExitCode::SUCCESS);
        assert!(!chores.run("second", || Err("exit status: 1".to_owned())));

        assert_eq!(chores.conclude(), ExitCode::FAILURE);
        assert_eq!(
            chores.to_string(),
            "ok         0 s  first          12 passed\n\
             FAILED     0 s  second         exit status: 1\n"
        );
    }
}
