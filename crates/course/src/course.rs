//! All rungs.

use crate::{CourseError, Language, Rung, Text};

/// Each rung's folder and its files, as `build.rs` found them.
type Files = &'static [(&'static str, &'static [(&'static str, &'static str)])];

const FILES: Files = include!(concat!(env!("OUT_DIR"), "/rungs.rs"));

/// The ladder, from the first rung to the last.
#[derive(Clone, Debug)]
pub struct Course {
    rungs: Vec<Rung>,
    more_hosts: Text,
}

impl Course {
    /// The course that is part of this program.
    ///
    /// # Errors
    /// When a rung's folder is not as it must be.
    pub fn embedded() -> Result<Self, CourseError> {
        let numbered = (1..).zip(FILES);
        let rungs = numbered.map(|(number, (name, files))| Rung::read(number, name, files));
        Ok(Course {
            rungs: rungs.collect::<Result<_, _>>()?,
            more_hosts: Text::new(
                include_str!("../../../course/more-hosts.en.md"),
                include_str!("../../../course/more-hosts.ja.md"),
            ),
        })
    }

    /// All rungs, in order.
    pub fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    /// One of them.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn rung(&self, number: usize) -> Result<&Rung, CourseError> {
        let index = number.checked_sub(1);
        let found = index.and_then(|index| self.rungs.get(index));
        found.ok_or(CourseError::NoSuchRung {
            number,
            last: self.rungs.len(),
        })
    }

    /// The lesson after the last rung: a second and a third host, in Markdown.
    pub fn more_hosts(&self, language: Language) -> &str {
        self.more_hosts.in_language(language)
    }

    /// The highest rung that a ratio to the untouched score reaches, if it reaches any. Rungs whose
    /// band begins at the untouched score or below it cannot be told from it, so they never count.
    pub fn reached(&self, ratio: f64) -> Option<&Rung> {
        let mut downwards = self.rungs.iter().rev();
        downwards.find(|rung| rung.band.from > 1.0 && ratio >= rung.band.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_course_can_be_read() {
        let course = Course::embedded().expect("a course");
        let bands: Vec<f64> = course.rungs().iter().map(|rung| rung.band.from).collect();
        assert!(!bands.is_empty());
        assert!(bands.is_sorted(), "a later rung is lower: {bands:?}");
        for rung in course.rungs() {
            assert!(rung.band.from < rung.band.to, "{}", rung.name);
        }
    }

    #[test]
    fn rungs_are_found_by_number_and_by_what_they_reach() {
        let course = Course::embedded().expect("a course");
        let last = course.rungs().len();

        assert_eq!(course.rung(last).expect("the last").number, last);
        for number in [0, last + 1] {
            let error = course.rung(number).expect_err("none").to_string();
            assert!(
                error.starts_with(&format!("there is no rung {number}")),
                "{error}"
            );
        }
        for ratio in [0.0, 0.9, 1.0] {
            let reached = course.reached(ratio).map(|rung| rung.number);
            assert_eq!(reached, None, "{ratio}");
        }
        assert_eq!(course.reached(1e9).map(|rung| rung.number), Some(last));
    }
}
