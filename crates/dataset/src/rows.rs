//! The rows of each table as a sequence of cells: the one description of tables and columns
//! that the fingerprint and the loaders of all engines share.

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
}

/// What takes the cells of a row, one after the other.
pub trait Cells {
    /// A cell of a number column.
    fn number(&mut self, value: i64);
    /// A cell of a text column.
    fn text(&mut self, value: &str);
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
    Person::TABLE,
    Entry::TABLE,
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
        visitor.visit(self.people())?;
        visitor.visit(self.entries())?;
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

impl Row for Person {
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
            number("created_at"),
            number("updated_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        cells.number(self.id as i64);
        cells.text(&self.name);
        cells.text(&self.nickname);
        cells.text(&self.password_salt);
        cells.text(&self.password_hash());
        cells.text(&self.introduction);
        cells.text(&self.birthday);
        cells.number(self.created_at);
        cells.number(self.created_at);
    }
}

impl Row for Entry {
    const TABLE: &'static Table = &Table {
        name: "entries",
        columns: &[
            number("id"),
            number("person_id"),
            text("title"),
            text("body"),
            number("visibility"),
            number("created_at"),
        ],
    };

    fn write_cells(&self, cells: &mut impl Cells) {
        cells.number(self.id as i64);
        cells.number(self.person_id as i64);
        cells.text(&self.title);
        cells.text(&self.body);
        cells.number(self.visibility as i64);
        cells.number(self.created_at);
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
