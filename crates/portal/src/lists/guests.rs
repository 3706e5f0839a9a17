//! People to be invited: `name,team` a line.

use std::collections::HashMap;

use sqlx::AnyConnection;

use super::{Faults, Line, ListRefused, Reason, Refused, read};
use crate::{
    clock::Millis,
    people::{self, Role},
    teams,
};

/// Somebody who was invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The name that is proposed.
    pub name: String,
    /// The team's name.
    pub team: String,
    /// The token of the invitation, which is told this once.
    pub invite: String,
}

/// Invites the people of a list.
///
/// # Errors
/// When anything in the list is wrong: then the transaction is to be given up.
pub async fn import_guests(
    connection: &mut AnyConnection,
    text: &str,
    team_size: Option<u64>,
    now: Millis,
) -> Result<Vec<Guest>, ListRefused> {
    let mut list = List {
        lines: HashMap::new(),
        sizes: HashMap::new(),
        team_size: team_size.unwrap_or(u64::MAX),
    };
    let mut guests = Vec::new();
    let mut faults = Faults::default();
    for line in read(text)? {
        let invited = list.invite(connection, &line, now).await;
        guests.extend(faults.gather(line.number, invited)?);
    }
    faults.none_or_refuse()?;
    Ok(guests)
}

/// What was read up to a line.
struct List {
    /// In which line a name is.
    lines: HashMap<String, u64>,
    /// How many people a team has or shall have.
    sizes: HashMap<i64, u64>,
    team_size: u64,
}

impl List {
    async fn invite(
        &mut self,
        connection: &mut AnyConnection,
        line: &Line,
        now: Millis,
    ) -> Result<Guest, Refused> {
        let name = line.field(0).and_then(people::parse_name);
        let name = name.ok_or(Reason::PersonName)?;
        if let Some(before) = self.lines.insert(name.to_owned(), line.number) {
            return Err(Reason::Twice(before).into());
        }
        if people::credentials(connection, name).await?.is_some() {
            return Err(Reason::CameIn.into());
        }
        let team = line.field(1).ok_or(Reason::NoTeam)?;
        let found = teams::named(connection, team).await?;
        let found = found.ok_or_else(|| Reason::UnknownTeam(team.to_owned()))?;
        let size = match self.sizes.get(&found.id) {
            Some(size) => *size,
            None => people::members(connection, found.id).await?.len() as u64,
        };
        if size >= self.team_size {
            return Err(Refused::Reason(Reason::Full {
                team: team.to_owned(),
                most: self.team_size,
            }));
        }
        self.sizes.insert(found.id, size + 1);
        let role = Role::Member(found.id);
        Ok(Guest {
            name: name.to_owned(),
            team: team.to_owned(),
            invite: people::invite_as(connection, role, Some(name), now).await?,
        })
    }
}
