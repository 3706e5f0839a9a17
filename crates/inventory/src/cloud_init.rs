//! User-data for cloud-init: what a fresh machine is told at its first boot, so that it becomes a
//! host of a contest by itself. All else is in the kit, which is the same for all hosts.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{Host, Inventory, Role};

/// Where the machine keeps what it is told.
const FOLDER: &str = "/var/lib/isutori";
/// Where the portal keeps its secrets, and a machine those that it is told.
const SECRETS: &str = "/var/lib/isutori-portal/secrets";
/// Fetches the kit and lets it do the rest. Arguments: its address and its hash.
const FETCH: &str = "set -eu
cd /var/lib/isutori
curl --fail --silent --show-error --location --retry 10 --retry-all-errors --output kit.tar.gz \"$1\"
echo \"$2  kit.tar.gz\" | sha256sum --check
tar --extract --gzip --file kit.tar.gz --no-same-owner
exec kit/provisioning/cloud-init/set-up-host
";

/// What a machine is told besides what follows from the contest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Where the kit that `provisioning/pack-kit` has made can be fetched.
    pub kit_url: String,
    /// Its SHA-256, in hexadecimal digits.
    pub kit_sha256: String,
    /// Of the portal's secrets those that the host has to know, by their names.
    pub secrets: BTreeMap<String, String>,
    /// The authority's certificate, and the host's with its key, by the names of their files.
    pub certificates: BTreeMap<String, String>,
    /// Public keys of those who may enter as the contestants.
    pub contest_keys: Vec<String>,
    /// Public keys of those who may enter as the organiser.
    pub organiser_keys: Vec<String>,
    /// The contest, which its portal alone reads.
    pub contest: String,
}

impl Inventory {
    /// User-data that makes a fresh Debian or Ubuntu this host.
    pub fn to_cloud_init(&self, host: &Host, given: &Given) -> String {
        let file = |path: String, content: &str| json!({ "path": path, "permissions": "0600", "content": content });
        let own = self.of_itself(host, given).to_string();
        let mut files = vec![file(format!("{FOLDER}/inventory.json"), &own)];
        if host.roles.contains(&Role::Portal) {
            files.push(file(format!("{FOLDER}/contest.toml"), &given.contest));
        }
        for (folder, contents) in [
            (SECRETS.to_owned(), &given.secrets),
            (format!("{FOLDER}/certificates"), &given.certificates),
        ] {
            let contents = contents.iter();
            files.extend(contents.map(|(name, text)| file(format!("{folder}/{name}"), text)));
        }
        let settings = json!({
            "hostname": host.name,
            // Our roles do.
            "manage_etc_hosts": false,
            "package_update": true,
            "packages": ["ca-certificates", "curl", "python3-apt", "python3-venv", "sudo"],
            "write_files": files,
            "runcmd": [["sh", "-c", FETCH, "fetch-kit", given.kit_url, given.kit_sha256]],
        });
        // What is JSON is YAML too.
        format!("#cloud-config\n{settings:#}\n")
    }

    /// The inventory for Ansible that runs on the host itself: nobody else is in it.
    fn of_itself(&self, host: &Host, given: &Given) -> Value {
        let mut inventory = self.to_ansible();
        let all = &mut inventory["all"];
        let keep = |hosts: &mut Value| {
            if let Some(hosts) = hosts.as_object_mut() {
                hosts.retain(|name, _| *name == host.name);
            }
        };
        keep(&mut all["hosts"]);
        for group in all["children"]
            .as_object_mut()
            .into_iter()
            .flat_map(Map::values_mut)
        {
            keep(&mut group["hosts"]);
        }
        // Those of a host count more than what the roles have of all hosts.
        let variables = &mut all["hosts"][&host.name];
        variables["ansible_connection"] = "local".into();
        variables["contest_keys"] = given.contest_keys.clone().into();
        variables["organiser_keys"] = given.organiser_keys.clone().into();
        variables["contest_file"] = format!("{FOLDER}/contest.toml").into();
        variables["makes_certificates"] = false.into();
        variables["secrets_from"] = host.name.clone().into();
        variables["has_secrets"] = (!given.secrets.is_empty()).into();
        inventory
    }
}

impl Host {
    /// The names of those of the portal's secrets that it has to know.
    pub fn secrets(&self) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(number) = self.team_number() {
            names.push(format!("team{number}"));
            names.push(format!("hosts{number}"));
            names.push("authorized_key".to_owned());
        }
        if self.roles.contains(&Role::Worker) {
            names.push("worker".to_owned());
        }
        names
    }
}
