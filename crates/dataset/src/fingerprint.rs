//! The fingerprint: a hash of all rows in an encoding that every engine agrees on.

use std::convert::Infallible;

use xxhash_rust::xxh3::Xxh3;

use crate::Dataset;
use crate::rows::{Cells, Row, Table, TableVisitor};

/// Hashes tables row by row.
///
/// Each table is its name and its rows. A number is encoded as a tag and 8 bytes, a text or a
/// file as a tag, its length and its bytes, so that no two sequences of cells look alike.
pub(crate) struct RowHasher {
    hash: Xxh3,
    row: EncodedRow,
    rows: u64,
    bytes: u64,
}

impl RowHasher {
    pub(crate) fn new() -> RowHasher {
        RowHasher {
            hash: Xxh3::new(),
            row: EncodedRow::default(),
            rows: 0,
            bytes: 0,
        }
    }

    /// The rows that follow are those of `table`.
    pub(crate) fn begin_table(&mut self, table: &Table) {
        self.hash.update(b"table ");
        self.hash.update(table.name.as_bytes());
    }

    /// Adds the row whose cells `write` gives.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut EncodedRow)) {
        self.row.bytes.clear();
        write(&mut self.row);
        self.hash.update(&self.row.bytes);
        self.rows += 1;
        self.bytes += self.row.bytes.len() as u64;
    }

    /// How many rows were added.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The size of the added rows in this encoding, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The fingerprint of the rows added so far: `label`, and the hash in 16 digits.
    pub(crate) fn fingerprint(&self, label: &str) -> String {
        format!("{label}-{:016x}", self.hash.digest())
    }
}

/// One row in the encoding that is hashed.
#[derive(Default)]
pub(crate) struct EncodedRow {
    bytes: Vec<u8>,
}

impl Cells for EncodedRow {
    fn number(&mut self, value: i64) {
        self.bytes.push(b'n');
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    fn text(&mut self, value: &str) {
        self.bytes.push(b't');
        self.bytes
            .extend_from_slice(&(value.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(value.as_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.bytes.push(b'b');
        self.bytes
            .extend_from_slice(&(value.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(value);
    }

    fn null(&mut self) {
        self.bytes.push(b'0');
    }
}

impl TableVisitor for RowHasher {
    type Stop = Infallible;

    fn visit<R: Row>(&mut self, rows: impl Iterator<Item = R>) -> Result<(), Infallible> {
        self.begin_table(R::TABLE);
        for row in rows {
            self.add(|cells| row.write_cells(cells));
        }
        Ok(())
    }
}

impl Dataset {
    /// The name of exactly this data: the label and a hash of all rows, for example
    /// `small-1-v4-0123456789abcdef`. The first call makes all rows; later ones remember.
    pub fn fingerprint(&self) -> String {
        let hash_all = || {
            let mut hasher = RowHasher::new();
            let Ok(()) = self.visit_tables(&mut hasher);
            hasher.fingerprint(&self.label())
        };
        self.tables.fingerprint.get_or_init(hash_all).clone()
    }
}
