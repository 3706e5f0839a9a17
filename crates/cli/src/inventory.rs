//! `isutori inventory`.

mod cloud_init;

use std::{fmt::Write, path::PathBuf};

use clap::{Args, Subcommand};
use isutori_inventory::Inventory;
use jiff::Timestamp;

use crate::terminal;

#[derive(Subcommand)]
#[command(after_help = "Example:\n  isutori inventory ansible contest.toml > hosts.json")]
pub(crate) enum Command {
    /// Prints all hosts with their addresses and roles.
    List(ListCommand),
    /// Prints the inventory for Ansible, as JSON.
    Ansible(AnsibleCommand),
    /// Makes the contest's certificate authority, and certificates for its hosts.
    ///
    /// The authority is made once and never replaced. Certificates are made where they are missing,
    /// do not fit the hosts any more, or end within a week after the contest. Prints what was made.
    Certificates(CertificatesCommand),
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

#[derive(Args)]
#[command(
    after_help = "Example:\n  isutori inventory certificates contest.toml --dir certificates"
)]
pub(crate) struct CertificatesCommand {
    /// The contest, with a table "environment".
    #[arg(value_name = "FILE")]
    contest: PathBuf,

    /// Where they are kept; keep this folder, and keep it to yourself.
    #[arg(long, default_value = "certificates", value_name = "DIR")]
    dir: PathBuf,
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
        Command::Certificates(arguments) => {
            let inventory = Inventory::read(&arguments.contest)?;
            let made = inventory.certify(&arguments.dir, Timestamp::now())?;
            let lines: String = made.iter().map(|name| format!("made {name}\n")).collect();
            terminal::print(&lines)?;
        }
        Command::CloudInit(arguments) => cloud_init::run(arguments)?,
    }
    Ok(0)
}
