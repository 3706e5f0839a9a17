//! Images: what Ansible changes of the layers below for hosts of some roles. Each is made once, by
//! setting up one host of these roles, and all such hosts are laid over it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use isutori_inventory::{Host, Inventory, Role};
use sha2::{Digest, Sha256};

use crate::{
    LabError, Tell,
    ansible::Ansible,
    cache::Cache,
    error::at,
    folder::Folder,
    lab::{Settings, at_once, known_hosts},
    machine::Machine,
    readiness,
};

/// What a host leaves that is its own and no part of the image, as patterns for a shell.
const OWN: &str = "rm -rf /var/log/journal/* /var/lib/isutori-portal/data /root/.ansible \
    /etc/ssh/ssh_host_* /etc/isutori/lab_key /etc/isutori/tls /var/lib/isutori && apt-get clean";

/// The image of each set of roles in the inventory; those that are missing are made.
pub(crate) fn make(
    cache: &Cache,
    below: &[PathBuf; 2],
    inventory: &Inventory,
    (settings, folder): (&Settings, &Folder),
    tell: Tell,
) -> Result<BTreeMap<Vec<Role>, PathBuf>, LabError> {
    let source = digest(&[
        &settings.ansible(),
        &settings.source_tree.join("webapp"),
        &settings.source_tree.join("sql"),
        &settings.program,
        &settings.app,
    ])?;
    let mut images = BTreeMap::new();
    let mut missing: BTreeMap<Vec<Role>, (&Host, String)> = BTreeMap::new();
    for host in &inventory.hosts {
        let name = name(inventory, host, below, &source);
        match cache.find(&name) {
            Some(image) => drop(images.insert(host.roles.clone(), image)),
            None => drop(missing.entry(host.roles.clone()).or_insert((host, name))),
        }
    }
    if missing.is_empty() {
        return Ok(images);
    }
    let ansible = Ansible::make(cache, settings, folder, tell)?;
    let hosts: Vec<&Host> = missing.values().map(|(host, _)| *host).collect();
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    tell(&format!("setting up {} by Ansible", names.join(", ")));
    set_up(&ansible, below, inventory, &hosts, folder)?;
    for (roles, (host, name)) in missing {
        let machine = Machine::new(inventory, host, folder);
        let image = cache.put(&name, &machine.changes())?;
        let path = folder.machine(&host.name);
        fs::remove_dir_all(&path).map_err(at(&path))?;
        cache.prune(&prefix(&roles))?;
        images.insert(roles, image);
    }
    Ok(images)
}

fn set_up(
    ansible: &Ansible,
    below: &[PathBuf; 2],
    inventory: &Inventory,
    hosts: &[&Host],
    folder: &Folder,
) -> Result<(), LabError> {
    let machines: Vec<Machine> = (hosts.iter())
        .map(|host| Machine::new(inventory, host, folder))
        .collect();
    for machine in &machines {
        machine.make(&[&below[0], &below[1]], inventory)?;
    }
    known_hosts(folder, &machines)?;
    for machine in &machines {
        machine.start()?;
    }
    at_once(&machines, readiness::wait_for_ssh)?;
    ansible.provision(inventory, hosts)?;
    machines.iter().for_each(Machine::begin_stop);
    for machine in &machines {
        machine.finish_stop();
        machine.run_inside(&["sh", "-c", OWN])?;
        machine.unmount()?;
    }
    Ok(())
}

/// The image's name says all that it is made from.
fn name(inventory: &Inventory, host: &Host, below: &[PathBuf; 2], source: &str) -> String {
    let mut hash = Sha256::new();
    let variables = &inventory.to_ansible()["all"]["vars"];
    for part in [source, &format!("{below:?}"), &variables.to_string(), OWN] {
        hash.update(part);
        hash.update([0]);
    }
    format!("{}{}", prefix(&host.roles), short(hash))
}

fn prefix(roles: &[Role]) -> String {
    let roles: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    format!("image-{}-", roles.join("+"))
}

/// A number that changes with the contents of files and folders, builds left aside.
pub(crate) fn digest(paths: &[&Path]) -> Result<String, LabError> {
    let mut hash = Sha256::new();
    for path in paths {
        add(path, &mut hash)?;
    }
    Ok(short(hash))
}

fn add(path: &Path, hash: &mut Sha256) -> Result<(), LabError> {
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(at(path))?;
        let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries.iter().filter(|entry| !entry.ends_with("target")) {
            hash.update(entry.file_name().unwrap_or_default().as_encoded_bytes());
            add(entry, hash)?;
        }
        return Ok(());
    }
    hash.update(fs::read(path).map_err(at(path))?);
    hash.update([0]);
    Ok(())
}

fn short(hash: Sha256) -> String {
    let digest = hash.finalize();
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
