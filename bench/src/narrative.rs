//! Tells the contestant how the load goes, in few lines and in a language.

use std::{cmp::Reverse, time::Duration};

use isutori_engine::{
    failure::Class,
    recorder::{Departures, Endpoint, FailureTally, Tally},
};

use crate::{language::Language, meanings, timeline::Interval};

/// A chapter is at least so long …
const SHORTEST_CHAPTER: Duration = Duration::from_secs(5);
/// … and a load has at most about so many of them.
const CHAPTERS: u32 = 25;
/// So many endpoints that drove people away, and kinds of failures, are named in a chapter.
const NAMED: usize = 3;
/// So many kinds of failures are named at the end.
const NAMED_AT_THE_END: usize = 20;

/// Gathers what happens, and tells it chapter by chapter.
pub(crate) struct Narrative {
    language: Language,
    table: &'static [Endpoint],
    chapter: f64,
    begun: f64,
    gathered: Tally,
    judged: u64,
    /// The last chapter's first line without its time, so that nothing is told twice.
    told: String,
}

impl Narrative {
    pub(crate) fn new(language: Language, table: &'static [Endpoint], load: Duration) -> Self {
        Narrative {
            language,
            table,
            chapter: SHORTEST_CHAPTER.max(load / CHAPTERS).as_secs_f64(),
            begun: 0.0,
            gathered: Tally::new(table.len()),
            judged: 0,
            told: String::new(),
        }
    }

    /// Listens to what happened; the lines of a chapter when it ends.
    pub(crate) fn hear(&mut self, interval: &Interval) -> Vec<String> {
        self.gathered.merge(&interval.tally);
        self.judged += interval.second.judged;
        let length = interval.second.until - self.begun;
        // Looks at the load are not quite a second apart.
        if length < self.chapter - interval.length / 2.0 {
            return Vec::new();
        }
        self.tell(interval, length)
    }

    /// The lines of the chapter that the end of the load cuts short.
    pub(crate) fn close(&mut self, last: &Interval) -> Vec<String> {
        let lines = self.hear(last);
        let length = last.second.until - self.begun;
        match length > 0.0 {
            true => self.tell(last, length),
            false => lines,
        }
    }

    fn tell(&mut self, last: &Interval, length: f64) -> Vec<String> {
        let second = &last.second;
        let pace = self.judged as f64 / length;
        let (people, score) = (second.people, second.score);
        let scene = match self.language {
            Language::English => format!("{people} people, {pace:.0} requests/s, score {score}"),
            Language::Japanese => format!("{people} 人、{pace:.0} リクエスト/秒、スコア {score}"),
        };
        let mut lines = Vec::new();
        if scene != self.told {
            let unit = self.language.of("s", "秒");
            lines.push(format!("{:>3.0} {unit}: {scene}", second.until));
        }
        lines.extend(departure_lines(self.language, self.table, &self.gathered));
        lines.extend(failure_lines(self.language, &self.gathered, NAMED));
        self.told = scene;
        self.begun = second.until;
        self.gathered = Tally::new(self.table.len());
        self.judged = 0;
        lines
    }
}

/// The failures of the whole load, similar ones counted, each with one example.
pub(crate) fn sum_up_failures(language: Language, tally: &Tally) -> Vec<String> {
    failure_lines(language, tally, NAMED_AT_THE_END)
}

/// How many came, and how many the site drove away.
pub(crate) fn sum_up_people(language: Language, arrived: u64, sent_away: u64) -> String {
    match language {
        Language::English => format!(
            "the load is over: {arrived} people came, {sent_away} left because the site was slow"
        ),
        Language::Japanese => {
            format!("負荷走行終了: {arrived} 人が来て、{sent_away} 人が遅さのために去りました")
        }
    }
}

/// Who drove people away, the worst first.
fn departure_lines(language: Language, table: &[Endpoint], tally: &Tally) -> Vec<String> {
    let mut reasons: Vec<(u64, String)> = Vec::new();
    for (endpoint, counted) in table.iter().zip(&tally.endpoints) {
        let Departures {
            slow,
            waited,
            failed,
        } = counted.departures;
        let name = endpoint.name;
        if slow > 0 {
            let mean = waited.as_secs_f64() / slow as f64;
            reasons.push((
                slow,
                match language {
                    Language::English => format!("{name} took {mean:.1} s"),
                    Language::Japanese => format!("{name} に {mean:.1} 秒"),
                },
            ));
        }
        if failed > 0 {
            let what = language.of("failed", "が失敗");
            reasons.push((failed, format!("{name} {what}")));
        }
    }
    reasons.sort_by_key(|(people, _)| Reverse(*people));
    let others = reasons.split_off(reasons.len().min(NAMED));
    let others: u64 = others.iter().map(|(people, _)| people).sum();
    if others > 0 {
        let other = language.of("other pages", "その他のページ");
        reasons.push((others, other.to_owned()));
    }
    let line = |(people, why): (u64, String)| match (language, people) {
        (Language::English, 1) => format!("    1 person left: {why}"),
        (Language::English, _) => format!("    {people} people left: {why}"),
        (Language::Japanese, _) => format!("    {people} 人が去りました: {why}"),
    };
    reasons.into_iter().map(line).collect()
}

/// Kinds of failures that count, the worst first, with one example of each.
fn failure_lines(language: Language, tally: &Tally, named: usize) -> Vec<String> {
    let kinds = tally.failures.iter();
    let mut kinds: Vec<_> = kinds
        .filter(|((class, _), _)| *class != Class::Cancelled)
        .collect();
    kinds.sort_by_key(|((class, _), kind)| (*class, Reverse(kind.count)));
    let others = kinds.split_off(kinds.len().min(named));
    let line = |kind| failure_line(language, kind);
    let mut lines: Vec<String> = kinds.into_iter().map(line).collect();
    if !others.is_empty() {
        let count: u64 = others.iter().map(|(_, kind)| kind.count).sum();
        let kinds = others.len();
        lines.push(match language {
            Language::English => format!("    {count} failures of {kinds} other kinds"),
            Language::Japanese => format!("    その他 {kinds} 種類の失敗が {count} 件"),
        });
    }
    lines
}

fn failure_line(
    language: Language,
    ((class, code), kind): (&(Class, String), &FailureTally),
) -> String {
    let count = kind.count;
    let meaning = meanings::of(code).filter(|_| language == Language::Japanese);
    let meaning = meaning.map_or("", |meaning| meaning.in_words(language));
    let example = kind.examples.first().map(|example| match language {
        Language::English => format!(", for example: {example}"),
        Language::Japanese => format!(" 例: {example}"),
    });
    let example = example.unwrap_or_default();
    format!("    {count} × {class} [{code}]{meaning}{example}")
}

#[cfg(test)]
mod tests {
    use isutori_engine::{
        failure::Failure,
        load::LoadProgress,
        person::Spoiler,
        recorder::{EndpointId, Recorder},
    };

    use super::*;
    use crate::timeline::TimelineRecorder;

    const TABLE: &[Endpoint] = &[
        Endpoint {
            name: "GET /",
            points: 3,
        },
        Endpoint {
            name: "POST /entries",
            points: 10,
        },
    ];

    /// A load of which something happens every second.
    fn narrate(seconds: u64, happen: impl Fn(u64, &Recorder)) -> Vec<String> {
        narrate_in(Language::English, seconds, happen)
    }

    fn narrate_in(
        language: Language,
        seconds: u64,
        happen: impl Fn(u64, &Recorder),
    ) -> Vec<String> {
        let recorder = Recorder::new(TABLE.len());
        let mut timeline = TimelineRecorder::new(TABLE);
        let mut narrative = Narrative::new(language, TABLE, Duration::from_secs(seconds));
        let mut lines = Vec::new();
        for second in 1..=seconds {
            happen(second, &recorder);
            let interval = timeline.note(&LoadProgress {
                elapsed: Duration::from_secs(second),
                counted_until: Duration::from_secs(second),
                people: 4,
                tally: recorder.snapshot(),
            });
            let interval = interval.expect("a second has passed");
            lines.extend(match second == seconds {
                true => narrative.close(&interval),
                false => narrative.hear(&interval),
            });
        }
        lines
    }

    fn depart(recorder: &Recorder, endpoint: usize, slow: Option<Duration>) {
        let endpoint = EndpointId(endpoint);
        recorder.depart(&Spoiler { endpoint, slow });
    }

    #[test]
    fn people_and_failures_are_told_with_reasons() {
        let lines = narrate(12, |second, recorder| {
            let latency = Duration::from_millis(5);
            recorder.judge(EndpointId(0), latency, Ok(()));
            if second == 7 {
                let failure = Failure::wrong("entry.body", "POST /entries: the body differs");
                recorder.judge(EndpointId(1), latency, Err(&failure));
                depart(recorder, 1, None);
                depart(recorder, 0, Some(Duration::from_millis(2100)));
                depart(recorder, 0, Some(Duration::from_millis(2500)));
            }
        });

        assert_eq!(
            lines,
            [
                "  5 s: 4 people, 1 requests/s, score 15",
                " 10 s: 4 people, 1 requests/s, score 2",
                "    2 people left: GET / took 2.3 s",
                "    1 person left: POST /entries failed",
                "    1 × wrong [entry.body], for example: POST /entries: the body differs",
                " 12 s: 4 people, 1 requests/s, score 8",
            ]
        );
    }

    #[test]
    fn the_same_is_told_in_japanese() {
        let lines = narrate_in(Language::Japanese, 5, |second, recorder| {
            if second == 2 {
                let failure = Failure::wrong("http.status", "GET /: the status is 500");
                recorder.judge(EndpointId(0), Duration::ZERO, Err(&failure));
                depart(recorder, 0, None);
            }
        });

        assert_eq!(
            lines,
            [
                "  5 秒: 4 人、0 リクエスト/秒、スコア 0",
                "    1 人が去りました: GET / が失敗",
                "    1 × wrong [http.status]ステータスコードが違います。 例: GET /: the status is 500",
            ]
        );
    }

    #[test]
    fn a_chapter_in_which_nothing_changed_is_not_told() {
        let lines = narrate(60, |_, _| ());
        assert_eq!(lines, ["  5 s: 4 people, 0 requests/s, score 0"]);
    }

    #[test]
    fn however_long_the_load_and_many_the_failures_the_lines_are_few() {
        let lines = narrate(3600, |second, recorder| {
            for kind in 0..20 {
                let failure = Failure::wrong(&format!("kind{}", second + kind), "x");
                let endpoint = kind as usize % 2;
                recorder.judge(EndpointId(endpoint), Duration::ZERO, Err(&failure));
                depart(recorder, endpoint, None);
            }
        });
        assert!((60..=250).contains(&lines.len()), "{}", lines.len());
    }
}
