//! What people cost who only look at their page.

use std::{fmt, net::SocketAddr, rc::Rc, time::Duration};

use futures::future::join_all;
use isutori_engine::{open_files, person::Person, recorder::Recorder};
use nix::sys::resource::UsageWho;
use tokio::time::{Instant, sleep};

use crate::{
    client::{Visitor, Work, run_local},
    page::Page,
    usage::{processor_time, resident_memory},
};

const PEOPLE: u64 = 1_000;
const WATCHED: Duration = Duration::from_secs(5);

/// The cost of [`PEOPLE`] with open connections who pause between pages.
pub struct Idle {
    /// Of one core, in percent.
    processor: f64,
    /// Resident memory more than before they came, megabytes.
    memory: f64,
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{PEOPLE} people waiting: {:.2} % of one core, {:.1} MB",
            self.processor, self.memory
        )
    }
}

/// Lets people open one page each and then watches them pause.
pub fn measure_idle(address: SocketAddr) -> anyhow::Result<Idle> {
    open_files::allow_many();
    let memory_before = resident_memory()?;
    run_local(async {
        // As in a load, pauses end on ticks that are counted from its deadline.
        let end_of_load = Instant::now() + 2 * WATCHED;
        let recorder = Rc::new(Recorder::until(1, end_of_load));
        let expected = Rc::new(Page::sample());
        let arrivals = (0..PEOPLE).map(|number| {
            let recorder = recorder.clone();
            let mut visitor = Visitor::new(address, recorder.clone(), expected.clone());
            tokio::task::spawn_local(async move {
                visitor.ask(Work::Validate).await;
                (visitor, Person::new(1, number, recorder))
            })
        });
        let arrived = join_all(arrivals).await;
        for guest in arrived {
            let (visitor, mut person) = guest?;
            // Ends with the runtime.
            tokio::task::spawn_local(async move {
                while !person.mood.is_leaving() {
                    person.pause().await;
                }
                drop(visitor);
            });
        }
        let used_before = processor_time(UsageWho::RUSAGE_SELF)?;
        let begun = Instant::now();
        sleep(WATCHED).await;
        let watched = begun.elapsed();
        let used = processor_time(UsageWho::RUSAGE_SELF)? - used_before;
        let memory = resident_memory()?.saturating_sub(memory_before);
        Ok(Idle {
            processor: 100.0 * used.as_secs_f64() / watched.as_secs_f64(),
            memory: memory as f64 / f64::from(1 << 20),
        })
    })?
}
