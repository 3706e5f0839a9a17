//! The course: how the reference app becomes fast, step by step.
//!
//! A [`Rung`] is one idea: a patch against the hand-out as the rung before left it, a lesson, hints,
//! and the score that it reaches as a ratio to the untouched app's ([`Band`]). All of them make the
//! [`Course`], whose files stand in `course/` and are part of the program.
//!
//! A [`WorkingCopy`] is a folder with the hand-out as a git repository, in which somebody climbs.
//! [`Memory`] is what is remembered there: hints that were opened, the untouched score.

mod course;
mod error;
mod memory;
mod rung;
mod text;
mod working_copy;

pub use course::Course;
pub use error::CourseError;
pub use memory::{Memory, Setting, Untouched};
pub use rung::{Band, Part, Rung};
pub use text::{Language, Text};
pub use working_copy::WorkingCopy;
