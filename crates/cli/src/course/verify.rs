//! `isutori course verify`: for whoever changes the project.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    thread::available_parallelism,
};

use anyhow::{Context, bail, ensure};
use clap::Args;
use isutori_bench::figures::grouped;
use isutori_course::{Course, Rung, WorkingCopy};
use isutori_dataset::{Dataset, Size};
use isutori_protocol::{RunResult, Verdict};
use jiff::Zoned;
use tempfile::TempDir;
use tokio::process::Command;

use super::{
    SIZE,
    bout::Bout,
    ladder::{Ladder, Step},
    make,
};
use crate::{
    contest_data::RunArguments,
    handout::{Effort, HandOut},
    play::{Engine, work_folder},
    shutdown, terminal,
};

/// A run that was void says nothing, and is made again so often.
const ATTEMPTS: usize = 3;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  isutori course verify --quick\n  isutori course verify --runs 3 --write docs"
)]
pub(crate) struct VerifyCommand {
    /// Only build each rung, in a hurry, check that it keeps the contract, and run the unit tests of
    /// the last one; measure nothing.
    #[arg(long)]
    quick: bool,

    /// So many runs of each rung; the median counts.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=20))]
    runs: u8,

    /// Measure from this rung on; those before are only applied.
    #[arg(long, default_value_t = 1, value_name = "N")]
    from: usize,

    /// Measure up to this rung.
    #[arg(long, value_name = "N")]
    to: Option<usize>,

    /// A folder with ladder.md, in which table and plot are written anew.
    #[arg(long, value_name = "DIR", conflicts_with = "quick")]
    write: Option<PathBuf>,

    #[command(flatten)]
    run: RunArguments,
}

pub(super) async fn run(course: &Course, arguments: VerifyCommand) -> anyhow::Result<u8> {
    let from = course.rung(arguments.from)?.number;
    let last = arguments.to.unwrap_or(course.rungs().len());
    let last = course.rung(last)?.number;
    ensure!(from <= last, "--from {from} is after --to {last}");
    let stop = shutdown::listen()?;
    let folder = work_folder()?;
    let copy = make(&folder.path().join("copy"))?;
    let dataset = Dataset::new(1, if arguments.quick { Size::Small } else { SIZE });
    let climb = Climb {
        arguments: &arguments,
        bout: Bout {
            dataset: &dataset,
            engine: Engine::Mysql,
            run: &arguments.run,
            runs: copy.state()?.join("runs"),
            stop: &stop,
        },
        copy: &copy,
        folder: &folder,
    };
    let ladder = climb.up(&course.rungs()[..last]).await?;
    if arguments.quick {
        terminal::print(&format!(
            "PASS: rungs {from} to {last} build and keep the contract\n"
        ))?;
        return Ok(0);
    }
    terminal::print(&ladder.table())?;
    let all = from == 1 && last == course.rungs().len();
    let faults = ladder.faults(all);
    for fault in &faults {
        eprintln!("{fault}");
    }
    Ok(u8::from(!faults.is_empty()))
}

/// How the rungs are measured, for whoever reads the table.
fn conditions(arguments: &VerifyCommand) -> String {
    let today = Zoned::now().date();
    let processors = available_parallelism().map_or(1, NonZero::get);
    let memory = match memory_gib() {
        Some(gib) => format!(" and {gib} GiB"),
        None => String::new(),
    };
    let (runs, load) = (arguments.runs, arguments.run.duration.as_secs());
    let runs = match runs {
        1 => "one run of each".to_owned(),
        runs => format!("the median of {runs} runs of each"),
    };
    format!(
        "Measured on {today}, on {processors} processors{memory}, which app, database, nginx and \
         benchmark share: {runs}, {load} s of load."
    )
}

/// The machine's memory, rounded.
fn memory_gib() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let total = info
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().trim_end_matches(" kB").parse().ok()?;
    Some((kib + (1 << 19)) >> 20)
}

/// One way up.
struct Climb<'a> {
    arguments: &'a VerifyCommand,
    bout: Bout<'a>,
    copy: &'a WorkingCopy,
    folder: &'a TempDir,
}

impl Climb<'_> {
    async fn up(&self, rungs: &[Rung]) -> anyhow::Result<Ladder> {
        let mut ladder = Ladder {
            conditions: conditions(self.arguments),
            ..Ladder::default()
        };
        for rung in rungs {
            self.apply(rung)?;
            if rung.number < self.arguments.from {
                continue;
            }
            let handout = HandOut::in_folder(self.copy.folder())?;
            if self.arguments.quick {
                self.check(rung, &handout).await?;
                continue;
            }
            if ladder.is_stretch_complete() {
                ladder.untouched.push(self.untouched().await?);
            }
            let score = self.measure(&rung.name, &handout).await?;
            ladder.steps.push(Step::new(rung, score));
            self.keep(&ladder)?;
        }
        if self.arguments.quick {
            self.test().await?;
        }
        if !ladder.steps.is_empty() {
            ladder.untouched.push(self.untouched().await?);
            self.keep(&ladder)?;
        }
        Ok(ladder)
    }

    async fn untouched(&self) -> anyhow::Result<u64> {
        let handout = HandOut::in_folder(&self.copy.untouched()?)?;
        self.measure("the untouched app", &handout).await
    }

    /// Writes what was measured so far, so that little is lost when a rung fails after an hour.
    fn keep(&self, ladder: &Ladder) -> anyhow::Result<()> {
        match &self.arguments.write {
            Some(docs) => ladder.write(docs),
            None => Ok(()),
        }
    }

    fn apply(&self, rung: &Rung) -> anyhow::Result<()> {
        let patch = self.folder.path().join("cure.patch");
        std::fs::write(&patch, rung.cure).with_context(|| patch.display().to_string())?;
        let applied = self.copy.apply(&patch, &rung.name);
        applied.with_context(|| format!("the cure of rung {} does not apply", rung.name))
    }

    async fn check(&self, rung: &Rung, handout: &HandOut) -> anyhow::Result<()> {
        let program = self.build(&rung.name, handout, Effort::Least).await?;
        // Later rungs find the data as earlier ones left it, as it would be on a host.
        let work = self.folder.path().join("work");
        let failure = self.bout.check(handout, &program, &work).await?;
        match failure {
            None => eprintln!("{}: PASS", rung.name),
            Some(failure) => bail!("rung {} breaks the contract: {failure}", rung.name),
        }
        Ok(())
    }

    /// Runs the app's unit tests, those of all cures so far included.
    async fn test(&self) -> anyhow::Result<()> {
        let handout = HandOut::in_folder(self.copy.folder())?;
        let tests = self.bout.build_tests(&handout).await?;
        let output = Command::new(tests.program).output().await?;
        let said = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "unit tests fail:\n{said}");
        eprintln!("{}", said.trim());
        Ok(())
    }

    async fn build(
        &self,
        name: &str,
        handout: &HandOut,
        effort: Effort,
    ) -> anyhow::Result<PathBuf> {
        let built = self.bout.build(handout, effort).await?;
        let warnings = built.warnings;
        ensure!(warnings == 0, "{name} builds with {warnings} warnings");
        Ok(built.program)
    }

    /// The median score of some runs.
    async fn measure(&self, name: &str, handout: &HandOut) -> anyhow::Result<u64> {
        let program = self.build(name, handout, Effort::Full).await?;
        let mut scores = Vec::new();
        for _ in 0..self.arguments.runs {
            let score = self.judged(name, handout, &program).await?.score;
            eprintln!("{name}: {}", grouped(score));
            scores.push(score);
        }
        scores.sort_unstable();
        Ok(scores[scores.len() / 2])
    }

    async fn judged(
        &self,
        name: &str,
        handout: &HandOut,
        program: &Path,
    ) -> anyhow::Result<RunResult> {
        for _ in 0..ATTEMPTS {
            let work = work_folder()?;
            let result = self.bout.benchmark(handout, program, work.path()).await?;
            match result.verdict {
                Verdict::Pass => return Ok(result),
                Verdict::Void => eprintln!("{name}: VOID, once more"),
                Verdict::Fail => bail!("{name} fails: {:?}", result.failures),
            }
        }
        bail!("{name}: {ATTEMPTS} runs were void; let the machine have less to do");
    }
}
