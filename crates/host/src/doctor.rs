//! A first look at a host: what is wrong with it, and what it is busy with.
//!
//! Each section asks the kernel or a program and says only what it was told; what it was not told
//! is listed as unknown. Nothing is changed, and nothing is waited for longer than some seconds.

mod app;
mod disks;
mod load;
mod logs;
mod memory;
mod sockets;
mod units;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use isutori_protocol::contest::HostSecond;
use serde::Serialize;
use tokio::time::{sleep, timeout};

use crate::{
    environment::{self, ask},
    handout,
    samples::{Sampler, Sources},
};

/// So long a section may take.
const LIMIT: Duration = Duration::from_secs(15);

/// What is to be looked at.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The unit of the app; found by itself when not given.
    pub unit: Option<String>,
    /// The file with the app's environment; that of its unit when not given.
    pub environment: Option<PathBuf>,
    /// A folder of the hand-out, and the hash that it must have if that is known.
    pub handout: Option<(PathBuf, Option<String>)>,
    /// How long the processors are looked at.
    pub look: Duration,
}

/// All that was seen.
#[derive(Debug, Serialize)]
pub struct Examination {
    /// In the order in which to read them.
    pub sections: Vec<Section>,
}

/// One part of a host.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// What it is about.
    pub name: &'static str,
    /// What was seen.
    pub facts: Vec<Fact>,
    /// What is worth doing something about.
    pub findings: Vec<Finding>,
    /// What could not be seen, and why.
    pub unknown: Vec<String>,
}

/// Something that was seen.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What.
    pub name: String,
    /// How it is.
    pub value: String,
}

/// Something that is worth doing something about.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it is broken, or only worth a look.
    pub level: Level,
    /// What was seen.
    pub what: String,
    /// Why it matters.
    pub why: &'static str,
    /// A command that tells more or mends it.
    pub todo: String,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It is broken, or will be after a reboot.
    Wrong,
    /// It is as it may be, and worth knowing.
    Note,
}

impl Section {
    fn new(name: &'static str) -> Section {
        Section {
            name,
            ..Section::default()
        }
    }

    fn fact(&mut self, name: &str, value: impl Into<String>) {
        self.facts.push(Fact {
            name: name.to_owned(),
            value: value.into(),
        });
    }

    fn find(&mut self, level: Level, what: String, why: &'static str, todo: impl Into<String>) {
        self.findings.push(Finding {
            level,
            what,
            why,
            todo: todo.into(),
        });
    }

    /// What the kernel tells in a file.
    fn read(&mut self, path: impl AsRef<Path>) -> Option<String> {
        let path = path.as_ref();
        match fs::read_to_string(path) {
            Ok(text) => Some(text),
            Err(error) => {
                self.unknown.push(format!("{}: {error}", path.display()));
                None
            }
        }
    }

    /// What a program says.
    async fn ask(&mut self, program: &str, arguments: &[&str]) -> Option<String> {
        match ask(program, arguments.iter().copied()).await {
            Ok(said) => Some(said),
            Err(error) => {
                let error = environment::clean(&error.to_string());
                self.unknown.push(format!("{program}: {error}"));
                None
            }
        }
    }
}

impl Examination {
    /// So many things are wrong, and so many are worth a look.
    pub fn count(&self, level: Level) -> usize {
        let findings = self.sections.iter().flat_map(|section| &section.findings);
        findings.filter(|finding| finding.level == level).count()
    }
}

/// Looks at this host.
pub async fn examine(wanted: &Wanted) -> Examination {
    let look = look(wanted.look).await;
    let mut sections = vec![
        load::section(&look),
        memory::section(),
        disks::section(&look),
    ];
    sections.push(sockets::section());
    let (units, app) = within("units", units::section(wanted.unit.as_deref())).await;
    sections.push(units);
    sections.push(within("app", app::section(app, wanted)).await.0);
    sections.push(within("versions", versions()).await.0);
    sections.push(logs::section(Path::new("/etc")));
    sections.push(within("clock", clock()).await.0);
    if let Some((folder, hash)) = &wanted.handout {
        sections.push(check_handout(folder, hash.as_deref()));
    }
    Examination { sections }
}

/// A section that waits for others, and what else came of it.
async fn within<T: Default>(
    name: &'static str,
    section: impl Future<Output = (Section, T)>,
) -> (Section, T) {
    timeout(LIMIT, section).await.unwrap_or_else(|_| {
        let mut section = Section::new(name);
        let limit = LIMIT.as_secs();
        section.unknown.push(format!("no answer within {limit} s"));
        (section, T::default())
    })
}

/// What the processors did meanwhile, and how many there are.
type Look = Result<(HostSecond, u64), String>;

async fn look(time: Duration) -> Look {
    let mut sampler = Sampler::new(Sources::default());
    let mut look = || sampler.look().map_err(|error| error.to_string());
    look()?;
    sleep(time).await;
    let second = look()?.unwrap_or_default();
    Ok((second, sampler.size().0))
}

async fn versions() -> (Section, ()) {
    let mut section = Section::new("versions");
    if let Some(kernel) = environment::kernel(&mut section.unknown) {
        section.fact("kernel", kernel);
    }
    for (name, version) in environment::versions().await {
        section.fact(&name, version);
    }
    (section, ())
}

async fn clock() -> (Section, ()) {
    let mut section = Section::new("clock");
    let arguments = ["show", "--property=NTPSynchronized"];
    let said = section.ask("timedatectl", &arguments).await;
    read_clock(&mut section, said.as_deref().unwrap_or_default());
    (section, ())
}

fn read_clock(section: &mut Section, said: &str) {
    match said.trim().strip_prefix("NTPSynchronized=") {
        Some("yes") => section.fact("synchronized", "yes"),
        Some(_) => {
            section.fact("synchronized", "no");
            section.find(
                Level::Note,
                "the clock is not synchronized".to_owned(),
                "times in logs of several hosts do not fit each other",
                "timedatectl timesync-status",
            );
        }
        None => {}
    }
}

fn check_handout(folder: &Path, expected: Option<&str>) -> Section {
    let mut section = Section::new("hand-out");
    match handout::hash(folder) {
        Err(error) => section.unknown.push(error.to_string()),
        Ok(found) => {
            if expected.is_some_and(|expected| expected != found) {
                section.find(
                    Level::Wrong,
                    format!("{} is not as it was handed out", folder.display()),
                    "the final measurement may refuse it",
                    format!("git -C {} status", folder.display()),
                );
            }
            section.fact(&folder.display().to_string(), found);
        }
    }
    section
}

/// Bytes for people.
fn bytes(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= 10 << 30 => format!("{} GiB", bytes >> 30),
        bytes if bytes >= 10 << 20 => format!("{} MiB", bytes >> 20),
        bytes => format!("{} KiB", bytes >> 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_not_synchronized_is_told() {
        let findings = |said| {
            let mut section = Section::new("clock");
            read_clock(&mut section, said);
            (section.facts.len(), section.findings.len())
        };
        assert_eq!(findings("NTPSynchronized=yes\n"), (1, 0));
        assert_eq!(findings("NTPSynchronized=no\n"), (1, 1));
        assert_eq!(findings(""), (0, 0));
    }

    #[test]
    fn a_hand_out_that_was_changed_is_wrong() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a"), "b").expect("a file");
        let hash = handout::hash(folder.path()).expect("a hash");
        let wrong = |expected| check_handout(folder.path(), expected).findings.len();
        assert_eq!(wrong(None), 0);
        assert_eq!(wrong(Some(&*hash)), 0);
        assert_eq!(wrong(Some("other")), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_section_that_hangs_is_unknown() {
        let hanging = std::future::pending::<(Section, ())>();
        let (section, ()) = within("units", hanging).await;
        assert_eq!(section.unknown, ["no answer within 15 s"]);
    }
}
