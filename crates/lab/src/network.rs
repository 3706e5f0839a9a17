//! The bridge that machines are on, and who may reach whom.
//!
//! Rules hold at the bridge, by the port that a machine is plugged into: whoever is root in one can
//! change its address, but is then heard by nobody.

use std::{
    fmt::Write,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use isutori_inventory::{Inventory, Network};

use crate::{
    LabError,
    command::{program, run},
    machine,
};

const INTERFACES: &str = "/sys/class/net";
const BRIDGES: &str = "isulab";

/// The bridge's name.
pub(crate) fn bridge(network: Network) -> String {
    format!("{BRIDGES}{}", network.tag())
}

fn table(network: Network) -> String {
    format!("isutori_lab_{}", network.tag())
}

/// Makes bridge and rules.
pub(crate) fn up(inventory: &Inventory) -> Result<(), LabError> {
    let network = inventory.environment.network;
    let bridge = bridge(network);
    if Path::new(INTERFACES).join(&bridge).exists() {
        let reason = format!("a lab has the network {network} already (another --dir?)");
        return Err(LabError::InTheWay(reason));
    }
    let gateway = format!("{}/16", network.address(0, 1));
    for args in [
        ["link", "add", &bridge, "type", "bridge"],
        ["address", "add", &gateway, "dev", &bridge],
        ["link", "set", "dev", &bridge, "up"],
    ] {
        run("to make the bridge", &mut program("ip", &args))?;
    }
    apply(&rules(inventory))
}

/// Removes what [`up`] made, as far as it is there.
pub(crate) fn down(network: Network) {
    // What is not there need not be removed.
    let _ = program("ip", &["link", "delete", &bridge(network)]).output();
    for family in ["bridge", "ip", "inet"] {
        let _ = program("nft", &["delete", "table", family, &table(network)]).output();
    }
}

/// Whether a lab has its bridge on this machine.
pub(crate) fn has_bridge() -> bool {
    let interfaces = fs::read_dir(INTERFACES).into_iter().flatten().flatten();
    let mut names = interfaces.map(|interface| interface.file_name());
    names.any(|name| name.to_string_lossy().starts_with(BRIDGES))
}

fn rules(inventory: &Inventory) -> String {
    let network = inventory.environment.network;
    let (bridge, table) = (bridge(network), table(network));
    let ports = machine::port_prefix(network);
    let own: Vec<String> = (inventory.hosts.iter())
        .map(|host| {
            let port = machine::port(network, host);
            format!("\"{port}\" . {}", host.address)
        })
        .collect();
    let own = own.join(", ");
    let mut isolation = String::new();
    for number in 1..=inventory.environment.teams.names().len() {
        let part = |number| network.part(u8::try_from(number).unwrap_or(u8::MAX));
        let (organiser, team) = (part(0), part(number));
        let _ = writeln!(
            isolation,
            "    ip saddr {team} ip daddr {network} ip daddr != {{ {organiser}, {team} }} drop"
        );
    }
    format!(
        "table bridge {table} {{
  set own {{
    type ifname . ipv4_addr
    elements = {{ {own} }}
  }}
  chain forward {{
    type filter hook forward priority 0; policy accept;
    iifname \"{ports}*\" ether type ip iifname . ip saddr != @own drop
    iifname \"{ports}*\" ether type arp iifname . arp saddr ip != @own drop
    iifname \"{ports}*\" ether type != {{ ip, arp }} drop
{isolation}  }}
}}
table ip {table} {{
  chain postrouting {{
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr {network} ip daddr != {network} masquerade
  }}
}}
table inet {table} {{
  chain input {{
    type filter hook input priority 0; policy accept;
    iifname \"{bridge}\" ct state new meta l4proto {{ tcp, udp }} reject
  }}
}}
"
    )
}

fn apply(rules: &str) -> Result<(), LabError> {
    let failed = |said: String| LabError::Command {
        what: "to set the network's rules".to_owned(),
        said,
    };
    let mut command = Command::new("nft");
    command.args(["--file", "-"]).stdin(Stdio::piped());
    let mut child = (command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn())
        .map_err(|error| failed(error.to_string()))?;
    let mut input = child.stdin.take().expect("standard input is piped");
    let written = input.write_all(rules.as_bytes());
    drop(input);
    let output = child.wait_with_output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    match (written, output.status.success()) {
        (Ok(()), true) => Ok(()),
        _ => Err(failed(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_name_every_host_and_every_team() {
        let contest =
            "[environment]\nteams = 2\n[[environment.host]]\nroles = [\"app\", \"database\"]\n";
        let inventory = Inventory::parse(contest).expect("an inventory");

        let rules = rules(&inventory);

        for part in [
            "\"vb-l0ad5-0-10\" . 10.213.0.10, \"vb-l0ad5-0-11\" . 10.213.0.11",
            "\"vb-l0ad5-2-1\" . 10.213.2.1 }",
            "iifname \"vb-l0ad5-*\" ether type ip iifname . ip saddr != @own drop",
            "ip saddr 10.213.2.0/24 ip daddr 10.213.0.0/16 ip daddr != { 10.213.0.0/24, 10.213.2.0/24 } drop",
        ] {
            assert!(rules.contains(part), "{part}:\n{rules}");
        }
    }
}
