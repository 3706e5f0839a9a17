//! Chromium, driven by WebDriver.

use fantoccini::{ClientBuilder, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use isutori_services::{Binary, Process, ProcessSpec, SearchPath};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::{browser::Browser, program::said};

/// Browsers and benchmarks take turns: too many at once on a small machine make runs void.
static TURN: Mutex<()> = Mutex::const_new(());

/// A driver with all the browsers that it has started. They are of its process group, so that they
/// are killed with it.
pub struct Chromium {
    url: String,
    program: String,
    _process: Process,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Chromium {
    /// Starts the driver, when it is this test's turn.
    pub async fn start() -> Chromium {
        let turn = TURN.lock().await;
        let find = |binary: Binary| {
            let found = binary.find(&SearchPath::of_system());
            found.unwrap_or_else(|error| panic!("{error}"))
        };
        let folder = tempfile::tempdir().expect("a folder");
        let spec = ProcessSpec::new(
            find(Binary::CHROMEDRIVER),
            folder.path().join("chromedriver.log"),
        );
        let mut process = Process::spawn(spec.arg("--port=0")).expect("chromedriver runs");
        let port = said(&mut process, "started successfully on port ").await;
        Chromium {
            url: format!("http://127.0.0.1:{}", port.trim_end_matches('.')),
            program: find(Binary::CHROMIUM).display().to_string(),
            _process: process,
            folder,
            _turn: turn,
        }
    }

    /// Opens a browser that nobody has used before, for the site at `url`.
    pub async fn open(&self, name: &str, url: &str) -> Browser {
        let profile = self.folder.path().join(name);
        let options = json!({
            "binary": self.program,
            "args": [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--lang=en",
                "--window-size=1280,900",
                "--remote-debugging-pipe",
                format!("--user-data-dir={}", profile.display()),
            ],
        });
        let mut wishes = Capabilities::new();
        wishes.insert("goog:chromeOptions".to_owned(), options);
        wishes.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wishes).connect(&self.url).await;
        Browser::new(client.expect("a browser"), name, url)
    }
}
