//! Who may reach a host.

use std::fmt::Write;

use crate::{Host, Inventory, Role};

/// Ports of TCP that everybody may reach: ssh, http, https.
const OF_TEAMS: &[u16] = &[22, 80, 443];
const OF_WORKERS: &[u16] = &[22];
const OF_PORTAL: &[u16] = &[22, 80, 443, 8000];

impl Host {
    /// The hosts that it deals with: a team's own and the organiser's; for the organiser's, all.
    pub(crate) fn friends<'a>(
        &'a self,
        inventory: &'a Inventory,
    ) -> impl Iterator<Item = &'a Host> {
        let is_friend = |other: &&Host| match (self.team_number(), other.team_number()) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => true,
        };
        inventory.hosts.iter().filter(is_friend)
    }

    /// Rules for `nft`. They look at single packets and remember nothing, as the table of
    /// connections that others keep is full when many come, and then nobody gets through.
    pub(crate) fn firewall(&self, inventory: &Inventory) -> String {
        let ports = match self.roles.first() {
            Some(Role::Worker) => OF_WORKERS,
            Some(Role::Portal) => OF_PORTAL,
            _ => OF_TEAMS,
        };
        let list = |parts: Vec<String>| parts.join(", ");
        let ports = list(ports.iter().map(u16::to_string).collect());
        let friends = self.friends(inventory);
        let friends = list(friends.map(|host| host.address.to_string()).collect());
        let mut rules = String::new();
        let _ = write!(
            rules,
            "# The hosts of the contest that this one deals with may reach all of it, everybody else
# these ports: systemctl disable --now isutori-firewall opens the others.
table inet isutori
delete table inet isutori
table inet isutori {{
  chain input {{
    type filter hook input priority filter; policy accept;
    iif lo accept
    ip saddr {{ {friends} }} accept
    tcp flags & (syn | ack) == syn tcp dport != {{ {ports} }} reject with tcp reset
    udp dport < 32768 udp dport != {{ 68, 123, 546 }} drop
  }}
}}
"
        );
        rules
    }
}
