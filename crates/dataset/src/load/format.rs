//! The formats in which engines take many rows at once.

use std::fmt::Write;

use crate::rows::{Cells, Table};

/// Collects rows into the text of one batch.
pub(super) trait Format: Cells + Default + Send + 'static {
    /// Begins an empty batch of `table`.
    fn begin_batch(&mut self, table: &Table);
    /// Ends a row, whose cells have been written.
    fn end_row(&mut self);
    /// The size of the batch so far, in bytes.
    fn size(&self) -> usize;
    /// Takes the batch out.
    fn take(&mut self) -> String;
}

/// `INSERT INTO table (columns) VALUES (…),(…)`. `BACKSLASH` says whether a backslash begins an
/// escape in the engine's strings.
#[derive(Default)]
pub(super) struct InsertText<const BACKSLASH: bool> {
    text: String,
}

impl<const BACKSLASH: bool> Format for InsertText<BACKSLASH> {
    fn begin_batch(&mut self, table: &Table) {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        self.text = format!(
            "INSERT INTO {} ({}) VALUES(",
            table.name,
            columns.join(", ")
        );
    }

    fn end_row(&mut self) {
        self.text.pop();
        self.text.push_str("),(");
    }

    fn size(&self) -> usize {
        self.text.len()
    }

    fn take(&mut self) -> String {
        let begun_row = ",(";
        self.text.truncate(self.text.len() - begun_row.len());
        std::mem::take(&mut self.text)
    }
}

impl<const BACKSLASH: bool> Cells for InsertText<BACKSLASH> {
    fn number(&mut self, value: i64) {
        write!(self.text, "{value},").expect("a string takes all text");
    }

    fn text(&mut self, value: &str) {
        self.text.push('\'');
        let special = |letter| letter == '\'' || (BACKSLASH && letter == '\\');
        let mut rest = value;
        while let Some(at) = rest.find(special) {
            // A special character is written twice.
            self.text.push_str(&rest[..=at]);
            self.text.push_str(&rest[at..=at]);
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push_str("',");
    }

    fn bytes(&mut self, value: &[u8]) {
        self.text.push_str("x'");
        push_hex(&mut self.text, value);
        self.text.push_str("',");
    }

    fn null(&mut self) {
        self.text.push_str("NULL,");
    }
}

/// PostgreSQL's text format of `COPY`: tabs between cells, a line for each row.
#[derive(Default)]
pub(super) struct CopyText {
    text: String,
}

impl Format for CopyText {
    fn begin_batch(&mut self, _: &Table) {
        self.text = String::new();
    }

    fn end_row(&mut self) {
        self.text.pop();
        self.text.push('\n');
    }

    fn size(&self) -> usize {
        self.text.len()
    }

    fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

impl Cells for CopyText {
    fn number(&mut self, value: i64) {
        write!(self.text, "{value}\t").expect("a string takes all text");
    }

    fn text(&mut self, value: &str) {
        let mut rest = value;
        while let Some(at) = rest.find(['\\', '\n', '\t', '\r']) {
            self.text.push_str(&rest[..at]);
            self.text.push_str(match rest.as_bytes()[at] {
                b'\\' => r"\\",
                b'\n' => r"\n",
                b'\t' => r"\t",
                _ => r"\r",
            });
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push('\t');
    }

    fn bytes(&mut self, value: &[u8]) {
        self.text.push_str(r"\\x");
        push_hex(&mut self.text, value);
        self.text.push('\t');
    }

    fn null(&mut self) {
        self.text.push_str("\\N\t");
    }
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.reserve(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::TABLES;

    fn two_rows(mut format: impl Format) -> String {
        format.begin_batch(TABLES[3]);
        format.number(-1);
        format.text("it's a \\\n\ttrap");
        format.end_row();
        format.null();
        format.bytes(&[0, 0xAF]);
        format.end_row();
        format.take()
    }

    #[test]
    fn strings_are_escaped_as_each_engine_wants() {
        let insert = "INSERT INTO friendships (id, one, another, created_at) VALUES";
        assert_eq!(
            two_rows(InsertText::<true>::default()),
            format!("{insert}(-1,'it''s a \\\\\n\ttrap'),(NULL,x'00af')")
        );
        assert_eq!(
            two_rows(InsertText::<false>::default()),
            format!("{insert}(-1,'it''s a \\\n\ttrap'),(NULL,x'00af')")
        );
        assert_eq!(
            two_rows(CopyText::default()),
            "-1\tit's a \\\\\\n\\ttrap\n\\N\t\\\\x00af\n"
        );
    }
}
