//! The ledger: what was written and acknowledged, one JSON object a line.
//!
//! It is the evidence of a run, and lets that run's data be checked again
//! later.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

/// An acknowledged write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Record<'a> {
    /// Somebody signed up.
    Signup {
        /// The account name.
        name: &'a str,
        /// The nickname.
        nickname: &'a str,
        /// The password.
        password: &'a str,
    },
    /// Somebody edited the own profile.
    Profile {
        /// The account name.
        name: &'a str,
        /// The new nickname.
        nickname: &'a str,
        /// The new introduction.
        introduction: &'a str,
        /// The new birthday.
        birthday: &'a str,
    },
    /// An entry.
    Entry {
        /// The author's account name.
        by: &'a str,
        /// Its id on the site.
        id: u64,
        /// `public`, `friends` or `private`.
        visibility: &'a str,
        /// Its title.
        title: &'a str,
        /// Its text.
        body: &'a str,
    },
    /// A comment.
    Comment {
        /// The author's account name.
        by: &'a str,
        /// The entry.
        entry: u64,
        /// Its text.
        body: &'a str,
    },
    /// A friendship.
    Friendship {
        /// Who asked.
        by: &'a str,
        /// The other one.
        with: &'a str,
    },
}

/// Where records go. A failing disk is remembered and reported at the end.
pub struct Ledger {
    file: Mutex<Option<BufWriter<File>>>,
    error: Mutex<Option<io::Error>>,
}

impl Ledger {
    /// A ledger in a new file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = File::options().append(true).create(true).open(path)?;
        Ok(Ledger {
            file: Mutex::new(Some(BufWriter::new(file))),
            error: Mutex::default(),
        })
    }

    /// A ledger that keeps nothing, for checks whose writes are undone.
    pub fn none() -> Self {
        Ledger {
            file: Mutex::default(),
            error: Mutex::default(),
        }
    }

    /// Appends a record.
    pub fn append(&self, record: &Record<'_>) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = file.as_mut() else { return };
        let line = serde_json::to_vec(record)
            .map_err(io::Error::from)
            .map(|mut line| {
                line.push(b'\n');
                line
            });
        if let Err(error) = line.and_then(|line| writer.write_all(&line)) {
            *file = None;
            self.error
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(error);
        }
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// The first error since the beginning.
    pub fn close(&self) -> io::Result<()> {
        let writer = self
            .file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(error) = self
            .error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            return Err(error);
        }
        match writer {
            Some(mut writer) => writer.flush(),
            None => Ok(()),
        }
    }
}
