//! `isutori inventory`.

mod cloud_init;

use std::{fmt::Write, path::PathBuf};

use clap::{Args, Subcommand};
use isutori_inventory::Inventory;

use crate::terminal;

#[derive(Subcommand)]
#[command(after_help = "Example:\n  isutori inventory ansible contest.toml > hosts.json")]
pub(crate) enum Command {
    /// Prints all hosts with their addresses and roles.
    List(ListCommand),
    /// Prints the inventory for Ansible, as JSON.
    Ansible(AnsibleCommand),
    /// Prints what a fresh machine of a cloud is told so that it becomes a host: user-data.
    CloudInit(cloud_init::CloudInitCommand),
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori inventory list contest.toml")]
pub(crate) struct ListCommand {
    /// The contest, with a table "environment".
    #[arg(value_name = "FILE")]
    contest: PathBuf,
}

#[derive(Args)]
#[command(after_help = "Example:\n  isutori inventory ansible contest.toml > hosts.json")]
pub(crate) struct AnsibleCommand {
    /// The contest, with a table "environment".
    #[arg(value_name = "FILE")]
    contest: PathBuf,
}

pub(crate) fn run(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::List(arguments) => {
            let inventory = Inventory::read(&arguments.contest)?;
            let mut text = String::new();
            for host in &inventory.hosts {
                let roles: Vec<&str> = host.roles.iter().map(|role| role.name()).collect();
                let team = host.member.as_ref().map_or("", |member| &member.team);
                let line = format!(
                    "{:<16} {:<16} {:<14} {team}",
                    host.name,
                    host.address,
                    roles.join(", ")
                );
                let _ = writeln!(text, "{}", line.trim_end());
            }
            terminal::print(&text)?;
        }
        Command::Ansible(arguments) => {
            let inventory = Inventory::read(&arguments.contest)?;
            terminal::print_json(&inventory.to_ansible())?;
        }
        Command::CloudInit(arguments) => cloud_init::run(arguments)?,
    }
    Ok(0)
}
