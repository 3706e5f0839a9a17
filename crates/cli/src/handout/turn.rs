//! Hand-outs take turns in the build folder of the source tree.
//!
//! They share it, so that libraries are compiled once. But apps of one name, each below a workspace
//! of its own, are one package to cargo: what it built last of either is taken for the other's, if
//! no source of that is younger.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// A source that each app has.
const MAIN: &str = "webapp/rust/src/main.rs";

/// A hand-out's turn to build: as long as it lasts, nobody else has one.
pub(super) struct Turn {
    /// Names the hand-out whose app is in the build folder.
    stamp: File,
    root: PathBuf,
}

impl Turn {
    /// Waits until others have built, and sees that cargo compiles this hand-out's app, if one of
    /// them was another's. Each kind of build has a stamp of its own.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn begin(root: &Path, build_folder: &Path, kind: &str) -> io::Result<Turn> {
        fs::create_dir_all(build_folder)?;
        let stamp = build_folder.join(format!("handout-{kind}"));
        let mut options = File::options();
        options.read(true).write(true).create(true);
        let mut stamp = options.truncate(false).open(stamp)?;
        stamp.lock()?;
        let mut last = Vec::new();
        stamp.read_to_end(&mut last)?;
        if last != root.as_os_str().as_encoded_bytes() {
            // Whoever fails to build has maybe built a part.
            stamp.set_len(0)?;
            let main = File::options().append(true).open(root.join(MAIN))?;
            main.set_modified(SystemTime::now())?;
        }
        Ok(Turn {
            stamp,
            root: root.to_owned(),
        })
    }

    /// To be called when the app was built.
    ///
    /// # Errors
    /// When the stamp cannot be written.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.stamp.set_len(0)?;
        self.stamp.rewind()?;
        self.stamp
            .write_all(self.root.as_os_str().as_encoded_bytes())
    }
}
