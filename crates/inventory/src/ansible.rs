//! The inventory for Ansible.

use serde_json::{Map, Value, json};

use crate::{Host, Inventory, Role};

impl Inventory {
    /// The inventory for Ansible, as JSON: every host with its own variables, and a group of hosts
    /// for each role and for each team.
    pub fn to_ansible(&self) -> Value {
        let environment = &self.environment;
        let hosts: Map<String, Value> = (self.hosts.iter())
            .map(|host| (host.name.clone(), self.variables_of(host)))
            .collect();
        let mut groups: Map<String, Value> = (Role::ALL.into_iter())
            .map(|role| (role.name().to_owned(), group(self.with_role(role))))
            .collect();
        for number in 1..=environment.teams.names().len() {
            groups.insert(format!("team{number}"), group(self.of_team(number)));
        }
        let workers: Vec<String> = (self.with_role(Role::Worker))
            .map(|worker| worker.address.to_string())
            .collect();
        json!({ "all": {
            "hosts": hosts,
            "children": groups,
            "vars": {
                "ansible_python_interpreter": "/usr/bin/python3",
                "contest_user": environment.contest_user,
                "organiser_user": environment.organiser_user,
                "database_engine": environment.database,
                "data_size": self.data.size,
                "data_seed": self.data.data_seed,
                "benchmarkers": workers,
            },
        }})
    }

    fn variables_of(&self, host: &Host) -> Value {
        json!({
            "ansible_host": host.address,
            "contest_roles": host.roles,
            "host_files": host.files(self),
            "team_number": host.team_number(),
        })
    }
}

fn group<'a>(hosts: impl Iterator<Item = &'a Host>) -> Value {
    let names: Map<String, Value> = hosts.map(|host| (host.name.clone(), json!({}))).collect();
    json!({ "hosts": names })
}
