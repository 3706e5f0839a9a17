//! How many people there should be.
//!
//! Growth is proportional to the people on the site and to how content they
//! are: everybody content brings 35 % more people a second, everybody unhappy
//! takes as many away. There are no steps and there is no ceiling; between
//! growing and shrinking lies the point at which the site has as many people
//! as it serves well, and near that point the crowd hardly moves. What people
//! feel now is the work of those who came a while ago; so when contentment
//! falls, growth is as low as it would be a second later.

use std::{collections::HashSet, rc::Rc, time::Duration};

use tokio::time::Instant;

use crate::person::Mood;

/// Growth a second when everybody is content.
pub const GROWTH: f64 = 0.35;
/// The mean contentment at which the crowd neither grows nor shrinks.
pub const EQUILIBRIUM: f64 = 0.7;
/// How far a fall of contentment is thought on.
pub const FORESIGHT: Duration = Duration::from_secs(1);
/// The fall is the mean of about so long, so that one slow page is no trend.
const MEMORY: Duration = Duration::from_millis(300);
/// When there are so many times the people that there should be, the unhappiest
/// are sent away; a few too many go by themselves, as everybody does at last.
pub const CROWDED: f64 = 1.1;

/// The people of one thread, and how many there should be.
#[derive(Debug)]
pub struct Crowd {
    first: f64,
    wanted: f64,
    moods: Vec<Rc<Mood>>,
    trend: Trend,
    /// Sent away because the site was slow.
    pub sent_away: u64,
}

impl Crowd {
    /// A crowd that starts with, and never wants fewer than, `first` people.
    pub fn new(first: f64) -> Self {
        Crowd {
            first,
            wanted: first,
            moods: Vec::new(),
            trend: Trend::default(),
            sent_away: 0,
        }
    }

    /// People on the site.
    pub fn len(&self) -> usize {
        self.moods.len()
    }

    /// Whether nobody is on the site.
    pub fn is_empty(&self) -> bool {
        self.moods.is_empty()
    }

    /// Somebody has come.
    pub fn welcome(&mut self, mood: Rc<Mood>) {
        self.moods.push(mood);
    }

    /// These have left.
    pub fn farewell(&mut self, left: &[Rc<Mood>]) {
        if left.is_empty() {
            return;
        }
        // Thousands may leave at once, and of thousands.
        let left: HashSet<*const Mood> = left.iter().map(Rc::as_ptr).collect();
        self.moods.retain(|mood| !left.contains(&Rc::as_ptr(mood)));
    }

    /// Lets `passed` go by and says how many people should come now. When
    /// there are far too many, the unhappiest are asked to leave instead.
    pub fn tick(&mut self, passed: Duration) -> usize {
        let now = Instant::now();
        let content = self.content(now);
        let foreseen = content.map(|content| self.trend.foresee(content, passed));
        let growth = GROWTH * tendency(foreseen);
        self.wanted = (self.wanted * (1.0 + growth * passed.as_secs_f64())).max(self.first);
        let wanted = self.wanted.floor() as usize;
        let bearable = (self.wanted * CROWDED).floor() as usize;
        let staying = self.moods.iter().filter(|mood| !mood.is_leaving()).count();
        if staying > bearable {
            self.send_away(staying - bearable, now);
        }
        wanted.saturating_sub(staying)
    }

    /// The mean over those who have an opinion.
    fn content(&self, now: Instant) -> Option<f64> {
        let opinions: Vec<f64> = self
            .moods
            .iter()
            .filter_map(|mood| mood.content(now))
            .collect();
        (!opinions.is_empty()).then(|| opinions.iter().sum::<f64>() / opinions.len() as f64)
    }

    fn send_away(&mut self, count: usize, now: Instant) {
        let staying = self.moods.iter().filter(|mood| !mood.is_leaving());
        let mut staying: Vec<(f64, &Rc<Mood>)> = staying
            .map(|mood| (mood.content(now).unwrap_or(1.0), mood))
            .collect();
        staying.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        for (_, mood) in staying.into_iter().take(count) {
            mood.send_away();
            self.sent_away += 1;
        }
    }
}

/// Where the contentment of the crowd is going.
#[derive(Debug, Default)]
struct Trend {
    last: Option<f64>,
    /// A second.
    slope: f64,
}

impl Trend {
    /// What the contentment comes to, if it goes on falling; if it rises, nobody
    /// relies on it.
    fn foresee(&mut self, content: f64, passed: Duration) -> f64 {
        let passed = passed.as_secs_f64();
        let slope = (content - self.last.unwrap_or(content)) / passed;
        let weight = (passed / MEMORY.as_secs_f64()).min(1.0);
        self.slope += (slope - self.slope) * weight;
        self.last = Some(content);
        (content + self.slope.min(0.0) * FORESIGHT.as_secs_f64()).max(0.0)
    }
}

/// From −1 (nobody content) over 0 (equilibrium) to 1 (everybody content),
/// squared with its sign: flat near the equilibrium, so that the crowd settles
/// there instead of swinging about it, because what people feel tells of the
/// crowd of a second ago. While nobody has an opinion, nothing changes.
fn tendency(content: Option<f64>) -> f64 {
    let distance = match content {
        None => 0.0,
        Some(content) if content >= EQUILIBRIUM => (content - EQUILIBRIUM) / (1.0 - EQUILIBRIUM),
        Some(content) => (content - EQUILIBRIUM) / EQUILIBRIUM,
    };
    distance * distance.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(100);

    fn after(seconds: u32, latency: Duration, mut crowd: Crowd) -> Crowd {
        for _ in 0..seconds * 10 {
            for _ in 0..crowd.tick(TICK) {
                let mood = Rc::new(Mood::default());
                mood.please(latency);
                crowd.welcome(mood);
            }
            let leaving: Vec<_> = crowd
                .moods
                .iter()
                .filter(|mood| mood.is_leaving())
                .cloned()
                .collect();
            crowd.farewell(&leaving);
            crowd.moods.iter().for_each(|mood| mood.please(latency));
        }
        crowd
    }

    #[test]
    fn content_people_bring_friends_without_a_ceiling() {
        let quick = Duration::from_millis(10);
        let early = after(5, quick, Crowd::new(4.0));
        assert!((20..=26).contains(&early.len()), "{}", early.len());
        assert!(after(20, quick, Crowd::new(4.0)).len() > 3000);
    }

    #[test]
    fn unhappy_people_leave_but_never_all() {
        let mut crowd = after(10, Duration::from_millis(10), Crowd::new(4.0));
        let before = crowd.len();
        crowd = after(5, Duration::from_secs(5), crowd);
        assert!(crowd.len() < before / 3, "{} of {before}", crowd.len());
        assert_eq!(after(60, Duration::from_secs(5), crowd).len(), 4);
    }

    #[test]
    fn a_fall_is_foreseen_and_a_rise_is_not() {
        let mut trend = Trend::default();
        let mut foresee = |content| trend.foresee(content, TICK);
        assert_eq!([foresee(1.0), foresee(1.0)], [1.0, 1.0]);
        // Falling by a quarter a second, for a second.
        let falling: Vec<f64> = (1..=10)
            .map(|n| foresee(1.0 - 0.025 * f64::from(n)))
            .collect();
        assert!(falling[0] > 0.85, "one page is no trend: {falling:?}");
        assert!((0.5..0.51).contains(&falling[9]), "{falling:?}");
        // And back up again.
        let rising: Vec<f64> = (1..=10)
            .map(|n| foresee(0.75 + 0.025 * f64::from(n)))
            .collect();
        assert_eq!(rising[9], 1.0, "{rising:?}");
        assert!(rising.iter().all(|content| *content <= 1.0), "{rising:?}");
    }

    #[test]
    fn it_recovers_after_trouble() {
        let troubled = after(30, Duration::from_secs(5), Crowd::new(4.0));
        assert!(after(10, Duration::from_millis(10), troubled).len() > 80);
    }
}
