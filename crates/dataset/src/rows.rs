//! The rows of each table as a sequence of cells: the one description of tables and columns
//! that the fingerprint and the loaders of all engines share.

use std::sync::Arc;

use crate::subscriptions;
use crate::{Comment, Dataset, Entry, Footprint, Friendship, Login, Person};

/// A table of the initial data.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The table's name.
    pub name: &'static str,
    /// Its columns in the order in which [`Row::write_cells`] gives them; the first is the id.
    pub columns: &'static [Column],
}

/// A column of a [`Table`].
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// The column's name.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Kind,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Number,
    /// Text in UTF-8.
    Text,
    /// Bytes, such as a picture's file.
    Bytes,
}

/// What takes the cells of a row, one after the other.
pub trait Cells {
    /// A cell of a number column.
    fn number(&mut self, value: i64);
    /// A cell of a text column.
    fn text(&mut self, value: &str);
    /// A cell of a column of bytes.
    fn bytes(&mut self, value: &[u8]);
    /// An empty cell.
    fn null(&mut self);
}

/// A row that can be written to its table.
pub trait Row {
    /// Where the row belongs.
    const TABLE: &'static Table;

    /// Hands all cells to `cells`, in the order of [`Table::columns`].
    fn write_cells(&self, cells: &mut impl Cells);
}

/// All tables of the initial data, in the order in which they are loaded and hashed.
pub const TABLES: [&Table; 6] = [
    PersonRow::TABLE,
    EntryRow::TABLE,
    Comment::TABLE,
    Friendship::TABLE,
    Footprint::TABLE,
    Login::TABLE,
];

/// What goes through the rows of all tables.
pub trait TableVisitor {
    /// Why the visitor stops early.
    type Stop;

    /// Goes through the rows of one table.
    fn visit<R: Row>(&mut self, rows: impl Iterator<Item = R>) -> Result<(), Self::Stop>;
}

impl Dataset {
    /// Leads `visitor` through the rows of all [`TABLES`], in that order and by ids.
    pub fn visit_tables<V: TableVisitor>(&self, visitor: &mut V) -> Result<(), V::Stop> {
        let people = self.people().map(|person| PersonRow {
            subscriptions: subscriptions::to_json(&self.make_subscriptions(person.id)),
            icon: self.icon_of(person.id).map(|icon| self.picture(icon)),
            person,
        });
        let entries = self.entries().map(|entry| EntryRow {
            photo: self.photo_of(entry.id).map(|photo| self.picture(photo)),
            entry,
        });
        visitor.visit(people)?;
        visitor.visit(entries)?;
        visitor.visit(self.comments())?;
        visitor.visit(self.friendships())?;
        visitor.visit(self.footprints())?;
        visitor.visit(self.logins())
    }
}

const fn number(name: &'static str) -> Column {
    let kind = Kind::Number;
    Column { name, kind }
}

const fn text(name: &'static str) -> Column {
    let kind = Kind::Text;
    Column { name, kind }
}

const fn bytes(name: &'static str) -> Column {
    let kind = Kind::Bytes;
    Column { name, kind }
}

/// A person with subscriptions and the icon's file.
#[derive(Debug)]
pub struct PersonRow {
    person: Person,
    subscriptions: String,
    icon: Option<Arc<[u8]>>,
}

/// An entry with the photo's file.
#[derive(Debug)]
pub struct EntryRow {
    entry: Entry,
    photo: Option<Arc<[u8]>>,
}

fn write_file(file: Option<&[u8]>, cells: &mut impl Cells) {
    match file {
        Some(file) => cells.bytes(file),
        None => cells.null(),
    }
}

impl Row for PersonRow {
    const TABLE: &'static Table = &Table {
        name: "people",
        columns: &[
            number("id"),
            text("name"),
            text("nickname"),
            text("password_salt"),
            text("password_hash"),
            text("introduction"),
            text("birthday"),
            text("subscriptions"),
            bytes("icon"),
            number("created_at"),
            number("updated_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        let person = &self.person;
        cells.number(person.id as i64);
        cells.text(&person.name);
        cells.text(&person.nickname);
        cells.text(&person.password_salt);
        cells.text(&person.password_hash());
        cells.text(&person.introduction);
        cells.text(&person.birthday);
        cells.text(&self.subscriptions);
        write_file(self.icon.as_deref(), cells);
        cells.number(person.created_at);
        cells.number(person.created_at);
    }
}

impl Row for EntryRow {
    const TABLE: &'static Table = &Table {
        name: "entries",
        columns: &[
            number("id"),
            number("person_id"),
            text("title"),
            text("body"),
            number("visibility"),
            bytes("photo"),
            number("created_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        let entry = &self.entry;
        cells.number(entry.id as i64);
        cells.number(entry.person_id as i64);
        cells.text(&entry.title);
        cells.text(&entry.body);
        cells.number(entry.visibility as i64);
        write_file(self.photo.as_deref(), cells);
        cells.number(entry.created_at);
    }
}

impl Row for Comment {
    const TABLE: &'static Table = &Table {
        name: "comments",
        columns: &[
            number("id"),
            number("entry_id"),
            number("person_id"),
            text("body"),
            number("created_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        cells.number(self.id as i64);
        cells.number(self.entry_id as i64);
        cells.number(self.person_id as i64);
        cells.text(&self.body);
        cells.number(self.created_at);
    }
}

impl Row for Friendship {
    const TABLE: &'static Table = &Table {
        name: "friendships",
        columns: &[
            number("id"),
            number("one"),
            number("another"),
            number("created_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        cells.number(self.id as i64);
        cells.number(self.one as i64);
        cells.number(self.another as i64);
        cells.number(self.created_at);
    }
}

impl Row for Footprint {
    const TABLE: &'static Table = &Table {
        name: "footprints",
        columns: &[
            number("id"),
            number("owner_id"),
            number("visitor_id"),
            number("created_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        cells.number(self.id as i64);
        cells.number(self.owner_id as i64);
        cells.number(self.visitor_id as i64);
        cells.number(self.created_at);
    }
}

impl Row for Login {
    const TABLE: &'static Table = &Table {
        name: "login_log",
        columns: &[
            number("id"),
            number("person_id"),
            text("name"),
            text("address"),
            number("succeeded"),
            number("created_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        cells.number(self.id as i64);
        match self.person_id {
            Some(person_id) => cells.number(person_id as i64),
            None => cells.null(),
        }
        cells.text(&self.name);
        cells.text(&self.address);
        cells.number(i64::from(self.succeeded));
        cells.number(self.created_at);
    }
}
