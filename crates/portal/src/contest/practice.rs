//! A class: the table `[practice]` of a `contest.toml`.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Contest, Nonsense};
use crate::{class::course, clock::Millis};

/// How a class is held. It has no freeze, and no end of runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    /// The score of the untouched app, points. Without it nobody is told how many times as fast a
    /// team is, and which rung it has reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub untouched: Option<u64>,
    /// When hints open by themselves; the teacher opens all others.
    #[serde(default, rename = "hint", skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<HintPlan>,
}

/// When the steps of a rung's hint open by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HintPlan {
    /// The rung of the course, which counts from 1.
    pub rung: usize,
    /// For the first steps, one after the other; those that are left out are the teacher's.
    pub after: Vec<SinceStart>,
}

/// How long after the start, such as `20m` or `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SinceStart(
    #[serde(serialize_with = "jiff::fmt::serde::duration::friendly::compact::required")]
    pub  SignedDuration,
);

/// What makes no sense in a `[practice]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PracticeFault {
    /// There is a freeze as well.
    Freeze,
    /// An untouched score by which nothing can be divided.
    Untouched,
    /// A rung that the course has not.
    NoRung {
        /// The number that was given.
        rung: usize,
        /// The course's last one.
        last: usize,
    },
    /// A rung with two plans.
    Twice {
        /// Its number.
        rung: usize,
    },
    /// No step, or more than a hint has.
    Steps {
        /// The rung's number.
        rung: usize,
        /// How many steps its hint has.
        most: usize,
    },
    /// A step that opens before the start, or before the one before it.
    Order {
        /// The rung's number.
        rung: usize,
    },
}

impl Practice {
    /// When a step of a rung's hint opens by itself, milliseconds since 1970; nothing when it does
    /// not.
    pub fn opens_at(&self, starts_at: Millis, rung: usize, step: usize) -> Option<Millis> {
        let plan = self.hints.iter().find(|plan| plan.rung == rung)?;
        let SinceStart(after) = plan.after.get(step.checked_sub(1)?)?;
        let after = i64::try_from(after.as_millis()).unwrap_or(i64::MAX);
        Some(starts_at.saturating_add(after))
    }

    /// What in it makes no sense, if anything.
    pub(super) fn fault(&self, contest: &Contest) -> Option<Nonsense> {
        let fault = if contest.freezes_at.is_some() {
            Some(PracticeFault::Freeze)
        } else if self.untouched == Some(0) {
            Some(PracticeFault::Untouched)
        } else {
            self.fault_in_hints()
        };
        fault.map(Nonsense::Practice)
    }

    fn fault_in_hints(&self) -> Option<PracticeFault> {
        let mut planned = BTreeSet::new();
        self.hints.iter().find_map(|plan| {
            let (course, rung) = (course(), plan.rung);
            let Ok(found) = course.rung(rung) else {
                let last = course.rungs().len();
                return Some(PracticeFault::NoRung { rung, last });
            };
            let most = found.hints.len();
            let starts = [SinceStart(SignedDuration::ZERO)];
            let in_order = starts.iter().chain(&plan.after);
            match plan.after.len() {
                _ if !planned.insert(rung) => Some(PracticeFault::Twice { rung }),
                steps if steps == 0 || steps > most => Some(PracticeFault::Steps { rung, most }),
                _ if !in_order.is_sorted() => Some(PracticeFault::Order { rung }),
                _ => None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: &str = r#"
name = "A class"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"

[practice]
untouched = 450

[[practice.hint]]
rung = 2
after = ["20m", "30m", "1h 30m"]

[[practice.hint]]
rung = 3
after = ["40m"]
"#;

    fn class(from: &str, to: &str) -> Result<Contest, String> {
        Contest::parse(&CLASS.replace(from, to)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_class_is_the_same_after_export_and_import() {
        let contest = class("", "").expect("a class");
        let toml = contest.to_toml();
        assert!(toml.contains("\"1h 30m\""), "{toml}");
        assert_eq!(Contest::parse(&toml).expect("a class"), contest);

        let practice = contest.practice.expect("a practice");
        let minutes = |rung, step| Some(practice.opens_at(0, rung, step)? / 60_000);
        assert_eq!(
            [1, 2, 3].map(|step| minutes(2, step)),
            [20, 30, 90].map(Some)
        );
        assert_eq!(
            [0, 1, 2].map(|step| minutes(3, step)),
            [None, Some(40), None]
        );
        assert_eq!(minutes(4, 1), None);
    }

    #[test]
    fn what_cannot_be_in_a_class_is_refused_with_what_to_do() {
        let refused = |from: &str, to: &str| class(from, to).expect_err("a refusal");
        let frozen = refused(
            "[practice]",
            "freezes_at = \"2026-08-01T17:00:00+09:00\"\n[practice]",
        );
        assert!(
            frozen.contains("freezes_at") && frozen.contains("Remove"),
            "{frozen}"
        );
        let sentences = [
            (("450", "0"), "practice.untouched"),
            (
                ("rung = 3", "rung = 99"),
                "there is no rung 99: the course has rungs 1 to",
            ),
            (("rung = 3", "rung = 0"), "there is no rung 0"),
            (("rung = 3", "rung = 2"), "rung 2 has two"),
            (("[\"40m\"]", "[]"), "rung 3: after gives 1 to 3 times"),
            (
                ("[\"20m\", ", "[\"1m\", \"20m\", "),
                "rung 2: after gives 1 to 3 times",
            ),
            (
                ("\"30m\"", "\"10m\""),
                "rung 2: a step opens no earlier than the one before",
            ),
            (("\"40m\"", "\"-40m\""), "rung 3: a step opens no earlier"),
            (("\"40m\"", "\"soon\""), "cannot be read"),
            (("untouched", "untuched"), "unknown field"),
        ];
        for ((from, to), words) in sentences {
            let sentence = refused(from, to);
            assert!(sentence.contains(words), "{sentence}");
        }
    }
}
