//! `isutori portal import`.

use std::{fs, path::PathBuf};

use anyhow::Context;
use clap::{ArgGroup, Args};
use isutori_inventory::{Inventory, InventoryError};
use isutori_portal::{
    contest::Contest,
    desk::{self, Import, Imported},
};

use super::{StoreArguments, invite_link};
use crate::terminal;

#[derive(Args)]
#[command(
    group(ArgGroup::new("what").required(true).multiple(true)),
    after_help = "Examples:\n  isutori portal import contest.toml\n  isutori portal import --teams teams.csv --people people.csv --public-url https://contest.example > links.csv"
)]
pub(crate) struct ImportCommand {
    #[command(flatten)]
    store: StoreArguments,

    /// The contest; `isutori portal export` and docs/contest.md show what is in it.
    #[arg(value_name = "FILE", group = "what")]
    contest: Option<PathBuf>,

    /// Teams, a line each: team,zone,host name,url, or names alone. One with several hosts has
    /// several lines.
    #[arg(long, value_name = "FILE", group = "what")]
    teams: Option<PathBuf>,

    /// People to be invited, a line each: name,team. Their links are printed as CSV.
    #[arg(long, value_name = "FILE", group = "what")]
    people: Option<PathBuf>,

    /// The program that reboots hosts when the contest names none in its table "final"; it is given the
    /// names of a team and of its host.
    #[arg(long, value_name = "PROGRAM", requires = "contest")]
    reboot_by: Option<String>,

    /// How people reach the portal.
    #[arg(long, default_value = "http://127.0.0.1:8000", value_name = "URL")]
    public_url: String,

    /// Only finds out whether all of it is right.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(arguments: &ImportCommand) -> anyhow::Result<()> {
    let contest = arguments.contest.as_ref().map(read_contest).transpose()?;
    let (mut contest, teams_of_contest) = contest.unzip();
    if let (Some(contest), Some(program)) = (&mut contest, &arguments.reboot_by) {
        reboot_by(program, contest);
    }
    let teams = arguments.teams.as_ref().map(read).transpose()?;
    let import = Import {
        contest,
        teams: both(teams, teams_of_contest.flatten()),
        people: arguments.people.as_ref().map(read).transpose()?,
    };
    let state = arguments.store.open().await?;
    let imported = desk::import(&state, &import, arguments.dry_run).await?;
    if arguments.dry_run {
        eprintln!("all of this can be imported; nothing was changed");
        return Ok(());
    }
    tell(&import, &imported);
    if import.people.is_some() {
        let links = imported.guests.into_iter().map(|guest| {
            let link = invite_link(&arguments.public_url, &guest.invite);
            [guest.name, guest.team, link]
        });
        let head = ["name", "team", "link"].map(str::to_owned);
        let rows = [head].into_iter().chain(links);
        terminal::print(&isutori_portal::lists::write(rows))?;
    }
    Ok(())
}

/// Lets a program reboot hosts, unless the contest says how.
fn reboot_by(program: &str, contest: &mut Contest) {
    let reboot = &mut contest.final_measurement.reboot;
    if reboot.is_empty() {
        *reboot = [program, "{team}", "{host}"].map(str::to_owned).into();
    }
}

/// Standard output is for links alone.
fn tell(import: &Import, imported: &Imported) {
    if let Some(contest) = &import.contest {
        let (name, from, to) = (&contest.name, contest.starts_at, contest.ends_at);
        eprintln!("{name}: from {from} to {to}");
    }
    if import.teams.is_some() {
        eprintln!("teams: {}", imported.teams.len());
    }
    if import.people.is_some() {
        eprintln!("people invited: {}", imported.guests.len());
    }
}

/// The contest, and the teams of its environment as a list.
fn read_contest(path: &PathBuf) -> anyhow::Result<(Contest, Option<String>)> {
    let text = read(path)?;
    let contest = Contest::parse(&text).with_context(|| path.display().to_string())?;
    match Inventory::parse(&text) {
        Ok(inventory) => Ok((contest, Some(list_teams(&inventory)))),
        Err(InventoryError::Absent) => Ok((contest, None)),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// A line for each team, and one for each host that serves the app.
fn list_teams(inventory: &Inventory) -> String {
    let names = inventory.environment.teams.names().into_iter().enumerate();
    let mut list = String::new();
    for (index, team) in names {
        let team = team.replace('"', "\"\"");
        for host in inventory.of_team(index + 1) {
            if let Some(url) = host.url() {
                list += &format!("\"{team}\",,{},{url}\n", host.short_name());
            }
        }
    }
    list
}

/// One list after the other: that of a file, and that of the contest.
fn both(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{}\n{second}", first.trim_end())),
        // Without the head, a team called "team" would be taken for one.
        (None, Some(second)) => Some(format!("team,zone,host name,url\n{second}")),
        (first, None) => first,
    }
}

fn read(path: &PathBuf) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}
