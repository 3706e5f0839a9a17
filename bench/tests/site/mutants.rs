//! Broken sites, each with the failure that it must come to.

use std::sync::Mutex;

use futures::{StreamExt, stream};
use isutori_bench::run;
use isutori_engine::failure::{Class, Failure};

use crate::{
    answers,
    app::{App, check_settings, spawn_app_after},
    contents, footprints, forgeries, leaks, lists, locks, moderation, precedence, refusals, resets,
    sessions,
    tamper::{Proxy, Tamper},
    typing, writes,
};

/// A site that breaks one rule.
#[derive(Clone)]
pub struct Mutant {
    /// The rule that it breaks, in a few words.
    breaks: String,
    /// The class of the failure that a check must find.
    class: Class,
    /// Its code.
    code: &'static str,
    tamper: Tamper,
    /// What is done to the app's database beforehand.
    sql: &'static str,
}

/// A mutant whose failure must be critical.
pub fn critical(breaks: impl Into<String>, code: &'static str, tamper: Tamper) -> Mutant {
    Mutant {
        breaks: breaks.into(),
        class: Class::Critical,
        code,
        tamper,
        sql: "",
    }
}

/// A mutant whose failure must be wrong.
pub fn wrong(breaks: impl Into<String>, code: &'static str, tamper: Tamper) -> Mutant {
    Mutant {
        class: Class::Wrong,
        ..critical(breaks, code, tamper)
    }
}

impl Mutant {
    /// The same on a database that this was done to.
    pub fn after(self, sql: &'static str) -> Self {
        Mutant { sql, ..self }
    }

    /// An app on the database that the mutant wants. One that is idle does for those that want
    /// nothing special: every check begins with the initial data.
    async fn take_app(&self, idle: &Idle) -> App {
        let idle = match self.sql {
            "" => idle.lock().unwrap().pop(),
            _ => None,
        };
        match idle {
            Some(app) => app,
            None => spawn_app_after(self.sql).await,
        }
    }

    /// What is to be complained of, if a check does not find what it must.
    async fn escapes(self, idle: &Idle) -> Option<Escape> {
        let app = self.take_app(idle).await;
        let proxy = Proxy::start(&app.target, self.tamper.clone()).await;
        let checked = run::check(&check_settings(&proxy.target)).await;
        if self.sql.is_empty() {
            idle.lock().unwrap().push(app);
        }
        let found = match checked {
            Ok(Some(failure)) if (failure.class, &*failure.code) == (self.class, self.code) => {
                return None;
            }
            Ok(Some(failure)) => failure,
            Ok(None) => Failure::wrong("none", "NOT CAUGHT"),
            Err(error) => Failure::wrong("none", error.to_string()),
        };
        Some(Escape {
            mutant: self,
            found,
        })
    }
}

/// A mutant that was not caught for what it is.
struct Escape {
    mutant: Mutant,
    found: Failure,
}

impl Escape {
    /// Whether the check came to nothing because everything was slow.
    fn is_for_want_of_time(&self) -> bool {
        matches!(self.found.class, Class::Timeout | Class::System)
    }

    fn complaint(&self) -> String {
        let Mutant {
            breaks,
            class,
            code,
            ..
        } = &self.mutant;
        format!("{breaks}: expected {class} [{code}], got {}", self.found)
    }
}

/// Apps whose mutants are done with.
type Idle = Mutex<Vec<App>>;

/// A check mostly waits for the grace period, so that many share a processor.
const AT_ONCE: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutant_is_caught() {
    let tables = [
        answers::mutants(),
        contents::mutants(),
        footprints::mutants(),
        forgeries::mutants(),
        leaks::mutants(),
        lists::mutants(),
        locks::mutants(),
        moderation::mutants(),
        precedence::mutants(),
        refusals::mutants(),
        resets::mutants(),
        sessions::mutants(),
        typing::mutants(),
        writes::mutants(),
    ];
    let idle = Idle::default();
    let escaped = escapes_of(tables.concat(), AT_ONCE, &idle).await;
    // Where the machine is too busy for so many at once, they come one by one.
    let (slow, mut escaped): (Vec<Escape>, Vec<Escape>) =
        escaped.into_iter().partition(Escape::is_for_want_of_time);
    let slow = slow.into_iter().map(|escape| escape.mutant).collect();
    escaped.extend(escapes_of(slow, 1, &idle).await);
    let complaints: Vec<String> = escaped.iter().map(Escape::complaint).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

async fn escapes_of(mutants: Vec<Mutant>, at_once: usize, idle: &Idle) -> Vec<Escape> {
    let checks = stream::iter(mutants).map(|mutant| mutant.escapes(idle));
    let checked = checks.buffer_unordered(at_once);
    checked.filter_map(async |escape| escape).collect().await
}
