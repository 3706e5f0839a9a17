//! What the rungs came to: the table and the plot of `docs/ladder.md`.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, anyhow};
use isutori_bench::figures::grouped;
use isutori_course::{Band, Language, Rung};
use plotters::prelude::*;

/// The page as it is, for those who do not have it at hand.
const PAGE: &str = include_str!("../../../../docs/ladder.md");

/// Between these lines of `ladder.md` stands the table.
const BEGIN: &str = "<!-- table -->\n";
const END: &str = "<!-- end of table -->\n";

/// What the last rung has to reach, as a ratio to the untouched score.
const GOAL: f64 = 100.0;

/// The part of the whole gain, on a logarithmic scale, that no rung may bring alone.
const MOST: f64 = 0.5;

/// After so many rungs the untouched app is measured again, as a machine is not as fast in one hour
/// as in the next.
const STRETCH: usize = 12;

/// What a rung came to when the page was written, times the untouched score.
pub(super) fn measured(rung: &Rung) -> Option<f64> {
    let title = rung.title.in_language(Language::English);
    let begin = format!("| {}. {title} |", rung.number);
    let row = PAGE.lines().find(|line| line.starts_with(&begin))?;
    row.split('|').nth(4)?.trim().parse().ok()
}

/// Scores, from the untouched app upwards.
#[derive(Default)]
pub(super) struct Ladder {
    /// Of the untouched app: before the first rung, and after each stretch of them.
    pub(super) untouched: Vec<u64>,
    pub(super) steps: Vec<Step>,
    /// How it was measured: a sentence.
    pub(super) conditions: String,
}

/// One rung's.
pub(super) struct Step {
    number: usize,
    title: String,
    touches: String,
    band: Band,
    score: u64,
}

impl Step {
    pub(super) fn new(rung: &Rung, score: u64) -> Self {
        Step {
            number: rung.number,
            title: rung.title.in_language(Language::English).to_owned(),
            touches: super::touches(rung).join(", "),
            band: rung.band,
            score,
        }
    }
}

impl Ladder {
    /// Whether the untouched app is to be measured before any further rung.
    pub(super) fn is_stretch_complete(&self) -> bool {
        self.steps.len() >= self.untouched.len() * STRETCH
    }

    /// The rungs, each with its ratio to the mean of what the untouched app came to before and after
    /// the rung's stretch.
    fn ratios(&self) -> impl Iterator<Item = (&Step, f64)> {
        let stretches = self.steps.chunks(STRETCH).enumerate();
        stretches.flat_map(|(stretch, steps)| {
            let beside = self.untouched.iter().skip(stretch).take(2);
            let runs = beside.len().max(1) as f64;
            let untouched = (beside.sum::<u64>() as f64 / runs).max(1.0);
            let ratio = move |step: &Step| step.score as f64 / untouched;
            steps.iter().map(move |step| (step, ratio(step)))
        })
    }

    /// What is not as it has to be, a sentence each. `all` says whether every rung of the course was
    /// measured, so that the ladder can be judged as a whole.
    pub(super) fn faults(&self, all: bool) -> Vec<String> {
        let mut faults: Vec<String> = self
            .ratios()
            .filter(|(step, ratio)| !step.band.contains(*ratio))
            .map(|(step, ratio)| {
                let (number, Band { from, to }) = (step.number, step.band);
                format!("rung {number} came to {ratio:.2}; its band is {from} to {to}")
            })
            .collect();
        let Some((_, whole)) = self.ratios().last().filter(|_| all) else {
            return faults;
        };
        if whole < GOAL {
            faults.push(format!("the last rung came to {whole:.2}, not to {GOAL}"));
        }
        let mut below = 1.0;
        for (step, ratio) in self.ratios() {
            let part = (ratio / below).ln() / whole.ln();
            if part > MOST {
                let (number, percent) = (step.number, part * 100.0);
                faults.push(format!(
                    "rung {number} alone brings {percent:.0} % of the gain"
                ));
            }
            below = ratio;
        }
        faults
    }

    /// The table, in Markdown.
    pub(super) fn table(&self) -> String {
        let mut table = "| rung | touches | score | times the untouched | band |\n\
                         |---|---|---|---|---|\n"
            .to_owned();
        let untouched: Vec<String> = self.untouched.iter().map(|score| grouped(*score)).collect();
        let untouched = untouched.join(", then ");
        let _ = writeln!(table, "| 0. As handed out | | {untouched} | 1.00 | |");
        for (step, ratio) in self.ratios() {
            let outside = match step.band.contains(ratio) {
                true => "",
                false => ", **outside**",
            };
            let (number, title, touches) = (step.number, &step.title, &step.touches);
            let (score, Band { from, to }) = (grouped(step.score), step.band);
            let _ = writeln!(
                table,
                "| {number}. {title} | {touches} | {score} | {ratio:.2} | {from} to {to}{outside} |"
            );
        }
        table
    }

    /// Writes table and plot into the folder with `ladder.md`.
    pub(super) fn write(&self, docs: &Path) -> anyhow::Result<()> {
        let page = docs.join("ladder.md");
        let name = || page.display().to_string();
        let text = fs::read_to_string(&page).with_context(name)?;
        let parts = text.split_once(BEGIN).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(END)?;
            let conditions = &self.conditions;
            let table = self.table();
            Some(format!(
                "{before}{BEGIN}{conditions}\n\n{table}{END}{after}"
            ))
        });
        let text = parts.ok_or_else(|| anyhow!("{}: there is no place for the table", name()))?;
        fs::write(&page, text).with_context(name)?;
        let plot = docs.join("ladder.svg");
        self.draw(&plot)
            .map_err(|error| anyhow!("cannot draw {}: {error}", plot.display()))
    }

    fn draw(&self, plot: &Path) -> Result<(), Box<dyn std::error::Error + '_>> {
        let ratios = self
            .ratios()
            .map(|(step, ratio)| (step.number as f64, ratio));
        let points: Vec<(f64, f64)> = [(0.0, 1.0)].into_iter().chain(ratios).collect();
        let highest = points.iter().map(|(_, ratio)| *ratio).fold(GOAL, f64::max);
        let end = points.last().map_or(0.0, |(number, _)| *number);
        let area = SVGBackend::new(plot, (720, 480)).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption("Score of each rung", ("sans-serif", 20))
            .margin(16)
            .x_label_area_size(44)
            .y_label_area_size(76)
            .build_cartesian_2d(0.0..end + 0.5, (0.5..highest * 1.5).log_scale())?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            // More than that would run into each other.
            .x_labels(points.len().min(13))
            .x_label_formatter(&|number| format!("{number:.0}"))
            .x_desc("rung")
            .y_desc("times the untouched score")
            .label_style(("sans-serif", 14))
            .draw()?;
        let bands = self.steps.iter().map(|step| {
            let number = step.number as f64;
            let corners = [
                (number - 0.25, step.band.from),
                (number + 0.25, step.band.to),
            ];
            Rectangle::new(corners, BLACK.mix(0.12).filled())
        });
        chart.draw_series(bands)?;
        let colour = RGBColor(0x1f, 0x6f, 0xb2);
        chart.draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(4))?;
        area.present()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use isutori_course::Course;

    use super::*;

    #[test]
    fn the_page_tells_of_the_course_as_it_is() {
        let course = Course::embedded().expect("a course");
        for rung in course.rungs() {
            let ratio = measured(rung).unwrap_or_else(|| panic!("nothing of {}", rung.name));
            let band = rung.band;
            assert!(band.contains(ratio), "{}: {ratio}, {band:?}", rung.name);
        }
        assert!(course.rungs().last().and_then(measured) >= Some(GOAL));
    }

    fn step(number: usize, score: u64) -> Step {
        Step {
            number,
            title: "Four legs".to_owned(),
            touches: "app".to_owned(),
            band: Band { from: 1.5, to: 2.5 },
            score,
        }
    }

    fn ladder(score: u64) -> Ladder {
        Ladder {
            untouched: vec![8000],
            steps: vec![step(1, score)],
            conditions: "Measured in the shade.".to_owned(),
        }
    }

    #[test]
    fn a_rung_outside_its_band_is_told() {
        assert!(ladder(16_000).faults(false).is_empty());
        let faults = ladder(8_000).faults(false);
        assert_eq!(faults, ["rung 1 came to 1.00; its band is 1.5 to 2.5"]);
        assert!(
            ladder(8_000)
                .table()
                .contains("| 1.00 | 1.5 to 2.5, **outside** |")
        );
    }

    #[test]
    fn a_whole_ladder_reaches_its_goal_in_steps() {
        let climbed = |ratios: &[f64]| {
            let scores = ratios.iter().map(|ratio| (ratio * 8000.0) as u64);
            let steps = (1..).zip(scores).map(|(number, score)| Step {
                band: Band {
                    from: 1.0,
                    to: 1000.0,
                },
                ..step(number, score)
            });
            let whole = Ladder {
                untouched: vec![8000],
                steps: steps.collect(),
                conditions: String::new(),
            };
            whole.faults(true)
        };
        assert!(climbed(&[5.0, 12.0, 100.0]).is_empty());
        assert_eq!(
            climbed(&[5.0, 12.0, 60.0]),
            ["the last rung came to 60.00, not to 100"]
        );
        assert_eq!(
            climbed(&[20.0, 120.0]),
            ["rung 1 alone brings 63 % of the gain"]
        );
    }

    #[test]
    fn rungs_are_compared_with_the_untouched_app_of_the_same_hour() {
        let mut whole = Ladder::default();
        assert!(whole.is_stretch_complete());
        whole.untouched.push(8000);
        assert!(!whole.is_stretch_complete());
        whole.steps = (1..=STRETCH).map(|number| step(number, 14_000)).collect();
        assert!(whole.is_stretch_complete());

        whole.untouched.push(6000);
        whole.steps.push(step(STRETCH + 1, 10_000));
        whole.untouched.push(4000);

        let ratios: Vec<f64> = whole.ratios().map(|(_, ratio)| ratio).collect();
        assert_eq!(ratios, [2.0; STRETCH + 1]);
        let table = whole.table();
        assert!(
            table.contains("| 8,000, then 6,000, then 4,000 | 1.00 |"),
            "{table}"
        );
    }

    #[test]
    fn the_table_takes_the_place_of_an_older_one() {
        let docs = tempfile::tempdir().expect("a folder");
        let page = docs.path().join("ladder.md");
        fs::write(&page, format!("# Ladder\n{BEGIN}old\n{END}Tail\n")).expect("a page");

        ladder(16_000).write(docs.path()).expect("written");

        let text = fs::read_to_string(&page).expect("a page");
        assert!(
            text.starts_with("# Ladder\n<!-- table -->\nMeasured in the shade.\n\n| rung |"),
            "{text}"
        );
        assert!(
            text.contains("| 1. Four legs | app | 16,000 | 2.00 | 1.5 to 2.5 |\n"),
            "{text}"
        );
        assert!(
            text.ends_with("<!-- end of table -->\nTail\n") && !text.contains("old"),
            "{text}"
        );
        let plot = fs::read_to_string(docs.path().join("ladder.svg")).expect("a plot");
        assert!(plot.contains("times the untouched score"), "{plot}");
    }
}
