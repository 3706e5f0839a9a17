//! Lists in CSV, read and written for the staff's pages and the command line. Read are teams with
//! their hosts, and people to be invited. All that is wrong with a list is told at once; whoever imports one does so within a
//! transaction, so that a list is taken whole or not at all.

mod guests;
mod teams;

pub use guests::{Guest, import_guests};
pub use teams::import_teams;

use std::fmt;

use csv::StringRecord;

use crate::{contest::Language, teams::HostRefused, texts::texts};

/// So many lines at once.
const MOST: usize = 2_000;

/// Why a list is refused. It tells so in English; pages do in the visitor's language.
#[derive(Debug, thiserror::Error)]
pub enum ListRefused {
    /// Nothing is in it.
    Empty,
    /// It has more than 2,000 lines.
    TooLong,
    /// Lines are wrong.
    Lines(Vec<Fault>),
    /// The database's own words.
    Database(#[from] sqlx::Error),
}

impl fmt::Display for ListRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListRefused::Database(error) => error.fmt(formatter),
            refused => formatter.write_str(&texts(Language::En).list_refused(refused)),
        }
    }
}

/// A line that is wrong.
#[derive(Debug)]
pub struct Fault {
    /// Its number, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a line.
#[derive(Debug)]
pub enum Reason {
    /// It is no CSV; the reader's own words.
    Unreadable(String),
    /// The team's name.
    TeamName,
    /// The team's host.
    Host(HostRefused),
    /// The person's name.
    PersonName,
    /// The person has no team.
    NoTeam,
    /// There is no such team.
    UnknownTeam(String),
    /// The person has this line already.
    Twice(u64),
    /// The person is no guest any more.
    CameIn,
    /// The team has as many people as it may have.
    Full {
        /// The team's name.
        team: String,
        /// So many people it may have.
        most: u64,
    },
}

/// What comes of a line.
enum Refused {
    Reason(Reason),
    Database(sqlx::Error),
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Refused::Reason(reason)
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Refused::Database(error)
    }
}

impl From<HostRefused> for Refused {
    fn from(refused: HostRefused) -> Self {
        match refused {
            HostRefused::Database(error) => Refused::Database(error),
            refused => Refused::Reason(Reason::Host(refused)),
        }
    }
}

/// A line of a list.
struct Line {
    number: u64,
    fields: StringRecord,
}

impl Line {
    /// A field that is not empty, counted from 0.
    fn field(&self, index: usize) -> Option<&str> {
        self.fields.get(index).filter(|text| !text.is_empty())
    }
}

/// Reads a list; a first line with the columns' names is left out.
fn read(text: &str) -> Result<Vec<Line>, ListRefused> {
    // Spreadsheets put a mark before what they write.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let fields = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            let reason = Reason::Unreadable(error.to_string());
            ListRefused::Lines(vec![Fault { line, reason }])
        })?;
        let number = fields.position().map_or(0, |at| line_number(text, at));
        lines.push(Line { number, fields });
    }
    let is_head = |line: &Line| matches!(line.field(0), Some("team" | "name"));
    if lines.first().is_some_and(is_head) {
        lines.remove(0);
    }
    match lines.len() {
        0 => Err(ListRefused::Empty),
        1..=MOST => Ok(lines),
        _ => Err(ListRefused::TooLong),
    }
}

/// Where a record begins: the reader counts from the empty lines before it.
fn line_number(text: &str, at: &csv::Position) -> u64 {
    let rest = text.get(at.byte() as usize..).unwrap_or_default();
    let empty = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
    at.line() + rest[..empty].matches('\n').count() as u64
}

/// Gathers what is wrong, and goes on with the next line.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn gather<T>(
        &mut self,
        line: u64,
        outcome: Result<T, Refused>,
    ) -> Result<Option<T>, sqlx::Error> {
        match outcome {
            Ok(done) => Ok(Some(done)),
            Err(Refused::Database(error)) => Err(error),
            Err(Refused::Reason(reason)) => {
                self.0.push(Fault { line, reason });
                Ok(None)
            }
        }
    }

    fn none_or_refuse(self) -> Result<(), ListRefused> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(ListRefused::Lines(self.0)),
        }
    }
}

/// Writes a list, in which no text is taken for a formula by a spreadsheet: an apostrophe before it
/// says that it is none.
pub fn write<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let row = row.map(
            |text| match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                true => format!("'{text}"),
                false => text,
            },
        );
        writer.write_record(row).expect("rows of one length");
    }
    let bytes = writer.into_inner().expect("memory can be written");
    String::from_utf8(bytes).expect("it was written from texts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_with_or_without_a_head() {
        let read = |text: &str| {
            let lines = read(text).expect("a list").into_iter();
            let lines = lines.map(|line| (line.number, line.field(1).map(str::to_owned)));
            lines.collect::<Vec<_>>()
        };
        let north = Some("north".to_owned());
        assert_eq!(
            read("\u{feff}team,zone\na, north \n\nb\n"),
            [(2, north), (4, None)]
        );
        assert_eq!(read("a"), [(1, None)]);
        assert_eq!(
            read("\"a,\nb\",c\nd"),
            [(1, Some("c".to_owned())), (3, None)]
        );
    }

    #[test]
    fn an_empty_list_and_an_endless_one_are_refused() {
        assert!(matches!(read("team,zone\n"), Err(ListRefused::Empty)));
        assert!(matches!(
            read(&"a\n".repeat(2_001)),
            Err(ListRefused::TooLong)
        ));
        assert_eq!(
            read(&"a\n".repeat(2_000)).map(|lines| lines.len()).ok(),
            Some(2_000)
        );
    }

    #[test]
    fn no_text_is_taken_for_a_formula() {
        let row = ["=1+1", "a, b", "-", "x=1"].map(str::to_owned);
        assert_eq!(write([row]), "'=1+1,\"a, b\",'-,x=1\n");
    }
}
