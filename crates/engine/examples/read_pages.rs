//! Says of HTML files whether the quick reader takes them, and if not, why:
//!
//! `cargo run --release -p isutori-engine --example read_pages -- FILE…`

use std::{env, fs, process::ExitCode};

use isutori_engine::document::{Comparison, compare_readers};

fn main() -> ExitCode {
    let mut is_clean = true;
    for file in env::args().skip(1) {
        let verdict = match fs::read_to_string(&file) {
            Err(error) => format!("cannot be read: {error}"),
            Ok(page) => match compare_readers(&page, &[]) {
                Comparison::Agreed => continue,
                Comparison::Disagreed(difference) => format!("the readers disagree: {difference}"),
                Comparison::Declined { at, why } => {
                    let line = 1 + page[..at].matches('\n').count();
                    format!("line {line}: {why}; read by the strict reader")
                }
            },
        };
        println!("{file}: {verdict}");
        is_clean = false;
    }
    match is_clean {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
