//! Lists of teams: `team,zone,host name,url` a line, or names alone.

use sqlx::AnyConnection;

use crate::{
    error::Error,
    pages::frame::Frame,
    teams::{self, Host, HostRefused},
};

/// So many lines at once.
const MOST: usize = 2_000;

/// A line of a list. A team with several hosts has several.
pub(crate) struct Line {
    number: u64,
    pub(crate) team: String,
    zone: Option<String>,
    host: Option<Host>,
}

fn invalid(number: u64, reason: &str) -> Error {
    Error::Invalid(format!("{number}: {reason}"))
}

/// Reads a list; a first line with the columns' names is left out.
pub(crate) fn read(text: &str, frame: &Frame) -> Result<Vec<Line>, Error> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| Error::Invalid(error.to_string()))?;
        let number = record.position().map_or(0, csv::Position::line);
        let field = |index| record.get(index).filter(|text: &&str| !text.is_empty());
        let is_head = lines.is_empty() && matches!(field(0), Some("team" | "name"));
        if is_head && number == 1 {
            continue;
        }
        let name = field(0).and_then(teams::parse_name);
        let name = name.ok_or_else(|| invalid(number, frame.t.team_name))?;
        let host = match (field(2), field(3)) {
            (None, None) => None,
            (name, url) => {
                let host = Host::parse(name.unwrap_or("web"), url.unwrap_or_default());
                Some(host.map_err(|error| invalid(number, frame.t.host_refused(&error)))?)
            }
        };
        lines.push(Line {
            number,
            team: name.to_owned(),
            zone: field(1).map(str::to_owned),
            host,
        });
    }
    match lines.len() {
        0 => Err(Error::Invalid(frame.t.import_empty.to_owned())),
        1..=MOST => Ok(lines),
        _ => Err(Error::Invalid(frame.t.form_too_large.to_owned())),
    }
}

/// Makes the team, or changes what the line says of one that exists.
pub(crate) async fn write(
    connection: &mut AnyConnection,
    line: &Line,
    most_hosts: Option<u64>,
    frame: &Frame,
) -> Result<(), Error> {
    let found = teams::named(connection, &line.team).await?;
    let id = match &found {
        Some(team) => team.id,
        None => teams::create(connection, &line.team, frame.now).await?,
    };
    if let (Some(zone), Some(team)) = (&line.zone, teams::find(connection, id).await?) {
        let zone = Some(zone.clone());
        teams::change(connection, &teams::Team { zone, ..team }).await?;
    }
    if let Some(host) = &line.host {
        let most = most_hosts.unwrap_or(u64::MAX);
        let registered = teams::register_host(connection, id, host, most).await;
        registered.map_err(|reason| match reason {
            HostRefused::Database(error) => error.into(),
            reason => invalid(line.number, frame.t.host_refused(&reason)),
        })?;
    }
    Ok(())
}
