//! The folder that a run leaves behind.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use isutori_protocol::{RESULT_VERSION, RunResult, TIMELINE_VERSION, Timeline};
use serde::{Deserialize, de::DeserializeOwned};

use crate::language::Language;

/// The folder of one run: `result.json`, `timeline.json`, `report.html`,
/// `contestant.log` and `contestant.ja.log`, `staff.log`, `ledger`, `failures/`.
pub struct RunFolder {
    path: PathBuf,
    contestant: Mutex<File>,
    contestant_ja: Mutex<File>,
    staff: Mutex<File>,
}

impl RunFolder {
    /// Makes a new folder below `runs`, named by the time and the seed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(runs: &Path, seed: u64) -> io::Result<Self> {
        fs::create_dir_all(runs)?;
        let time = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S-%3f");
        let path = runs.join(format!("{time}-{seed}"));
        fs::create_dir(&path)?;
        let open = |name| File::create_new(path.join(name)).map(Mutex::new);
        let (contestant, staff) = (open("contestant.log")?, open("staff.log")?);
        Ok(RunFolder {
            contestant,
            contestant_ja: open("contestant.ja.log")?,
            staff,
            path,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the ledger is.
    pub fn ledger_path(&self) -> PathBuf {
        ledger_path(&self.path)
    }

    /// Tells the contestant something that needs no translation; the staff reads it too.
    pub fn tell(&self, line: &str) {
        for language in Language::ALL {
            self.tell_in(language, line);
        }
    }

    /// Tells the contestant something in a language; the staff reads it in English.
    pub fn tell_in(&self, language: Language, line: &str) {
        match language {
            Language::English => {
                write_line(&self.contestant, line);
                self.tell_staff(line);
            }
            Language::Japanese => write_line(&self.contestant_ja, line),
        }
    }

    /// Tells the staff something.
    pub fn tell_staff(&self, line: &str) {
        write_line(&self.staff, line);
    }

    /// Writes the result, whole or not at all.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn write_result(&self, result: &RunResult) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(result)?;
        text.push(b'\n');
        write_whole(&self.path, "result.json", &text).map(drop)
    }

    /// Writes the timeline, whole or not at all.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn write_timeline(&self, timeline: &Timeline) -> io::Result<()> {
        let mut text = serde_json::to_vec(timeline)?;
        text.push(b'\n');
        write_whole(&self.path, "timeline.json", &text).map(drop)
    }

    /// Writes the page, whole or not at all.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn write_report(&self, page: &str) -> io::Result<()> {
        write_whole(&self.path, "report.html", page.as_bytes()).map(drop)
    }

    /// Removes the folder of a run that did not begin.
    pub fn discard(&self) {
        // A folder left behind is harmless, and there is nobody to tell.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Where the ledger of a run is.
pub(crate) fn ledger_path(folder: &Path) -> PathBuf {
    folder.join("ledger")
}

/// Reads the result in a run's folder.
///
/// # Errors
/// When it is not there, cannot be read, or is of a newer version.
pub fn read_result(folder: &Path) -> io::Result<RunResult> {
    read(folder, "result.json", RESULT_VERSION)
}

/// Reads the timeline in a run's folder; nothing for a run that never came to
/// its load.
///
/// # Errors
/// When it cannot be read or is of a newer version.
pub fn read_timeline(folder: &Path) -> io::Result<Option<Timeline>> {
    match read(folder, "timeline.json", TIMELINE_VERSION) {
        Ok(timeline) => Ok(Some(timeline)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a file of a version that is known.
pub(crate) fn read<T: DeserializeOwned>(folder: &Path, name: &str, known: u32) -> io::Result<T> {
    let text = fs::read(folder.join(name))?;
    // The version first: a newer file may have another shape.
    let Versioned { version } = serde_json::from_slice(&text)?;
    if version > known {
        return Err(io::Error::other(format!(
            "{name} has version {version}, newer than this isutori, which reads up to {known}"
        )));
    }
    Ok(serde_json::from_slice(&text)?)
}

/// Writes a file, over an older one, whole or not at all; says where it is.
pub(crate) fn write_whole(folder: &Path, name: &str, content: &[u8]) -> io::Result<PathBuf> {
    let (partial, path) = (folder.join(format!("{name}.partial")), folder.join(name));
    let mut file = File::create(&partial)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(partial, &path)?;
    Ok(path)
}

/// The one field that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

fn write_line(file: &Mutex<File>, line: &str) {
    let time = jiff::Timestamp::now().strftime("%H:%M:%S%.3f");
    let line = format!("{time} {line}\n");
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    // A log that cannot be written must not end the run; the ledger and the result report a full disk.
    let _ = file.write_all(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::{read, write_whole};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Figures {
        version: u32,
        seconds: f64,
    }

    #[test]
    fn figures_are_read_to_the_last_bit() {
        let folder = tempfile::tempdir().expect("a folder");
        let figures = Figures {
            version: 1,
            seconds: 3.359_599_000_000_000_2,
        };
        let text = serde_json::to_vec(&figures).expect("JSON");
        write_whole(folder.path(), "figures.json", &text).expect("a file");

        let read: Figures = read(folder.path(), "figures.json", 1).expect("what was written");

        assert_eq!(read, figures);
    }
}
