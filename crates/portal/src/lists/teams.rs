//! Teams: `team,zone,host name,url` a line, or names alone. A team with several hosts has several
//! lines.

use sqlx::AnyConnection;

use super::{Faults, Line, ListRefused, Reason, Refused, read};
use crate::{
    clock::Millis,
    teams::{self, Host, Team},
};

/// Makes the teams of a list, and changes what it says of those that exist. Gives the names, each
/// once.
///
/// # Errors
/// When anything in the list is wrong: then the transaction is to be given up.
pub async fn import_teams(
    connection: &mut AnyConnection,
    text: &str,
    most_hosts: Option<u64>,
    now: Millis,
) -> Result<Vec<String>, ListRefused> {
    let mut names: Vec<String> = Vec::new();
    let mut faults = Faults::default();
    for line in read(text)? {
        let written = write(connection, &line, most_hosts.unwrap_or(u64::MAX), now).await;
        let name = faults.gather(line.number, written)?;
        names.extend(name.filter(|name| !names.contains(name)));
    }
    faults.none_or_refuse()?;
    Ok(names)
}

async fn write(
    connection: &mut AnyConnection,
    line: &Line,
    most_hosts: u64,
    now: Millis,
) -> Result<String, Refused> {
    let name = line.field(0).and_then(teams::parse_name);
    let name = name.ok_or(Reason::TeamName)?;
    let host = match (line.field(2), line.field(3)) {
        (None, None) => None,
        (name, url) => {
            let url = url.unwrap_or_default();
            Some(Host::parse(name.unwrap_or("web"), Some(url))?)
        }
    };
    let id = match teams::named(connection, name).await? {
        Some(team) => team.id,
        None => teams::create(connection, name, now).await?,
    };
    if let (Some(zone), Some(team)) = (line.field(1), teams::find(connection, id).await?) {
        let zone = Some(zone.to_owned());
        teams::change(connection, &Team { zone, ..team }).await?;
    }
    if let Some(host) = &host {
        teams::register_host(connection, id, host, most_hosts).await?;
    }
    Ok(name.to_owned())
}
