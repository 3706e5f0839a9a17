//! `failures/` in the run folder: the first few failures of each kind, whole.
//!
//! [`Evidence`] looks on and keeps; `record` puts a failure and its exchange
//! into words, `mask` hides secrets. What the site sent is hostile: it is
//! copied up to a limit, never interpreted, and a site that fails in a hundred
//! thousand ways fills no disk.

mod mask;
mod record;

use std::{
    collections::BTreeMap,
    fs, io, mem,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use isutori_engine::failure::Failure;
use isutori_protocol::{FAILURE_VERSION, KeptFailure, Phase};
use tokio::time::Instant;

use self::mask::Secrets;
pub(crate) use self::record::record;
use crate::{
    guest::Guest,
    observer::{Exchange, Observer},
    run_folder::read,
};

/// So many failures of one kind are kept …
const FILES_OF_A_KIND: usize = 3;
/// … and so many of all kinds …
const FILES: u32 = 60;
/// … as long as they have no more bytes together.
const BYTES: usize = 16 << 20;

/// The folder in the run folder.
const FOLDER: &str = "failures";

/// The numbers of the files of each kind, which is a class and a code.
pub(crate) type Kept = BTreeMap<(String, String), Vec<u32>>;

/// Keeps failures. A failing disk is remembered and reported at the end.
pub(crate) struct Evidence {
    folder: PathBuf,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    load_began: Option<Instant>,
    /// Of a check, the failed exchange, and what is secret in it; the failure
    /// itself is judged later.
    pending: Option<(KeptFailure, Secrets)>,
    kept: Kept,
    files: u32,
    bytes: usize,
    error: Option<io::Error>,
}

impl Evidence {
    /// Evidence in a run's folder. Nothing is made there before the first failure.
    pub(crate) fn new(run: &Path) -> Self {
        Evidence {
            folder: run.join(FOLDER),
            state: Mutex::new(State {
                phase: Phase::Initialize,
                load_began: None,
                pending: None,
                kept: Kept::new(),
                files: 0,
                bytes: 0,
                error: None,
            }),
        }
    }

    /// The run goes on to this phase.
    pub(crate) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        if phase == Phase::Load {
            state.load_began = Some(Instant::now());
        }
    }

    /// The phase has failed, for what its last failed exchange showed if there was one.
    pub(crate) fn conclude(&self, failure: &Failure) {
        let mut state = self.state();
        let pending = state.pending.take();
        let (found, secrets) = pending.unwrap_or_else(|| {
            let found = record(failure, state.phase, None);
            (found, Secrets::default())
        });
        let Failure {
            class,
            code,
            sentence,
        } = failure;
        let judged = KeptFailure {
            class: class.to_string(),
            code: code.clone(),
            sentence: secrets.mask(sentence),
            ..found
        };
        state.keep(&self.folder, judged);
    }

    /// The numbers of the files of each kind.
    ///
    /// # Errors
    /// The first error since the beginning.
    pub(crate) fn close(&self) -> io::Result<Kept> {
        let mut state = self.state();
        match state.error.take() {
            Some(error) => Err(error),
            None => Ok(mem::take(&mut state.kept)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Evidence {
    fn judged(&self, exchange: &Exchange<'_>, verdict: Result<(), &Failure>) {
        let Err(failure) = verdict else { return };
        let mut state = self.state();
        if state.phase != Phase::Load {
            let found = record(failure, state.phase, Some(exchange));
            state.pending = Some((found, Secrets::of(exchange)));
        } else if state.has_room_for(failure) && exchange.guest.is_none_or(counts) {
            let mut found = record(failure, state.phase, Some(exchange));
            found.seconds = state.load_began.map(|began| began.elapsed().as_secs_f64());
            state.keep(&self.folder, found);
        }
    }
}

/// Nothing counts after the deadline.
fn counts(guest: &Guest) -> bool {
    let deadline = guest.person.recorder.deadline();
    deadline.is_none_or(|deadline| Instant::now() <= deadline)
}

impl State {
    fn has_room_for(&self, failure: &Failure) -> bool {
        let kind = (failure.class.to_string(), failure.code.clone());
        let of_kind = self.kept.get(&kind).map_or(0, Vec::len);
        let has_room = self.files < FILES && self.bytes < BYTES && self.error.is_none();
        has_room && of_kind < FILES_OF_A_KIND
    }

    fn keep(&mut self, folder: &Path, found: KeptFailure) {
        let number = self.files + 1;
        let found = KeptFailure { number, ..found };
        match write(folder, &found) {
            Ok(bytes) => {
                self.files = number;
                self.bytes += bytes;
                let kind = (found.class, found.code);
                self.kept.entry(kind).or_default().push(number);
            }
            Err(error) => self.error = Some(error),
        }
    }
}

/// Writes a file, not waiting for the disk; says how many bytes it has.
fn write(folder: &Path, found: &KeptFailure) -> io::Result<usize> {
    let mut text = serde_json::to_vec_pretty(found)?;
    text.push(b'\n');
    fs::create_dir_all(folder)?;
    fs::write(folder.join(file_name(found.number)), &text)?;
    Ok(text.len())
}

fn file_name(number: u32) -> String {
    format!("{number:03}.json")
}

/// Where a failure is, in the run's folder.
pub(crate) fn path_of(number: u32) -> String {
    format!("{FOLDER}/{}", file_name(number))
}

/// Reads a failure that a run has kept.
///
/// # Errors
/// When it is not there, cannot be read, or is of a newer version.
pub fn read_failure(run: &Path, number: u32) -> io::Result<KeptFailure> {
    read(&run.join(FOLDER), &file_name(number), FAILURE_VERSION)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
    use tempfile::TempDir;

    use super::*;
    use crate::observer::Answer;

    /// Shows a failure in an answer with this body.
    fn show(evidence: &Evidence, failure: &Failure, body: &[u8]) {
        show_judged(evidence, Err(failure), body);
    }

    /// Shows an answer with this body and what was thought of it.
    fn show_judged(evidence: &Evidence, verdict: Result<(), &Failure>, body: &[u8]) {
        let cookie = HeaderValue::from_static("suwaru_session=c00k1e-value");
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie)]);
        let exchange = Exchange {
            guest: None,
            endpoint: "POST /login",
            target: &"http://127.0.0.1:80".parse().expect("a target"),
            method: &Method::POST,
            path: "/login",
            headers: &headers,
            body: Some(b"name=aoi&password=pass%20word&csrf=t0ken-value"),
            answer: Some(Answer {
                status: StatusCode::OK,
                headers: &headers,
                body: Some(body),
                latency: Duration::from_millis(5),
                whole: true,
            }),
        };
        evidence.judged(&exchange, verdict);
    }

    /// Evidence of a load, and the run folder.
    fn evidence() -> (TempDir, Evidence) {
        let run = TempDir::new().expect("a folder");
        let evidence = Evidence::new(run.path());
        evidence.enter(Phase::Load);
        (run, evidence)
    }

    #[test]
    fn kinds_files_and_bytes_are_bounded() {
        let (run, evidence) = evidence();
        let body = b"\0\x1b".repeat(2 << 20);
        for n in 0..1000 {
            show(&evidence, &Failure::wrong("one", "x"), &body);
            show(&evidence, &Failure::wrong(&format!("kind{n}"), "x"), b"");
        }
        let kept = evidence.close().expect("room on the disk");

        let files = fs::read_dir(run.path().join(FOLDER))
            .expect("a folder")
            .count();
        assert_eq!(files, FILES as usize);
        assert_eq!(kept.values().map(Vec::len).sum::<usize>(), files);
        let one = kept.get(&("wrong".to_owned(), "one".to_owned()));
        assert_eq!(one.map(Vec::len), Some(FILES_OF_A_KIND));
        let first = read_failure(run.path(), 1).expect("a failure");
        let body = first.response.and_then(|response| response.body);
        let body = body.expect("a body");
        assert_eq!((body.bytes, body.cut), (4 << 20, true));
        assert!(body.text.len() <= 64 << 10, "{}", body.text.len());
    }

    #[test]
    fn so_many_bytes_are_enough() {
        let (_run, evidence) = evidence();
        let body = b"\0".repeat(1 << 20);
        for n in 0..FILES {
            show(&evidence, &Failure::wrong(&format!("kind{n}"), "x"), &body);
        }
        let bytes = evidence.state().bytes;
        assert!((BYTES..BYTES + (1 << 20)).contains(&bytes), "{bytes}");
    }

    #[test]
    fn secrets_are_nowhere() {
        let (run, evidence) = evidence();
        let page = br#"<input name="csrf" value="0ther">c00k1e-value t0ken-value pass%20word"#;
        show(&evidence, &Failure::wrong("x", "c00k1e-value"), page);

        let file = run.path().join(path_of(1));
        let text = fs::read_to_string(file).expect("a file");
        for secret in ["c00k1e", "t0ken", "pass%20", "0ther"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
        assert!(text.contains("name=aoi&password=…&csrf=…"), "{text}");
        assert!(text.contains("cookie: suwaru_session=…"), "{text}");
    }

    #[test]
    fn what_a_check_comes_to_tells_no_secret() {
        let (run, evidence) = evidence();
        evidence.enter(Phase::FinalCheck);
        show(&evidence, &Failure::wrong("x", "as it looked"), b"page");
        evidence.conclude(&Failure::wrong("x", "seen: c00k1e-value"));

        let kept = read_failure(run.path(), 1).expect("a failure");
        assert_eq!(kept.sentence, "seen: …");
    }

    #[test]
    fn a_check_is_kept_as_it_was_judged_in_the_end() {
        let (run, evidence) = evidence();
        evidence.enter(Phase::FinalCheck);
        show(&evidence, &Failure::wrong("x", "as it looked"), b"page");
        evidence.conclude(&Failure::critical("x", "as it is"));
        evidence.conclude(&Failure::wrong("y", "without an answer"));

        let first = read_failure(run.path(), 1).expect("a failure");
        assert_eq!((&*first.class, &*first.sentence), ("critical", "as it is"));
        assert!(first.response.is_some());
        assert_eq!((first.phase, first.seconds), (Phase::FinalCheck, None));
        let second = read_failure(run.path(), 2).expect("a failure");
        assert!(second.request.is_none());
    }

    #[test]
    fn a_disk_that_takes_nothing_is_reported() {
        let (run, evidence) = evidence();
        fs::write(run.path().join(FOLDER), "in the way").expect("a file");
        show(&evidence, &Failure::wrong("x", "x"), b"");
        assert!(evidence.close().is_err());
    }

    #[test]
    fn right_answers_leave_nothing() {
        let (run, evidence) = evidence();
        show_judged(&evidence, Ok(()), b"page");
        evidence.enter(Phase::FinalCheck);
        show_judged(&evidence, Ok(()), b"page");
        assert!(evidence.state().pending.is_none());
        assert_eq!(evidence.close().expect("nothing to fail"), Kept::new());
        assert!(!run.path().join(FOLDER).exists());
    }
}
