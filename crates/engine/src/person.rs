//! One virtual person: its luck, its mood, its pace, and its share of the counting.

use std::{cell::Cell, rc::Rc, time::Duration};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::time::Instant;

use crate::{
    failure::Failure,
    recorder::{EndpointId, Latency, Recorder},
};

/// A person on the site. What it draws depends on the seed and its number alone.
pub struct Person {
    /// Counted from 0 over all threads.
    pub number: u64,
    seed: u64,
    /// This person's own stream of draws.
    pub luck: ChaCha8Rng,
    /// Content or not; the crowd looks at it.
    pub mood: Rc<Mood>,
    /// Where its requests are counted.
    pub recorder: Rc<Recorder>,
    /// What it is doing, once its visit has begun.
    pub doing: Option<Doing>,
    /// Draws the lengths of its pauses, but does not wait for their ends.
    pub hasty: bool,
    /// When its next request is due: at the end of a pause, else at once.
    due: Instant,
}

/// A part of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doing {
    /// The name of the scenario.
    pub scenario: &'static str,
    /// Its place in the visit; 0 is the arrival.
    pub step: u32,
}

/// A request on its way.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    endpoint: EndpointId,
    due: Instant,
    sent: Instant,
}

/// Pages up to this latency please entirely.
pub const CONTENT_WITHIN: Duration = Duration::from_millis(500);
/// Pages from this latency on please not at all.
pub const UNHAPPY_FROM: Duration = Duration::from_millis(2000);
/// How much of the way to a better mood a quick page goes.
const MENDING: f64 = 0.2;
/// The mean pause between two pages.
pub const MEAN_PAUSE: Duration = Duration::from_millis(1000);
/// Pauses end on ticks so far apart, so that a thousand people who wait wake
/// their thread fifty times a second and not a thousand times.
const TICK: Duration = Duration::from_millis(20);

/// The square roots of these are the steps from each person's place to the
/// next one's: irrational, and none a multiple of another, so that places in
/// different aspects have nothing to do with each other.
const STEPS: [f64; 16] = [
    5.0, 2.0, 3.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0, 29.0, 31.0, 37.0, 41.0, 43.0, 47.0, 53.0,
];

impl Person {
    /// The person of that number in the run of that seed.
    pub fn new(seed: u64, number: u64, recorder: Rc<Recorder>) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        Person {
            number,
            seed,
            luck: ChaCha8Rng::from_seed(key),
            recorder,
            mood: Rc::default(),
            doing: None,
            hasty: false,
            due: Instant::now(),
        }
    }

    /// This person's place from 0 to 1 among its like, in one of any number of
    /// aspects. People of neighbouring numbers lie far apart, so that any number
    /// of them in a row spreads evenly: a tenth of the places is a tenth of the
    /// people, whatever the seed. Chance then decides who does something, and
    /// hardly how many do.
    pub fn place(&self, aspect: usize) -> f64 {
        let offset: f64 = ChaCha8Rng::seed_from_u64(self.seed ^ aspect as u64).random();
        let step = STEPS[aspect % STEPS.len()].sqrt();
        (offset + self.number as f64 * step).fract()
    }

    /// Looks at a page for a while: between half and one and a half mean pauses.
    /// It began when the page was there, whatever has held us up since.
    pub async fn pause(&mut self) {
        let mean = MEAN_PAUSE.as_micros() as u64;
        let micros = self.luck.random_range(mean / 2..=mean * 3 / 2);
        if self.hasty {
            self.due = Instant::now();
            return;
        }
        let end = self.due + Duration::from_micros(micros);
        let deadline = self.recorder.deadline();
        self.due = deadline.map_or(end, |deadline| nearest_tick(end, deadline));
        tokio::time::sleep_until(self.due).await;
    }

    /// By how much what is sent now is late.
    pub fn delay(&self) -> Duration {
        self.due.elapsed()
    }

    /// Asks for something: the request leaves now.
    pub fn ask(&self, endpoint: EndpointId) -> Asked {
        self.recorder.begin();
        self.recorder.note_delay(self.delay());
        self.mood.ask(endpoint);
        Asked {
            endpoint,
            due: self.due,
            sent: Instant::now(),
        }
    }

    /// Listens for something that may take its time: the request leaves now, and waiting for its
    /// answer spoils no mood.
    pub fn listen(&self, endpoint: EndpointId) -> Asked {
        self.recorder.begin();
        self.recorder.note_delay(self.delay());
        Asked {
            endpoint,
            due: self.due,
            sent: Instant::now(),
        }
    }

    /// What was listened for is judged: a right answer as the endpoint and with the latency that
    /// it came to.
    pub fn judge_heard(
        &mut self,
        asked: Asked,
        finished: Instant,
        verdict: Result<(EndpointId, Duration), &Failure>,
    ) {
        let (endpoint, answer) = verdict.unwrap_or((asked.endpoint, finished - asked.sent));
        let latency = Latency {
            answer,
            delay: asked.sent - asked.due,
        };
        self.recorder.judge(endpoint, latency, verdict.map(drop));
        self.mood.note(endpoint);
        match verdict {
            Ok(_) => self.mood.please(answer),
            Err(_) => self.mood.upset(),
        }
        self.go_on(finished);
    }

    /// The answer is judged. Its last byte came at `finished`, or it was given up then.
    pub fn judge(&mut self, asked: Asked, finished: Instant, verdict: Result<(), &Failure>) {
        let latency = Latency {
            answer: finished - asked.sent,
            delay: asked.sent - asked.due,
        };
        self.recorder.judge(asked.endpoint, latency, verdict);
        match verdict {
            Ok(()) => self.mood.please(latency.answer),
            Err(_) => self.mood.upset(),
        }
        self.go_on(finished);
    }

    /// What was asked for was there already: it counts for nothing, and pleases.
    pub fn need_not_ask(&mut self, finished: Instant) {
        self.recorder.forget();
        self.mood.please(Duration::ZERO);
        self.go_on(finished);
    }

    /// Something was done with at that moment, and what follows is due.
    pub fn go_on(&mut self, finished: Instant) {
        self.due = finished;
    }
}

/// The tick nearest to the end of a pause, so that pauses become longer as often
/// as shorter and their mean stays. Ticks are counted back from the load's
/// deadline, which everybody shares.
fn nearest_tick(end: Instant, deadline: Instant) -> Instant {
    let left = deadline.saturating_duration_since(end);
    let after_tick = Duration::from_nanos((left.as_nanos() % TICK.as_nanos()) as u64);
    match after_tick * 2 < TICK {
        true => end + after_tick,
        false => end - (TICK - after_tick),
    }
}

/// What spoiled a mood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spoiler {
    /// Whose answer it was.
    pub endpoint: EndpointId,
    /// How long a right answer took; nothing when it was wrong or did not come.
    pub slow: Option<Duration>,
}

/// How content a person is. A slow page spoils the mood at once, and it takes
/// several quick ones to mend it; so one slow endpoint among many quick ones
/// is felt. While a page is awaited, the waiting counts like a slow page.
#[derive(Debug, Default)]
pub struct Mood {
    settled: Cell<Option<f64>>,
    waiting_since: Cell<Option<Instant>>,
    leaving: Cell<bool>,
    /// What was asked for last.
    asked: Cell<Option<EndpointId>>,
    spoiler: Cell<Option<Spoiler>>,
}

impl Mood {
    /// Something was asked for.
    pub fn ask(&self, endpoint: EndpointId) {
        self.note(endpoint);
        self.waiting_since.set(Some(Instant::now()));
    }

    /// What comes next is an answer of this.
    fn note(&self, endpoint: EndpointId) {
        self.asked.set(Some(endpoint));
    }

    /// It came and was right.
    pub fn please(&self, latency: Duration) {
        self.waiting_since.set(None);
        let page = contentment(latency);
        let settled = match self.settled.get() {
            Some(before) if before < page => before + MENDING * (page - before),
            _ => page,
        };
        if settled == page && page < 1.0 {
            self.blame(Some(latency));
        }
        self.settled.set(Some(settled));
    }

    /// It was wrong or did not come: this person leaves.
    pub fn upset(&self) {
        self.waiting_since.set(None);
        self.settled.set(Some(0.0));
        self.leaving.set(true);
        self.blame(None);
    }

    /// Takes note of who spoiled the mood.
    fn blame(&self, slow: Option<Duration>) {
        if let Some(endpoint) = self.asked.get() {
            self.spoiler.set(Some(Spoiler { endpoint, slow }));
        }
    }

    /// Whose answer spoiled the mood last.
    pub fn spoiler(&self) -> Option<Spoiler> {
        self.spoiler.get()
    }

    /// Content from 0 to 1 at this moment; nothing before the first page.
    pub fn content(&self, now: Instant) -> Option<f64> {
        let since = self.waiting_since.get();
        let waiting = since.map(|since| contentment(now.saturating_duration_since(since)));
        match (waiting, self.settled.get()) {
            (Some(waiting), Some(settled)) => Some(waiting.min(settled)),
            // A newcomer who is still within patience has no opinion yet.
            (Some(waiting), None) => (waiting < 1.0).then_some(waiting),
            (None, settled) => settled,
        }
    }

    /// Asks the person to leave after what it is doing.
    pub fn send_away(&self) {
        self.leaving.set(true);
    }

    /// Whether the person is about to leave.
    pub fn is_leaving(&self) -> bool {
        self.leaving.get()
    }
}

fn contentment(latency: Duration) -> f64 {
    let over = latency.saturating_sub(CONTENT_WITHIN).as_secs_f64();
    let span = (UNHAPPY_FROM - CONTENT_WITHIN).as_secs_f64();
    (1.0 - over / span).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Between [`CONTENT_WITHIN`] and [`UNHAPPY_FROM`].
    const HALFWAY: Duration = Duration::from_millis(1250);

    #[test]
    fn draws_depend_on_seed_and_number_alone() {
        let draw = |seed, number| {
            Person::new(seed, number, Rc::new(Recorder::new(0)))
                .luck
                .random::<u64>()
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }

    #[test]
    fn the_places_of_any_twenty_people_in_a_row_are_spread() {
        let recorder = Rc::new(Recorder::new(0));
        for aspect in 0..STEPS.len() {
            for (seed, first) in [(1, 0), (2, 5), (3, 1000)] {
                let people = first..first + 20;
                let mut places: Vec<f64> = people
                    .map(|number| Person::new(seed, number, recorder.clone()).place(aspect))
                    .collect();
                places.sort_by(f64::total_cmp);
                let widest = places.windows(2).map(|pair| pair[1] - pair[0]);
                let widest = widest.fold(0.0, f64::max);
                assert!(widest < 0.2, "{aspect}: {widest}: {places:?}");
            }
        }
    }

    #[test]
    fn a_place_in_one_aspect_tells_nothing_of_another() {
        let recorder = Rc::new(Recorder::new(0));
        let people = (0..1000).map(|number| Person::new(1, number, recorder.clone()));
        let people: Vec<Person> = people.collect();
        for (one, other) in [(0, 1), (1, 2), (3, 15)] {
            let both = people
                .iter()
                .filter(|person| person.place(one) < 0.5 && person.place(other) < 0.5);
            assert!(both.count().abs_diff(250) < 50, "{one} and {other}");
        }
    }

    #[test]
    fn pauses_end_on_common_ticks_and_keep_their_mean() {
        let begin = Instant::now();
        let deadline = begin + Duration::from_secs(60);
        let mut sum = Duration::ZERO;
        for late in 0..1000 {
            let now = begin + TICK * late / 1000;
            let end = nearest_tick(now + MEAN_PAUSE, deadline);
            assert_eq!((deadline - end).as_nanos() % TICK.as_nanos(), 0);
            assert!((end - now).abs_diff(MEAN_PAUSE) <= TICK / 2);
            sum += end - now;
        }
        // The thousand beginnings cover one tick evenly.
        assert!((sum / 1000).abs_diff(MEAN_PAUSE) <= Duration::from_micros(10));
    }

    /// Somebody whose pauses end on ticks before a deadline, and the counts.
    fn somebody() -> (Person, Rc<Recorder>) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let recorder = Rc::new(Recorder::until(1, deadline));
        (Person::new(1, 0, recorder.clone()), recorder)
    }

    #[tokio::test(start_paused = true)]
    async fn what_holds_the_benchmark_up_counts_from_when_the_request_was_due() {
        let (mut person, recorder) = somebody();
        person.pause().await;
        tokio::time::advance(Duration::from_millis(200)).await;
        let asked = person.ask(EndpointId(0));
        tokio::time::advance(Duration::from_millis(30)).await;
        person.judge(asked, Instant::now(), Ok(()));

        let tally = recorder.finish();
        let endpoint = &tally.endpoints[0];
        let ms = |micros: u64| (micros + 500) / 10_000 * 10;
        assert_eq!(ms(endpoint.latency.max()), 30);
        assert_eq!(ms(endpoint.planned.max()), 230);
        assert_eq!(ms(tally.delay.max()), 200);
        assert_eq!(
            person.mood.content(Instant::now()),
            Some(1.0),
            "the site was quick"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_begins_when_the_page_was_there() {
        let waking = async |held_up: Duration| {
            let (mut person, _) = somebody();
            let asked = person.ask(EndpointId(0));
            person.judge(asked, Instant::now(), Ok(()));
            tokio::time::advance(held_up).await;
            let start = Instant::now() - held_up;
            person.pause().await;
            start.elapsed()
        };
        let usual = waking(Duration::ZERO).await;
        let held_up = waking(Duration::from_millis(100)).await;
        assert!(usual.abs_diff(held_up) <= TICK, "{usual:?}, {held_up:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_spoils_the_mood_before_the_answer_comes() {
        let mood = Mood::default();
        assert_eq!(mood.content(Instant::now()), None);
        mood.ask(EndpointId(0));
        mood.please(Duration::from_millis(100));
        assert_eq!(mood.content(Instant::now()), Some(1.0));
        mood.ask(EndpointId(0));
        tokio::time::advance(HALFWAY).await;
        assert_eq!(mood.content(Instant::now()), Some(0.5));
        mood.please(HALFWAY);
        mood.please(Duration::from_millis(100));
        assert!(
            mood.content(Instant::now())
                .is_some_and(|content| content > 0.5 && content < 0.8)
        );
        mood.upset();
        assert!(mood.is_leaving());
    }

    #[test]
    fn a_mood_knows_what_spoiled_it() {
        let mood = Mood::default();
        let answer = |endpoint, latency| {
            mood.ask(EndpointId(endpoint));
            mood.please(latency);
            mood.spoiler()
        };
        let spoiled_by = |endpoint, slow| {
            let endpoint = EndpointId(endpoint);
            Some(Spoiler { endpoint, slow })
        };
        let (quick, slow) = (Duration::from_millis(5), Duration::from_secs(3));

        assert_eq!(answer(0, quick), None);
        assert_eq!(answer(1, slow), spoiled_by(1, Some(slow)));
        assert_eq!(answer(0, quick), spoiled_by(1, Some(slow)));
        mood.ask(EndpointId(2));
        mood.upset();
        assert_eq!(mood.spoiler(), spoiled_by(2, None));
    }
}
