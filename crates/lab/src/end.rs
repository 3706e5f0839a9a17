//! When a lab ends by itself.

use std::{fs, path::Path, time::Duration};

use jiff::Timestamp;

use crate::{LabError, error::at, folder::write};

/// Somebody may change the time, or the clock, so it is looked at as often as this.
const LOOK: Duration = Duration::from_secs(1);

const NEVER: &str = "never";

/// What the watcher of a lab does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Waits so long, then looks again.
    Wait(Duration),
    /// Takes the lab down.
    TakeDown,
    /// Goes, as there is no lab any more.
    Go,
}

/// What to do, given what lies in the file and the time.
pub(crate) fn step(file: &Path, now: Timestamp) -> Step {
    match read(file) {
        // Not even its folder may be there.
        Err(_) if !file.exists() => Step::Go,
        Ok(Some(end)) if end <= now => Step::TakeDown,
        // Nothing is taken down because of a file that cannot be read.
        Ok(_) | Err(_) => Step::Wait(LOOK),
    }
}

/// When a lab ends, if it does.
pub(crate) fn read(file: &Path) -> Result<Option<Timestamp>, LabError> {
    let text = fs::read_to_string(file).map_err(at(file))?;
    if text.trim() == NEVER {
        return Ok(None);
    }
    let end = text.trim().parse().map_err(std::io::Error::other);
    end.map(Some).map_err(at(file))
}

/// Says when it shall end.
pub(crate) fn put(file: &Path, end: Option<Timestamp>) -> Result<(), LabError> {
    let text = end.map_or_else(|| NEVER.to_owned(), |end| end.to_string());
    // The watcher never sees half a time.
    let new = file.with_extension("new");
    write(&new, &text)?;
    fs::rename(&new, file).map_err(at(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_lab_ends_at_its_time_wherever_the_clock_comes_from() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stops_at");
        let end = time("2026-08-01T10:00:00Z");
        put(&file, Some(end)).expect("a file");

        assert_eq!(read(&file).expect("a time"), Some(end));
        assert_eq!(step(&file, time("2026-08-01T09:59:59Z")), Step::Wait(LOOK));
        assert_eq!(step(&file, time("2020-01-01T00:00:00Z")), Step::Wait(LOOK));
        assert_eq!(step(&file, end), Step::TakeDown);
        assert_eq!(step(&file, time("2027-01-01T00:00:00Z")), Step::TakeDown);

        put(&file, Some(time("2026-08-01T12:00:00Z"))).expect("a file");
        assert_eq!(step(&file, end), Step::Wait(LOOK));
    }

    #[test]
    fn who_never_ends_goes_with_the_lab() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stops_at");
        put(&file, None).expect("a file");

        let late = time("9999-01-01T00:00:00Z");
        assert_eq!(step(&file, late), Step::Wait(LOOK));
        fs::write(&file, "some day").expect("a file");
        assert_eq!(step(&file, late), Step::Wait(LOOK));
        read(&file).expect_err("no time");
        fs::remove_file(&file).expect("a file");
        assert_eq!(step(&file, late), Step::Go);
    }
}
