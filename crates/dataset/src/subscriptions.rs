//! Subscriptions: what of the external services a person wants to see.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Dataset;
use crate::draws::Domain;

/// An external service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Never changes, and takes its time.
    Catalogue,
    /// Changes every few seconds, and says at once whether it has.
    Weather,
    /// Asks for a token, and answers one request at a time.
    Quotes,
    /// Fails now and then.
    Seats,
    /// Comes page by page.
    Ranking,
    /// Has to be posted to.
    Letters,
}

impl Service {
    /// All of them.
    pub const ALL: [Service; 6] = [
        Service::Catalogue,
        Service::Weather,
        Service::Quotes,
        Service::Seats,
        Service::Ranking,
        Service::Letters,
    ];

    /// The name in addresses and subscriptions.
    pub fn name(self) -> &'static str {
        match self {
            Service::Catalogue => "catalogue",
            Service::Weather => "weather",
            Service::Quotes => "quotes",
            Service::Seats => "seats",
            Service::Ranking => "ranking",
            Service::Letters => "letters",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What somebody wants to see of a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subscription {
    /// Of which service.
    pub service: Service,
    /// Of what there: a town.
    pub key: String,
}

/// What services know something about.
pub const TOWNS: [&str; 16] = [
    "sapporo",
    "sendai",
    "tokyo",
    "yokohama",
    "nagoya",
    "kyoto",
    "osaka",
    "kobe",
    "hiroshima",
    "fukuoka",
    "naha",
    "paris",
    "vienna",
    "london",
    "milan",
    "oslo",
];

/// What somebody sees who has just signed up.
pub fn first_subscriptions() -> Vec<Subscription> {
    vec![Subscription {
        service: Service::Weather,
        key: "tokyo".to_owned(),
    }]
}

impl Dataset {
    /// What an initial person has subscribed to: all services but one, in an order of the
    /// person's own.
    pub fn subscriptions(&self, person_id: u64) -> Option<Vec<Subscription>> {
        self.has_person(person_id)
            .then(|| self.make_subscriptions(person_id))
    }

    pub(crate) fn make_subscriptions(&self, person_id: u64) -> Vec<Subscription> {
        let mut draws = self.draws(Domain::Subscriptions, person_id);
        let mut services = Service::ALL;
        draws.shuffle(&mut services);
        let chosen = services[1..].iter();
        chosen
            .map(|service| Subscription {
                service: *service,
                key: draws.pick(&TOWNS).to_owned(),
            })
            .collect()
    }
}

/// The column `subscriptions`: JSON.
pub(crate) fn to_json(subscriptions: &[Subscription]) -> String {
    let subscriptions: Vec<String> = subscriptions
        .iter()
        .map(|Subscription { service, key }| {
            format!("{{\"service\":\"{service}\",\"key\":\"{key}\"}}")
        })
        .collect();
    format!("[{}]", subscriptions.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Size;

    #[test]
    fn everybody_subscribes_to_all_services_but_one() {
        let dataset = Dataset::new(1, Size::Small);
        for person in 1..=dataset.counts().people {
            let subscriptions = dataset.subscriptions(person).expect("an initial person");
            let mut services: Vec<Service> = subscriptions
                .iter()
                .map(|subscription| subscription.service)
                .collect();
            services.sort_unstable();
            services.dedup();
            assert_eq!(services.len(), Service::ALL.len() - 1);
        }
        assert_eq!(dataset.subscriptions(0), None);
    }

    #[test]
    fn subscriptions_are_kept_as_json() {
        assert_eq!(
            to_json(&first_subscriptions()),
            r#"[{"service":"weather","key":"tokyo"}]"#
        );
    }
}
