//! `isutori inventory cloud-init`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::{ArgGroup, Args};
use isutori_inventory::{Given, Host, Inventory};
use jiff::Timestamp;

use crate::terminal;

/// The least that a public cloud takes: Amazon's EC2.
const MOST_BYTES: usize = 16 * 1024;

#[derive(Args)]
#[command(
    group(ArgGroup::new("what").required(true)),
    after_help = "Examples:\n  isutori inventory cloud-init --practice --kit https://files.example/kit.tar.gz --kit-sha256 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b > user-data\n  isutori inventory cloud-init contest.toml --host team1-host1 --kit https://files.example/kit.tar.gz --kit-sha256 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b > user-data"
)]
pub(crate) struct CloudInitCommand {
    /// The contest, with a table "environment".
    #[arg(value_name = "FILE", group = "what", requires = "host")]
    contest: Option<PathBuf>,

    /// A single host for whoever practises alone.
    #[arg(long, group = "what", conflicts_with = "host")]
    practice: bool,

    /// Which host of the contest, as "isutori inventory list" calls it.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,

    /// Where the machine can fetch the kit that provisioning/pack-kit has made.
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    kit: String,

    /// The kit's SHA-256, as provisioning/pack-kit has printed it.
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    kit_sha256: String,

    /// A copy of the portal's folder of secrets, /var/lib/isutori-portal/secrets; the machine is
    /// told those that it has to know.
    #[arg(long, value_name = "DIR", conflicts_with = "practice")]
    secrets: Option<PathBuf>,

    /// A public key whose owner may enter as the contestants; can be given several times.
    #[arg(long, value_name = "KEY")]
    contest_key: Vec<String>,

    /// A public key whose owner may enter as the organiser; can be given several times.
    #[arg(long, value_name = "KEY")]
    organiser_key: Vec<String>,
}

pub(crate) fn run(arguments: CloudInitCommand) -> anyhow::Result<()> {
    let (inventory, contest) = match &arguments.contest {
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            (Inventory::parse(&text)?, text)
        }
        None => (Inventory::practice(), String::new()),
    };
    let host = match &arguments.host {
        Some(name) => inventory.find(name).with_context(|| {
            let known: Vec<&str> = (inventory.hosts.iter())
                .map(|host| host.name.as_str())
                .collect();
            format!("there is no host {name:?}; there are {}", known.join(", "))
        })?,
        None => (inventory.of_team(1).next()).context("a practice has a host")?,
    };
    let temporary = tempfile::tempdir().context("a temporary folder")?;
    let beside = match &arguments.contest {
        Some(contest) => contest.parent().unwrap_or(Path::new("")),
        None => temporary.path(),
    };
    let told = inventory.to_cloud_init(
        host,
        &Given {
            kit_url: arguments.kit,
            kit_sha256: arguments.kit_sha256,
            secrets: (arguments.secrets)
                .map(|folder| read_secrets(&folder, host))
                .transpose()?
                .unwrap_or_default(),
            certificates: certify(&inventory, &beside.join("certificates"), host)?,
            contest_keys: arguments.contest_key,
            organiser_keys: arguments.organiser_key,
            contest,
        },
    );
    if told.len() > MOST_BYTES {
        eprintln!(
            "these are {} bytes; some clouds take no more than {MOST_BYTES}, but all take them compressed by gzip",
            told.len()
        );
    }
    terminal::print(&told)
}

/// The authority's certificate, and the host's with its key; made where they are missing.
fn certify(
    inventory: &Inventory,
    folder: &Path,
    host: &Host,
) -> anyhow::Result<BTreeMap<String, String>> {
    inventory.certify(folder, Timestamp::now())?;
    let own = ["pem", "key"].map(|kind| format!("{}.{kind}", host.name));
    let names = own.into_iter().chain(["ca.pem".to_owned()]);
    // Workers have none of their own.
    let there = names.filter(|name| folder.join(name).exists());
    let read = |name: String| {
        let path = folder.join(&name);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok((name, text))
    };
    there.map(read).collect()
}

/// Those that the host has to know, by their names.
fn read_secrets(folder: &Path, host: &Host) -> anyhow::Result<BTreeMap<String, String>> {
    let read = |name: String| {
        let path = folder.join(&name);
        let secret = fs::read_to_string(&path).with_context(|| {
            let path = path.display();
            format!("{path}: bring the folder from the portal, after `set-up-portal` ran there")
        })?;
        Ok((name, secret))
    };
    host.secrets().into_iter().map(read).collect()
}

fn parse_url(text: &str) -> Result<String, String> {
    let is_url = ["https://", "http://", "file:///"]
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    let is_plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    match is_url && is_plain {
        true => Ok(text.to_owned()),
        false => Err("give an address that begins with https://, http:// or file:///".to_owned()),
    }
}

fn parse_hash(text: &str) -> Result<String, String> {
    match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("a SHA-256 is 64 hexadecimal digits".to_owned()),
    }
}
