//! `GET /report`: who is locked, and which addresses are banned.

use std::{collections::HashMap, fmt::Display, hash::Hash, net::Ipv4Addr};

use isutori_engine::failure::{Failure, shorten};
use serde::Deserialize;

use crate::model::{Certainty, Look};

/// What the site tells the organiser.
#[derive(Debug, Deserialize)]
pub struct Report {
    /// Account names.
    pub locked_people: Vec<String>,
    /// Addresses.
    pub banned_addresses: Vec<String>,
}

impl Report {
    /// Reads an answer's body.
    ///
    /// # Errors
    /// `report.malformed`, class wrong.
    pub fn read(body: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(body).map_err(|error| {
            let sentence = format!(
                "the report is not {{\"locked_people\": […], \"banned_addresses\": […]}}: {error}"
            );
            Failure::wrong("report.malformed", sentence)
        })
    }
}

/// Compares a report with what is known; of attempts that are under way or whose
/// answer was lost, both is right.
///
/// # Errors
/// `report.missing`, `report.foreign` or `report.twice`, class wrong.
pub fn check_report(look: &Look<'_>, report: &Report) -> Result<(), Failure> {
    let people = report
        .locked_people
        .iter()
        .map(|name| (name, look.person(name)));
    let locked = look.locked_people();
    compare("locked", people, &locked, |person| look.name(*person))?;
    let addresses = report.banned_addresses.iter();
    let addresses = addresses.map(|address| (address, address.parse::<Ipv4Addr>().ok()));
    let banned = look.banned_addresses();
    compare("banned", addresses, &banned, Ipv4Addr::to_string)
}

fn compare<'a, K: Eq + Hash, D: Display>(
    what: &str,
    reported: impl Iterator<Item = (&'a String, Option<K>)>,
    known: &HashMap<K, Certainty>,
    name: impl Fn(&K) -> D,
) -> Result<(), Failure> {
    let mut left: HashMap<&K, Certainty> = known.iter().map(|(key, is)| (key, *is)).collect();
    for (shown, key) in reported {
        let shown = shorten(shown, 100);
        let Some(key) = key.filter(|key| known.contains_key(key)) else {
            let sentence = format!("the report says that {shown:?} is {what}, which is not so");
            return Err(Failure::wrong("report.foreign", sentence));
        };
        if left.remove(&key).is_none() {
            let sentence = format!("the report says twice that {shown:?} is {what}");
            return Err(Failure::wrong("report.twice", sentence));
        }
    }
    match left.iter().find(|(_, is)| **is == Certainty::Yes) {
        None => Ok(()),
        Some((missing, _)) => {
            let sentence = format!("the report does not say that {} is {what}", name(missing));
            Err(Failure::wrong("report.missing", sentence))
        }
    }
}
