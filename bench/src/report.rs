//! `report.html`: a run as one page that needs nothing else.
//!
//! 1. [`write()`] reads a run folder and puts the page into it.
//! 2. The sections of the page, `endpoints`, `failures`, `changes` and
//!    `health`, turn figures into words; `templates/report.html` arranges them.
//! 3. `charts` draws the plots, in colours that the style sheet chooses.
//!
//! There is no script in it, and nothing is loaded from elsewhere. Whatever came
//! from the site is hostile: the templates escape all text.

mod changes;
mod charts;
mod endpoints;
mod failures;
mod health;
mod settings;

use std::{
    io,
    path::{Path, PathBuf},
};

use askama::Template;
use isutori_protocol::{Comparison, RunResult, Timeline, Verdict};

use self::{
    changes::Changes,
    charts::Charts,
    endpoints::EndpointRow,
    failures::FailureRow,
    health::{Share, health_facts, shares},
    settings::setting_facts,
};
use crate::{
    figures::{grouped, latency},
    run_folder::{read_result, read_timeline, write_whole},
};

/// A name and what there is to say about it.
struct Fact {
    name: &'static str,
    value: String,
}

impl Fact {
    fn new(name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        Fact { name, value }
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    result: &'a RunResult,
    /// `pass`, `fail` or `void`, for the style sheet.
    mood: &'static str,
    score: String,
    explanation: String,
    summary: Vec<Fact>,
    charts: Option<Charts>,
    percentiles: String,
    endpoints: Vec<EndpointRow<'a>>,
    failures: Vec<FailureRow<'a>>,
    changes: Option<Changes>,
    health: Vec<Fact>,
    shares: Vec<Share>,
    settings: Vec<Fact>,
}

/// The page of a run, compared with an earlier one if that is given.
///
/// # Errors
/// When it cannot be put together, which is a fault of ours.
pub fn render(
    result: &RunResult,
    timeline: Option<&Timeline>,
    before: Option<&RunResult>,
) -> io::Result<String> {
    let timeline = timeline.filter(|timeline| !timeline.seconds.is_empty());
    let page = Page {
        result,
        mood: mood(result.verdict),
        score: grouped(result.score),
        explanation: explanation(result),
        summary: summary(result, timeline),
        charts: timeline.map(Charts::draw).transpose()?,
        percentiles: charts::percentiles::draw(&result.endpoints)?,
        endpoints: endpoints::rows(result, timeline)?,
        failures: failures::rows(result),
        changes: before.map(|before| Changes::new(&Comparison::new(before, result))),
        health: health_facts(&result.health),
        shares: shares(&result.health),
        settings: setting_facts(result),
    };
    page.render().map_err(io::Error::other)
}

/// Writes the page of a finished run into its folder, over an older one, and
/// says where.
///
/// # Errors
/// When the folder cannot be read or written.
pub fn write(folder: &Path, before: Option<&RunResult>) -> io::Result<PathBuf> {
    let (result, timeline) = (read_result(folder)?, read_timeline(folder)?);
    let page = render(&result, timeline.as_ref(), before)?;
    write_whole(folder, "report.html", page.as_bytes())
}

fn mood(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Void => "void",
    }
}

/// How the score came about, in a sentence.
fn explanation(result: &RunResult) -> String {
    let deductions = &result.deductions;
    let points = grouped(deductions.points);
    match result.verdict {
        Verdict::Pass if deductions.factor < 1.0 => format!(
            "{points} points × {:.3}, because {:.2} % of the answers were wrong and {:.2} % did not come in time",
            deductions.factor,
            deductions.wrong_rate * 100.0,
            deductions.timeout_rate * 100.0,
        ),
        Verdict::Pass => "No answer was wrong or late: all points count".to_owned(),
        Verdict::Fail => format!("The site broke the rules; its {points} points do not count"),
        Verdict::Void => {
            "The benchmark itself was the limit, so this run counts for nothing; run it again on a quieter machine"
                .to_owned()
        }
    }
}

/// The figures that everybody looks for first.
fn summary(result: &RunResult, timeline: Option<&Timeline>) -> Vec<Fact> {
    let people = &result.people;
    let answers = result.endpoints.iter();
    let answers: u64 = answers.map(|e| e.count + e.errors).sum();
    let pace = answers as f64 / result.load_seconds.max(1.0);
    let errors: u64 = result.endpoints.iter().map(|e| e.errors).sum();
    let mut facts = vec![
        Fact::new("people at most", grouped(people.peak)),
        Fact::new("came", grouped(people.arrived)),
        Fact::new("left because the site was slow", grouped(people.sent_away)),
        Fact::new("requests a second", grouped(pace.round() as u64)),
        Fact::new("failed requests", grouped(errors)),
    ];
    if let Some(median) = timeline.and_then(overall_median) {
        facts.push(Fact::new("median latency at the end", latency(median)));
    }
    facts
}

/// Of the last second in which there were right answers.
fn overall_median(timeline: &Timeline) -> Option<f64> {
    let mut seconds = timeline.seconds.iter().rev();
    seconds.find_map(|second| Some(second.latency?.p50_ms))
}

#[cfg(test)]
mod tests;
