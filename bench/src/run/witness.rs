//! Watches the load and lets everybody know who wants to.

use std::time::Duration;

use isutori_engine::load::{LoadOutcome, LoadProgress};
use isutori_protocol::{Progress, Timeline};

use crate::{
    endpoints::TABLE,
    language::Language,
    narrative::{Narrative, sum_up_failures, sum_up_people},
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
    /// The same story in each language.
    narratives: Vec<(Language, Narrative)>,
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
            narratives: Language::ALL
                .map(|language| (language, Narrative::new(language, TABLE, load)))
                .into(),
            duration: load,
        }
    }

    pub(super) fn watch(&mut self, load: &LoadProgress) {
        self.reporter.watch(load);
        if let Some(interval) = self.timeline.note(load) {
            self.tell(|_, narrative| narrative.hear(&interval));
        }
    }

    /// The end: the rest of the story, and its sum.
    pub(super) fn conclude(mut self, load: &LoadOutcome) -> Timeline {
        if let Some(rest) = self.timeline.close(load, self.duration) {
            self.tell(|_, narrative| narrative.close(&rest));
        }
        let LoadOutcome {
            arrived, sent_away, ..
        } = load;
        let (arrived, sent_away) = (*arrived, *sent_away);
        self.tell(|language, _| vec![sum_up_people(language, arrived, sent_away)]);
        self.tell(|language, _| sum_up_failures(language, &load.tally));
        self.timeline.finish()
    }

    fn tell(&mut self, story: impl Fn(Language, &mut Narrative) -> Vec<String>) {
        for (language, narrative) in &mut self.narratives {
            for line in story(*language, narrative) {
                self.folder.tell_in(*language, &line);
            }
        }
    }
}
