//! Counts and times by route.

use std::collections::HashMap;

use serde::Serialize;

use super::{Request, Routes};

#[derive(Debug, Default)]
struct Group {
    times: Vec<f64>,
    statuses: [u64; 6],
    bytes: u64,
}

/// Requests by method and route.
#[derive(Debug, Default)]
pub struct Summary {
    groups: HashMap<(String, String), Group>,
}

/// What came of one method and route.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteSummary {
    /// Such as `GET`.
    pub method: String,
    /// Such as `/entries/:id`.
    pub route: String,
    /// Requests.
    pub count: u64,
    /// Seconds of all together.
    pub sum_seconds: f64,
    /// Its part of the seconds of all routes, 0 to 1.
    pub share: f64,
    /// Seconds of one, on average.
    pub mean_seconds: f64,
    /// Half of them took no longer, in seconds.
    pub p50_seconds: f64,
    /// Of 100, 95 took no longer.
    pub p95_seconds: f64,
    /// Of 100, 99 took no longer.
    pub p99_seconds: f64,
    /// The longest.
    pub max_seconds: f64,
    /// Answers of status 2xx, 3xx, 4xx and 5xx.
    pub statuses: [u64; 4],
    /// Bytes of one answer's body, on average.
    pub mean_bytes: f64,
}

impl Summary {
    /// Counts a request.
    pub fn add(&mut self, request: &Request, routes: &Routes) {
        let route = match &request.route {
            Some(route) => routes.of(route),
            None => routes.of(&request.uri),
        };
        let group = self
            .groups
            .entry((request.method.clone(), route))
            .or_default();
        group.times.push(request.seconds);
        group.bytes += request.bytes;
        let hundreds = usize::from(request.status / 100);
        if let Some(count) = group.statuses.get_mut(hundreds) {
            *count += 1;
        }
    }

    /// By route, those on which the most time was spent first.
    pub fn ranked(self) -> Vec<RouteSummary> {
        let all: f64 = self.groups.values().flat_map(|group| &group.times).sum();
        let groups = self.groups.into_iter();
        let mut ranked: Vec<RouteSummary> = groups
            .map(|((method, route), group)| group.summary(method, route, all))
            .collect();
        ranked.sort_by(|one, other| {
            let by_time = other.sum_seconds.total_cmp(&one.sum_seconds);
            let name = |route: &RouteSummary| (route.route.clone(), route.method.clone());
            by_time.then_with(|| name(one).cmp(&name(other)))
        });
        ranked
    }
}

impl Group {
    fn summary(mut self, method: String, route: String, all: f64) -> RouteSummary {
        self.times.sort_by(f64::total_cmp);
        let count = self.times.len();
        let sum: f64 = self.times.iter().sum();
        let at = |percent: usize| {
            let rank = (count * percent).div_ceil(100).max(1);
            self.times.get(rank - 1).copied().unwrap_or_default()
        };
        let [_, _, second, third, fourth, fifth] = self.statuses;
        RouteSummary {
            method,
            route,
            count: count as u64,
            sum_seconds: sum,
            share: if all > 0.0 { sum / all } else { 0.0 },
            mean_seconds: sum / count as f64,
            p50_seconds: at(50),
            p95_seconds: at(95),
            p99_seconds: at(99),
            max_seconds: at(100),
            statuses: [second, third, fourth, fifth],
            mean_bytes: self.bytes as f64 / count as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_ranked_by_the_time_of_all_their_requests() {
        let mut summary = Summary::default();
        let routes = Routes::default();
        let mut add = |uri: &str, status, milliseconds: u32| {
            let request = Request {
                method: "GET".to_owned(),
                uri: uri.to_owned(),
                route: None,
                status,
                bytes: 100,
                seconds: f64::from(milliseconds) / 1000.0,
            };
            summary.add(&request, &routes);
        };
        for number in 1..=100 {
            add(&format!("/entries/{number}"), 200, number);
        }
        add("/slow", 503, 900);

        let ranked = summary.ranked();

        let names: Vec<&str> = ranked.iter().map(|route| &*route.route).collect();
        assert_eq!(names, ["/entries/:id", "/slow"]);
        let entries = &ranked[0];
        let times = [
            entries.p50_seconds,
            entries.p95_seconds,
            entries.p99_seconds,
            entries.max_seconds,
        ];
        assert_eq!(times, [0.05, 0.095, 0.099, 0.1]);
        assert_eq!((entries.count, entries.statuses), (100, [100, 0, 0, 0]));
        assert!((entries.sum_seconds - 5.05).abs() < 1e-9);
        assert!((entries.share - 5.05 / 5.95).abs() < 1e-9);
        assert_eq!(ranked[1].statuses, [0, 0, 0, 1]);
        assert_eq!(ranked[1].mean_bytes, 100.0);
    }
}
