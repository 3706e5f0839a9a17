//! `isutori course check`: a working copy beside the untouched app.

use std::path::Path;

use clap::Args;
use isutori_bench::figures::grouped;
use isutori_course::{Course, Setting, Untouched};
use isutori_dataset::Dataset;
use isutori_protocol::{RunResult, Verdict};
use serde::Serialize;

use super::{CopyArguments, SIZE, bout::Bout};
use crate::{
    contest_data::RunArguments,
    handout::{Effort, HandOut},
    play::{Engine, Named, work_folder},
    shutdown, terminal,
};

/// So many endpoints are named that take most of the time.
const NAMED: usize = 3;

#[derive(Args)]
#[command(after_help = "Example:\n  isutori course check --dir climb")]
pub(crate) struct CheckCommand {
    #[command(flatten)]
    copy: CopyArguments,

    /// The database. The cures are written for MariaDB.
    #[arg(long, value_enum, default_value_t = Engine::Mysql)]
    engine: Engine,

    #[command(flatten)]
    run: RunArguments,
}

/// How a working copy compares.
#[derive(Serialize)]
struct Standing {
    verdict: Verdict,
    score: u64,
    untouched: u64,
    ratio: f64,
    /// Why it did not pass.
    reasons: Vec<String>,
    /// The highest rung that its score reaches.
    reached: Option<usize>,
    /// The rung to climb next, the first whose cure still applies.
    next: Option<usize>,
    /// Endpoints that take most of the time, the worst first.
    slow: Vec<String>,
}

pub(super) async fn run(course: &Course, arguments: CheckCommand) -> anyhow::Result<u8> {
    let stop = shutdown::listen()?;
    let copy = arguments.copy.open()?;
    let mut memory = copy.memory()?;
    let dataset = Dataset::new(1, SIZE);
    let setting = Setting {
        engine: arguments.engine.name(),
        data: dataset.label(),
        seconds: arguments.run.duration.as_secs(),
    };
    let bout = Bout {
        dataset: &dataset,
        engine: arguments.engine,
        run: &arguments.run,
        runs: copy.state()?.join("runs"),
        stop: &stop,
    };
    let untouched = match memory.untouched(&setting) {
        Some(score) => score,
        None => {
            eprintln!("measuring the untouched app, once");
            let result = once(&bout, &copy.untouched()?).await?;
            anyhow::ensure!(
                result.verdict == Verdict::Pass,
                "the untouched app did not pass ({}), so that there is nothing to compare with; \
                 try again when the machine has less to do",
                result.verdict.word()
            );
            let score = result.score;
            memory.remember(Untouched { setting, score });
            copy.remember(&memory)?;
            score
        }
    };
    let result = once(&bout, copy.folder()).await?;
    let next = copy.next(course)?;
    let standing = Standing::new(course, &result, untouched, next.map(|rung| rung.number));
    match arguments.run.json {
        true => terminal::print_json(&standing)?,
        false => terminal::print(&standing.describe(course, &arguments.copy.dir))?,
    }
    Ok(result.verdict.exit_code())
}

/// Builds and benchmarks the hand-out in a folder.
async fn once(bout: &Bout<'_>, folder: &Path) -> anyhow::Result<RunResult> {
    let handout = HandOut::in_folder(folder)?;
    let program = bout.build(&handout, Effort::Full).await?.program;
    bout.benchmark(&handout, &program, work_folder()?.path())
        .await
}

impl Standing {
    fn new(course: &Course, result: &RunResult, untouched: u64, next: Option<usize>) -> Self {
        let ratio = result.score as f64 / untouched.max(1) as f64;
        let mut endpoints: Vec<_> = result.endpoints.iter().collect();
        let spent = |count: u64, p50: f64| count as f64 * p50;
        endpoints.sort_by(|a, b| spent(b.count, b.p50_ms).total_cmp(&spent(a.count, a.p50_ms)));
        let slow = endpoints.iter().take(NAMED);
        Standing {
            verdict: result.verdict,
            score: result.score,
            untouched,
            ratio,
            reasons: result.reasons.clone(),
            reached: course.reached(ratio).map(|rung| rung.number),
            next,
            slow: slow
                .map(|endpoint| format!("{} (p50 {} ms)", endpoint.name, endpoint.p50_ms.round()))
                .collect(),
        }
    }

    fn describe(&self, course: &Course, dir: &Path) -> String {
        let mut text = format!(
            "{}  score {}, {:.2} times the untouched app's {}\n",
            self.verdict.word(),
            grouped(self.score),
            self.ratio,
            grouped(self.untouched)
        );
        let title = |number: usize| {
            let rung = course.rungs().get(number.wrapping_sub(1));
            rung.map_or("", |rung| {
                rung.title.in_language(isutori_course::Language::English)
            })
        };
        for reason in &self.reasons {
            text += &format!("  {reason}\n");
        }
        text += &match (self.verdict, self.reached) {
            (Verdict::Pass, Some(number)) => {
                format!("That is what rung {number} reaches: {}.\n", title(number))
            }
            (Verdict::Pass, None) => "That is what no rung reaches yet.\n".to_owned(),
            (Verdict::Fail, _) => {
                "A site that fails has no score: mend that first; the run's report.html has \
                 examples.\n"
                    .to_owned()
            }
            (Verdict::Void, _) => {
                "The benchmark was the limit, not the site: check again when the machine has less \
                 to do.\n"
                    .to_owned()
            }
        };
        text += &format!("Most time is spent on {}.\n", self.slow.join(", "));
        if let Some(next) = self.next {
            text += &format!(
                "Next: rung {next}, {}, the first whose cure still applies here. \
                 `isutori course hint {next} --dir {}`, or `isutori course show {next}`.\n",
                title(next),
                dir.display()
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use isutori_protocol::sample;

    use super::*;

    fn standing(score: u64, next: Option<usize>) -> Standing {
        let course = Course::embedded().expect("a course");
        let result = RunResult {
            score,
            reasons: Vec::new(),
            verdict: Verdict::Pass,
            ..sample::full()
        };
        Standing::new(&course, &result, 1000, next)
    }

    #[test]
    fn a_score_is_compared_with_the_untouched_one() {
        let course = Course::embedded().expect("a course");
        let last = course.rungs().len();

        let (low, high) = (standing(1000, Some(1)), standing(1_000_000, None));

        assert_eq!(low.reached, None);
        assert_eq!(high.reached, Some(last));
        assert_eq!(high.ratio, 1000.0);
        assert_eq!(low.slow.len(), NAMED);
        let text = low.describe(&course, Path::new("climb"));
        assert!(
            text.contains(
                "1.00 times the untouched app's 1,000\nThat is what no rung reaches yet."
            ),
            "{text}"
        );
        assert!(text.contains("Next: rung 1, Measure first,"), "{text}");
        let text = high.describe(&course, Path::new("climb"));
        assert!(
            text.contains(&format!("what rung {last} reaches")),
            "{text}"
        );
        assert!(!text.contains("Next"), "{text}");
    }

    #[test]
    fn a_run_that_did_not_pass_says_why_and_reaches_nothing() {
        let course = Course::embedded().expect("a course");
        for (result, words) in [(sample::failed(), "mend that"), (sample::void(), "again")] {
            let text =
                Standing::new(&course, &result, 1000, Some(2)).describe(&course, Path::new("."));
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines[1].trim(), result.reasons[0], "{text}");
            assert!(text.contains(words) && !text.contains("reaches"), "{text}");
        }
    }
}
