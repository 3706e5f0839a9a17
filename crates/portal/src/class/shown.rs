//! Runs that the teacher shows to every team, and what of them is the team's alone.

use std::collections::HashMap;

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{AnyConnection, FromRow};

use crate::{clock::Millis, queue::Row, teams};

/// A run that every team may look at.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Shown {
    /// The job's number.
    pub job_id: i64,
    /// The name of its team.
    pub team: String,
    /// Since when, milliseconds since 1970.
    pub shown_at: Millis,
}

/// All of them, the newest first.
///
/// # Errors
/// The database's.
pub async fn all(connection: &mut AnyConnection) -> Result<Vec<Shown>, sqlx::Error> {
    let sql = "SELECT job_id, teams.name AS team, shown_at FROM shown_runs
        JOIN jobs ON jobs.id = job_id JOIN teams ON teams.id = team_id
        ORDER BY shown_at DESC, job_id DESC";
    sqlx::query_as(sql).fetch_all(connection).await
}

/// Whether a run is shown.
///
/// # Errors
/// The database's.
pub async fn is_shown(connection: &mut AnyConnection, job: i64) -> Result<bool, sqlx::Error> {
    let found: Option<i64> = sqlx::query_scalar("SELECT job_id FROM shown_runs WHERE job_id = $1")
        .bind(job)
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// Shows a run, or takes it back.
///
/// # Errors
/// The database's.
pub async fn show(
    connection: &mut AnyConnection,
    job: i64,
    shows: bool,
    now: Millis,
) -> Result<(), sqlx::Error> {
    let sql = match shows {
        true => "INSERT INTO shown_runs (job_id, shown_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        false => "DELETE FROM shown_runs WHERE job_id = $1 AND shown_at <= $2",
    };
    sqlx::query(sql)
        .bind(job)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The names that others are told in place of a run's addresses.
#[derive(Clone, Debug, Default)]
pub struct Veil(Vec<(String, String)>);

impl Veil {
    /// For the addresses that a job has visited, and the team's hosts as they are now.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(connection: &mut AnyConnection, job: &Row) -> Result<Veil, sqlx::Error> {
        let hosts = teams::hosts(connection, job.team_id).await?.into_iter();
        let mut names: HashMap<String, String> = hosts
            .filter_map(|host| Some((host.url?, host.name)))
            .collect();
        let targets: Vec<String> = serde_json::from_str(&job.targets).unwrap_or_default();
        for (number, url) in (1..).zip(targets) {
            names.entry(url).or_insert_with(|| format!("host {number}"));
        }
        Ok(Veil::new(names))
    }

    fn new(names: impl IntoIterator<Item = (String, String)>) -> Veil {
        let mut words = Vec::new();
        for (url, name) in names {
            let authority = url.split_once("://").map_or(&*url, |(_, rest)| rest);
            let host = match authority.rsplit_once(':') {
                Some((host, port)) if port.parse::<u16>().is_ok() => host,
                _ => authority,
            };
            let host = host.trim_matches(['[', ']']);
            // A bare word may be one of the site's own; it leads nobody anywhere.
            let is_address = |word: &&str| word.contains(['.', ':', '/']);
            let parts = [url.as_str(), authority, host].into_iter();
            words.extend(
                parts
                    .filter(is_address)
                    .map(|part| (part.to_owned(), name.clone())),
            );
        }
        // An address may be the beginning of another.
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        Veil(words)
    }

    /// The text without addresses.
    pub fn text(&self, text: &str) -> String {
        let words = self.0.iter();
        words.fold(text.to_owned(), |text, (word, name)| {
            text.replace(word, name)
        })
    }

    /// The same of all texts in something.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn value<T: Serialize + DeserializeOwned>(&self, value: &T) -> serde_json::Result<T> {
        serde_json::from_str(&self.text(&serde_json::to_string(value)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_as_names() {
        let hosts = [
            ("http://192.0.2.1", "web1"),
            ("http://192.0.2.11:8080", "web2"),
            ("https://site.example", "web3"),
            ("http://[2001:db8::1]:80", "web4"),
            ("http://web", "web5"),
        ];
        let veil = Veil::new(hosts.map(|(url, name)| (url.to_owned(), name.to_owned())));
        for (text, told) in [
            ("http://192.0.2.1/x: refused", "web1/x: refused"),
            ("192.0.2.11:8080 and 192.0.2.11", "web2 and web2"),
            ("to site.example:443", "to web3:443"),
            ("2001:db8::1", "web4"),
            ("http://web/ a web site", "web5/ a web site"),
        ] {
            assert_eq!(veil.text(text), told);
        }
    }
}
