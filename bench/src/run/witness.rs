//! Watches the load and lets everybody know who wants to.

use std::time::Duration;

use isutori_engine::load::{LoadOutcome, LoadProgress};
use isutori_protocol::{Progress, Timeline};

use crate::{
    endpoints::TABLE,
    narrative::{Narrative, sum_up_failures},
    progress::Reporter,
    run_folder::RunFolder,
    timeline::TimelineRecorder,
};

/// Passes on what the load tells: to whoever started the run, to the timeline
/// and to the contestant's log.
pub(super) struct Witness<'a, R> {
    reporter: &'a mut Reporter<R>,
    folder: &'a RunFolder,
    timeline: TimelineRecorder,
    narrative: Narrative,
    duration: Duration,
}

impl<'a, R: FnMut(Progress)> Witness<'a, R> {
    pub(super) fn new(
        reporter: &'a mut Reporter<R>,
        folder: &'a RunFolder,
        load: Duration,
    ) -> Self {
        Witness {
            reporter,
            folder,
            timeline: TimelineRecorder::new(TABLE),
            narrative: Narrative::new(TABLE, load),
            duration: load,
        }
    }

    pub(super) fn watch(&mut self, load: &LoadProgress) {
        self.reporter.watch(load);
        if let Some(interval) = self.timeline.note(load) {
            let lines = self.narrative.hear(&interval);
            self.tell(lines);
        }
    }

    /// The end: the rest of the story, and its sum.
    pub(super) fn conclude(mut self, load: &LoadOutcome) -> Timeline {
        if let Some(rest) = self.timeline.close(load, self.duration) {
            let lines = self.narrative.close(&rest);
            self.tell(lines);
        }
        let LoadOutcome {
            arrived, sent_away, ..
        } = load;
        self.tell([format!(
            "the load is over: {arrived} people came, {sent_away} left because the site was slow"
        )]);
        self.tell(sum_up_failures(&load.tally));
        self.timeline.finish()
    }

    fn tell(&self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.folder.tell(&line);
        }
    }
}
