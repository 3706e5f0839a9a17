//! A machine of known power under a twin.

use std::time::Duration;

use http::Method;

use crate::processor::Processor;

/// How long answers take: each route is so much work, and all the work at hand
/// shares one processor. By a paused clock it is a simulation; by a true one, it
/// is a machine that no other program slows down. Copies are the same machine.
#[derive(Clone)]
pub struct Machine {
    processor: Processor,
    slower: Option<(&'static str, f64)>,
}

impl Machine {
    /// A machine that does so many seconds of work in a second; its driver is a
    /// task of the current runtime. Pages whose path begins with that of `slower`
    /// are so many times as much work.
    pub fn start(power: f64, slower: Option<(&'static str, f64)>) -> Self {
        Machine {
            processor: Processor::start(power),
            slower,
        }
    }

    /// Does the work of an answer.
    pub fn work(&self, method: &Method, path: &str) -> impl Future<Output = ()> + Send + use<> {
        let (processor, work) = (self.processor.clone(), work(method, path, self.slower));
        async move { processor.work(work).await }
    }

    /// The pages that can be slowed down, by the beginning of their path.
    pub fn pages() -> impl Iterator<Item = &'static str> {
        let pages = ROUTES
            .iter()
            .filter(|(method, _, work)| *method == "GET" && *work > 0);
        pages.map(|(_, path, _)| *path)
    }
}

/// Routes by the beginning of their path, with the microseconds of work that they
/// take: pages of one's own are dearer than others, as in the reference app, but
/// none so dear that a weak site could not answer it in good time alone.
const ROUTES: &[(&str, &str, u64)] = &[
    ("GET", "/css/", 0),
    ("GET", "/js/", 0),
    ("GET", "/img/", 0),
    ("GET", "/images/", 2_000),
    ("GET", "/icons/", 500),
    ("GET", "/api/", 1_000),
    ("GET", "/recent/", 14_000),
    ("GET", "/people/", 8_000),
    ("GET", "/diary/", 10_000),
    ("GET", "/entries/", 6_000),
    ("GET", "/friends", 5_000),
    ("GET", "/footprints", 5_000),
    ("GET", "/signup", 1_000),
    ("GET", "/login", 1_000),
    ("GET", "/", 30_000),
    ("POST", "/signup", 8_000),
    ("POST", "/login", 8_000),
    ("POST", "/", 4_000),
];

fn work(method: &Method, path: &str, slower: Option<(&str, f64)>) -> Duration {
    let route = ROUTES
        .iter()
        .find(|(known, beginning, _)| method == known && path.starts_with(beginning));
    let Some((_, beginning, micros)) = route else {
        return Duration::ZERO;
    };
    let factor = match slower {
        Some((slow, factor)) if slow == *beginning && method == Method::GET => factor,
        _ => 1.0,
    };
    Duration::from_micros(*micros).mul_f64(factor)
}
