//! What services say.

use std::time::{Duration, Instant};

use isutori_dataset::{Draws, Service};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

/// How long what changes stays the same.
pub const EPOCH: Duration = Duration::from_secs(3);

/// So many lines a ranking has, and so many of them stand on one page.
const RANKS: u64 = 25;
const PAGE: usize = 10;

/// What services say in a run: a function of its seed and the time since it began.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    seed: u64,
    began: Instant,
}

impl Truth {
    pub(super) fn new(seed: u64, began: Instant) -> Self {
        Truth { seed, began }
    }

    /// When the run began.
    pub fn began(&self) -> Instant {
        self.began
    }

    /// What a service says about a key at a moment.
    pub fn at(&self, service: Service, key: &str, moment: Instant) -> Value {
        self.in_epoch(service, key, self.epoch(moment))
    }

    /// Everything that a service has said about a key between two moments.
    pub fn between(&self, service: Service, key: &str, from: Instant, to: Instant) -> Vec<Value> {
        match changes(service) {
            false => vec![self.in_epoch(service, key, 0)],
            true => (self.epoch(from)..=self.epoch(to))
                .map(|epoch| self.in_epoch(service, key, epoch))
                .collect(),
        }
    }

    /// A page of what a service says, counted from 1, and whether there are more.
    pub(super) fn page(&self, service: Service, key: &str, page: usize) -> Option<(Value, bool)> {
        let all = self.in_epoch(service, key, 0);
        let all = all.as_array()?;
        let from = page.checked_sub(1)?.checked_mul(PAGE)?;
        let lines = all.get(from..)?;
        let more = lines.len() > PAGE;
        let lines = &lines[..lines.len().min(PAGE)];
        (!lines.is_empty()).then(|| (lines.into(), more))
    }

    fn epoch(&self, moment: Instant) -> u64 {
        let since = moment.saturating_duration_since(self.began);
        (since.as_millis() / EPOCH.as_millis()) as u64
    }

    fn in_epoch(&self, service: Service, key: &str, epoch: u64) -> Value {
        let epoch = match changes(service) {
            true => epoch,
            false => 0,
        };
        let domain = Draws::FIRST_FREE_DOMAIN + 100 + service as u64;
        let mut draws = Draws::new(self.seed, domain, xxh3_64(key.as_bytes()) ^ epoch);
        match service {
            Service::Catalogue => {
                let chairs = [
                    "stool",
                    "bench",
                    "rocking chair",
                    "sofa",
                    "settle",
                    "pouffe",
                ];
                json!({ "chair": draws.pick(&chairs), "year": draws.within(1850..=2020) })
            }
            Service::Weather => {
                let skies = ["clear", "cloudy", "rain", "snow", "fog"];
                json!({ "sky": draws.pick(&skies), "tenths": draws.within(0..=350) })
            }
            Service::Quotes => {
                json!(format!(
                    "Who sits on {:08x}, sits well.",
                    draws.next_u64() >> 32
                ))
            }
            Service::Seats => json!({ "free": draws.below(10_000) }),
            Service::Ranking => (1..=RANKS)
                .map(|rank| json!({ "rank": rank, "chairs": draws.below(100_000) }))
                .collect(),
            Service::Letters => json!(format!("Dear {key}, {:016x}.", draws.next_u64())),
        }
    }
}

fn changes(service: Service) -> bool {
    matches!(service, Service::Weather | Service::Seats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_services_change() {
        let began = Instant::now();
        let truth = Truth::new(1, began);
        for service in Service::ALL {
            let first = truth.at(service, "kyoto", began);
            let later = truth.at(service, "kyoto", began + EPOCH);
            assert_eq!(first != later, changes(service), "{service}");
            assert_ne!(first, truth.at(service, "osaka", began), "{service}");
            let all = truth.between(service, "kyoto", began, began + EPOCH);
            assert!(all.contains(&first) && all.contains(&later), "{service}");
        }
    }

    #[test]
    fn pages_are_the_whole_when_put_together() {
        let truth = Truth::new(1, Instant::now());
        let mut all = Vec::new();
        let mut page = 1;
        loop {
            let (lines, more) = truth.page(Service::Ranking, "oslo", page).expect("a page");
            all.extend(lines.as_array().cloned().unwrap_or_default());
            if !more {
                break;
            }
            page += 1;
        }
        assert_eq!(page, 3);
        assert_eq!(
            Value::from(all),
            truth.at(Service::Ranking, "oslo", truth.began)
        );
        assert!(truth.page(Service::Ranking, "oslo", 4).is_none());
        assert!(truth.page(Service::Ranking, "oslo", 0).is_none());
    }
}
