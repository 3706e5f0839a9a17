//! Hosts of teams: which addresses can be one, and whose they are.

use std::net::Ipv6Addr;

use sqlx::{AnyConnection, FromRow};

use crate::store;

/// A host of a team.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Host {
    /// Its name, unique within the team.
    pub name: String,
    /// Where the benchmark finds it; nowhere when it keeps a database alone.
    pub url: Option<String>,
}

/// Why a host is not registered.
#[derive(Debug, thiserror::Error)]
pub enum HostRefused {
    /// The name.
    #[error("a host's name has 1 to 40 letters of A-Z a-z 0-9 . _ - and does not begin with -")]
    Name,
    /// The address.
    #[error("a host's address is http:// or https://, a name or an address, and perhaps a port")]
    Url,
    /// One more would be too many.
    #[error("the team has as many hosts as it may have")]
    TooMany,
    /// Addresses are settled when the contest is over for a team.
    #[error("the contest is over for this team: its hosts are settled")]
    Settled,
    /// Another team has it, or the team itself under another name.
    #[error("this address is registered already")]
    Taken,
    /// The database's own words.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Host {
    /// A host from what somebody has typed: `http(s)://host[:port]`, in its shortest form, so that
    /// the same address is known again.
    ///
    /// # Errors
    /// When name or address cannot be one.
    pub fn parse(name: &str, url: Option<&str>) -> Result<Host, HostRefused> {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        // Where a host is an argument of a program, it is no option.
        let is_option = name.starts_with('-');
        if !(1..=40).contains(&name.len()) || !name.bytes().all(is_letter) || is_option {
            return Err(HostRefused::Name);
        }
        Ok(Host {
            name: name.to_owned(),
            url: url
                .map(|url| shortest(url).ok_or(HostRefused::Url))
                .transpose()?,
        })
    }
}

fn shortest(url: &str) -> Option<String> {
    let url = url.trim().to_ascii_lowercase();
    let (scheme, rest) = url.split_once("://")?;
    let usual_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => {
            let port: u16 = authority[colon + 1..].parse().ok()?;
            (&authority[..colon], port)
        }
        _ => (authority, usual_port),
    };
    if !is_host(host) || port == 0 {
        return None;
    }
    Some(match port == usual_port {
        true => format!("{scheme}://{host}"),
        false => format!("{scheme}://{host}:{port}"),
    })
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']');
        return inner.is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok());
    }
    let is_label = |label: &str| {
        let mut letters = label.bytes();
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && letters.all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// Whoever registers a host waits here for others who do.
pub(super) async fn wait_for_others(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE contest SET name = name")
        .execute(connection)
        .await?;
    Ok(())
}

/// Registers a host for a team; one of that name moves. Within a transaction, as it looks first.
///
/// # Errors
/// When the team has too many, or the address is taken.
pub async fn register_host(
    connection: &mut AnyConnection,
    team: i64,
    host: &Host,
    most: u64,
) -> Result<(), HostRefused> {
    wait_for_others(connection).await?;
    let sql = "SELECT COUNT(*) FROM hosts
        WHERE url = $1 AND NOT (team_id = $2 AND name = $3)";
    let taken = store::number(sql)
        .bind(host.url.as_deref())
        .bind(team)
        .bind(&host.name)
        .fetch_one(&mut *connection)
        .await?;
    if taken > 0 {
        return Err(HostRefused::Taken);
    }
    let others = store::number("SELECT COUNT(*) FROM hosts WHERE team_id = $1 AND name <> $2")
        .bind(team)
        .bind(&host.name)
        .fetch_one(&mut *connection)
        .await?;
    if others.cast_unsigned() >= most {
        return Err(HostRefused::TooMany);
    }
    Ok(super::put_host(connection, team, host).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_its_shortest_form() {
        let url = |url: &str| Host::parse("web", Some(url)).ok()?.url;
        for (typed, kept) in [
            ("http://10.0.0.1", "http://10.0.0.1"),
            (" HTTP://Web.Example:80/ ", "http://web.example"),
            ("https://web.example:443", "https://web.example"),
            ("https://web.example:80", "https://web.example:80"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://[::1]", "http://[::1]"),
        ] {
            assert_eq!(url(typed).as_deref(), Some(kept), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for url in [
            "",
            "web",
            "ftp://web",
            "http://",
            "http://a b",
            "http://a/b",
            "http://a?b",
            "http://user@a",
            "http://a:0",
            "http://a:99999",
            "http://a:b",
            "http://[::1",
            "http://-a",
            "http://a..b",
            "http://日本.example",
        ] {
            assert!(Host::parse("web", Some(url)).is_err(), "{url}");
        }
        for name in ["", "<b>", "--help"] {
            assert!(Host::parse(name, Some("http://a")).is_err(), "{name}");
        }
    }
}
