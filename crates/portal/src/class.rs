//! A class: hints of the course for teams that are stuck, who is stuck, and runs that all discuss.
//!
//! There is one where the contest has a [`Practice`](crate::contest::Practice). Teams are pupils,
//! and the staff is the teacher.

pub mod hints;
pub mod shown;
mod teams;

pub use teams::{Class, ClassTeam, LastRun, UnderWay, show};

use std::sync::LazyLock;

use isutori_course::Course;

static COURSE: LazyLock<Course> =
    LazyLock::new(|| Course::embedded().expect("a test of the course reads it"));

/// The course that classes follow.
pub fn course() -> &'static Course {
    &COURSE
}
