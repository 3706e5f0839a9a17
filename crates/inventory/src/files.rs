//! The files that tell a host who it is and whom it knows: whatever differs between hosts of the
//! same roles, save for secrets.

use serde::Serialize;

use crate::{Host, Inventory, Role};

/// Where a host keeps the certificate of the contest's authority.
const AUTHORITY: &str = "/etc/isutori/tls/ca.pem";
/// When a host switches itself off.
const STOP: &str = "/etc/systemd/system/isutori-stop.timer.d/when.conf";

/// A file of a host, owned by root and readable by all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostFile {
    /// Where it lies.
    pub path: &'static str,
    /// What is in it.
    pub content: String,
}

impl Host {
    /// The files that make this host of all hosts of its roles.
    pub fn files(&self, inventory: &Inventory) -> Vec<HostFile> {
        let file = |path, content| HostFile { path, content };
        let mut files = vec![
            file("/etc/hostname", format!("{}\n", self.name)),
            file("/etc/hosts", self.known_hosts(inventory)),
            file("/etc/isutori/host.env", self.variables(inventory)),
            file("/etc/isutori/firewall.nft", self.firewall(inventory)),
            file(STOP, stop(inventory)),
        ];
        if self.roles.contains(&Role::Portal) {
            let names: String = (inventory.environment.teams.names().iter())
                .map(|name| format!("{name}\n"))
                .collect();
            files.push(file("/etc/isutori/teams", names));
        }
        files
    }

    /// A team knows its own hosts as `host1`, `host2` and so on, the first of them that keeps a
    /// database as `database`, and the organiser's. The organiser's know all.
    fn known_hosts(&self, inventory: &Inventory) -> String {
        let mut lines = format!("127.0.0.1 localhost\n127.0.1.1 {}\n", self.name);
        let mut has_database = false;
        for host in self.friends(inventory) {
            let mut names = vec![host.name.clone()];
            if self.member.is_some() && host.member.is_some() {
                names.push(host.short_name());
                if host.roles.contains(&Role::Database) && !has_database {
                    names.push("database".to_owned());
                    has_database = true;
                }
            }
            lines += &format!("{} {}\n", host.address, names.join(" "));
        }
        lines
    }

    fn variables(&self, inventory: &Inventory) -> String {
        let mut lines = format!(
            "ISUTORI_HOST={}\nISUTORI_SHORT_NAME={}\nISUTORI_ADDRESS={}\nISUTORI_PORTAL={}\nISUTORI_CA={AUTHORITY}\n",
            self.name,
            self.short_name(),
            self.address,
            inventory.portal_url()
        );
        if let Some(member) = &self.member {
            lines += &format!("ISUTORI_TEAM_NUMBER={}\n", member.team_number);
        }
        lines
    }
}

fn stop(inventory: &Inventory) -> String {
    match inventory.stops_at() {
        Some(at) => format!("[Timer]\nOnCalendar={}\n", at.strftime("%F %T UTC")),
        None => "# Never.\n".to_owned(),
    }
}
