//! The command lines of the benchmark's program.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use isutori_protocol::contest::Assignment;
use isutori_services::{Process, ProcessSpec, ServiceError};

use crate::Settings;

/// How long the program may take to say which build it is.
const BUILD_LIMIT: Duration = Duration::from_secs(30);

/// Where an attempt is made.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The benchmark makes its run's folder in here.
    pub(crate) runs: PathBuf,
    /// The run that is to be verified lies here, if one is.
    pub(crate) verified: PathBuf,
    /// Its standard output.
    pub(crate) output: PathBuf,
    /// Its standard error.
    pub(crate) errors: PathBuf,
}

impl Place {
    /// A new folder below `runs`, with what an attempt needs.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn make(runs: &Path, assignment: &Assignment) -> std::io::Result<Self> {
        fs::create_dir_all(runs)?;
        let lease = assignment.lease;
        // Another portal may number its jobs alike, so there is something of chance in the name.
        let folder = tempfile::Builder::new()
            .prefix(&format!("job-{}-{}-", lease.job, lease.attempt))
            .tempdir_in(runs)?
            .keep();
        let place = Place {
            runs: folder.join("runs"),
            verified: folder.join("verified"),
            output: folder.join("output.json"),
            errors: folder.join("errors.log"),
        };
        fs::create_dir(&place.runs)?;
        fs::create_dir(&place.verified)?;
        Ok(place)
    }
}

/// A benchmark run, as the portal wants it.
pub(crate) fn benchmark(
    settings: &Settings,
    slot: u16,
    assignment: &Assignment,
    place: &Place,
) -> ProcessSpec {
    // With "=" no value is taken for an option, whatever it begins with.
    let args = [
        format!("--seed={}", assignment.seed),
        format!("--size={}", assignment.size),
        format!("--data-seed={}", assignment.data_seed),
        format!("--duration={}s", assignment.load_seconds),
        format!("--services={}", settings.services_of(slot)),
    ];
    let spec = ProcessSpec::new(&settings.program, &place.errors)
        .args(["bench", "run", "--json", "--progress=json", "--must-answer"])
        .arg_with_path("--runs=", &place.runs)
        .args(args);
    let note = assignment.note.iter();
    on_site(spec, settings, assignment)
        .args(note.map(|note| format!("--note={note}")))
        .output(&place.output)
}

/// A look at what a run has left on the site.
pub(crate) fn verification(
    settings: &Settings,
    assignment: &Assignment,
    place: &Place,
) -> ProcessSpec {
    let spec =
        ProcessSpec::new(&settings.program, &place.errors).args(["bench", "verify", "--json"]);
    on_site(spec, settings, assignment)
        .arg(&place.verified)
        .output(&place.output)
}

/// Says where the site is, how long it is waited for, and whose certificates it may have.
fn on_site(spec: ProcessSpec, settings: &Settings, assignment: &Assignment) -> ProcessSpec {
    let targets = assignment.targets.iter();
    let spec = spec
        .args([format!("--wait={}s", assignment.wait_seconds)])
        .args(targets.map(|target| format!("--target={target}")));
    match &settings.authorities {
        Some(file) => spec.arg_with_path("--ca=", file),
        None => spec,
    }
}

/// Asks the program which build of the benchmark it is.
///
/// # Errors
/// When it cannot be run, or does not say.
pub(crate) async fn ask_build(program: &Path) -> Result<String, ServiceError> {
    let folder = tempfile::tempdir().map_err(|source| ServiceError::Io {
        action: "make a temporary folder".to_owned(),
        source,
    })?;
    let output = folder.path().join("build");
    let spec = ProcessSpec::new(program, folder.path().join("errors"))
        .args(["bench", "build"])
        .output(&output);
    Process::run(spec, BUILD_LIMIT).await?;
    let said = fs::read_to_string(&output).map_err(|source| ServiceError::Io {
        action: "read what the program says about its build".to_owned(),
        source,
    })?;
    Ok(said.trim().to_owned())
}
