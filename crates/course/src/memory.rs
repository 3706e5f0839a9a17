//! What is remembered in a working copy.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use crate::{CourseError, error::at};

/// How a score was measured. Scores of different settings say nothing of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The database engine.
    pub engine: String,
    /// The label of the data.
    pub data: String,
    /// The length of the load.
    pub seconds: u64,
}

/// What the untouched app came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Untouched {
    /// How it was measured.
    #[serde(flatten)]
    pub setting: Setting,
    /// Its score.
    pub score: u64,
}

/// What is remembered of whoever climbs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    hints: BTreeMap<usize, usize>,
    untouched: Vec<Untouched>,
}

impl Memory {
    /// Nothing where there is no file yet.
    pub(crate) fn read(file: &Path) -> Result<Self, CourseError> {
        match fs::read(file) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| CourseError::Memory {
                path: file.display().to_string(),
                error,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Memory::default()),
            Err(error) => Err(at(file)(error)),
        }
    }

    pub(crate) fn write(&self, file: &Path) -> Result<(), CourseError> {
        let text = serde_json::to_vec_pretty(self).expect("a memory is numbers and texts");
        fs::write(file, text).map_err(at(file))
    }

    /// Opens one more step of a rung's hint; gives how many are open now.
    pub fn open_hint(&mut self, rung: usize, steps: usize) -> usize {
        let open = self.hints.entry(rung).or_default();
        *open = (*open + 1).min(steps);
        *open
    }

    /// What the untouched app came to in this setting, if it was measured.
    pub fn untouched(&self, setting: &Setting) -> Option<u64> {
        let mut measured = self.untouched.iter();
        let found = measured.find(|untouched| untouched.setting == *setting);
        found.map(|untouched| untouched.score)
    }

    /// Remembers what the untouched app came to.
    pub fn remember(&mut self, untouched: Untouched) {
        self.untouched
            .retain(|known| known.setting != untouched.setting);
        self.untouched.push(untouched);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_outlives_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("course.json");
        let setting = |seconds| Setting {
            engine: "mysql".to_owned(),
            data: "small-1-v1".to_owned(),
            seconds,
        };
        let mut memory = Memory::read(&file).expect("nothing yet");
        assert_eq!([1, 2, 3, 3], [(); 4].map(|()| memory.open_hint(5, 3)));
        for score in [900, 1000] {
            let setting = setting(60);
            memory.remember(Untouched { setting, score });
        }
        memory.write(&file).expect("written");

        let read = Memory::read(&file).expect("read");
        fs::write(&file, "{").expect("a file");
        let broken = Memory::read(&file).expect_err("broken").to_string();

        assert_eq!(read, memory);
        assert_eq!(read.untouched(&setting(60)), Some(1000));
        assert_eq!(read.untouched(&setting(20)), None);
        assert!(broken.contains("remove it"), "{broken}");
    }
}
