//! Reading a text file while it grows.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// A longer line is cut into several, in bytes.
const LONGEST_LINE: usize = 4096;
/// So much is read at a time, in bytes, and the rest the next time.
const MOUTHFUL: u64 = 1 << 18;

/// The end of a file that grows. Its file may come later than this, and go earlier.
#[derive(Debug)]
pub(crate) struct Tail {
    path: PathBuf,
    file: Option<File>,
    /// The beginning of a line whose end is not there yet.
    rest: Vec<u8>,
}

impl Tail {
    pub(crate) fn of(path: &Path) -> Self {
        Tail {
            path: path.to_owned(),
            file: None,
            rest: Vec::new(),
        }
    }

    /// The whole lines that came since the last time, without their ends. What is no UTF-8 is
    /// replaced.
    pub(crate) fn lines(&mut self) -> Vec<String> {
        let mut bytes = std::mem::take(&mut self.rest);
        self.read(&mut bytes);
        let mut lines = Vec::new();
        let mut rest = &bytes[..];
        loop {
            let seen = &rest[..rest.len().min(LONGEST_LINE + 1)];
            let (line, skipped) = match seen.iter().position(|byte| *byte == b'\n') {
                Some(end) => (&rest[..end], end + 1),
                None if rest.len() > LONGEST_LINE => (&rest[..LONGEST_LINE], LONGEST_LINE),
                None => break,
            };
            lines.push(String::from_utf8_lossy(line).into_owned());
            rest = &rest[skipped..];
        }
        self.rest = rest.to_vec();
        lines
    }

    /// All lines that are left, also one without an end; for a file that grows no more.
    pub(crate) fn last_lines(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let more = self.lines();
            if more.is_empty() {
                break;
            }
            lines.extend(more);
        }
        if !self.rest.is_empty() {
            lines.push(String::from_utf8_lossy(&self.rest).into_owned());
            self.rest.clear();
        }
        lines
    }

    fn read(&mut self, bytes: &mut Vec<u8>) {
        if self.file.is_none() {
            self.file = File::open(&self.path).ok();
        }
        if let Some(file) = &mut self.file {
            // What cannot be read now may be the next time; nothing depends on it.
            let _ = file.take(MOUTHFUL).read_to_end(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    #[test]
    fn lines_come_when_they_are_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let mut tail = Tail::of(&path);
        assert_eq!(tail.lines(), Vec::<String>::new());
        let mut file = File::create(&path).expect("a file");

        file.write_all("ひとつ\nふた".as_bytes()).expect("a write");
        assert_eq!(tail.lines(), ["ひとつ"]);
        file.write_all("つ\n\nみ".as_bytes()).expect("a write");
        assert_eq!(tail.lines(), ["ふたつ", ""]);
        fs::remove_file(&path).expect("a file");
        file.write_all("っつ".as_bytes()).expect("a write");
        assert_eq!(tail.last_lines(), ["みっつ"]);
        assert_eq!(tail.last_lines(), Vec::<String>::new());
    }

    #[test]
    fn an_endless_line_is_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        fs::write(&path, vec![b'x'; 3 * LONGEST_LINE]).expect("a file");

        let lines = Tail::of(&path).last_lines();

        let lengths: Vec<usize> = lines.iter().map(String::len).collect();
        assert_eq!(lengths, [LONGEST_LINE; 3]);
    }
}
