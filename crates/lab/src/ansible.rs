//! Ansible, in a Python environment of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use isutori_inventory::{Host, Inventory};

use crate::{
    LabError, Tell,
    cache::Cache,
    command::{last_lines, program, run},
    error::at,
    folder::{Folder, write},
    lab::Settings,
};

/// Ansible, ready to be run.
pub(crate) struct Ansible<'a> {
    python: PathBuf,
    settings: &'a Settings,
    folder: &'a Folder,
}

impl<'a> Ansible<'a> {
    /// Installs it, unless it is there.
    pub(crate) fn make(
        cache: &Cache,
        settings: &'a Settings,
        folder: &'a Folder,
        tell: Tell,
    ) -> Result<Self, LabError> {
        let requirements = settings.ansible().join("requirements.txt");
        let version = crate::image::digest(&[&requirements])?;
        let environment = cache.keep(&format!("ansible-{version}"), |folder| {
            tell("installing Ansible, once");
            let mut venv = program("python3", &["-m", "venv"]);
            run("python3 -m venv", venv.arg(folder))?;
            let mut pip = program(&python(folder).display().to_string(), &["-m", "pip"]);
            pip.args(["install", "--quiet", "--requirement"]);
            run("pip install", pip.arg(&requirements)).map(drop)
        })?;
        Ok(Ansible {
            python: python(&environment),
            settings,
            folder,
        })
    }

    /// Sets hosts up that are running, save for what makes each of them itself.
    pub(crate) fn provision(&self, inventory: &Inventory, hosts: &[&Host]) -> Result<(), LabError> {
        let home = self.folder.ansible_home();
        fs::create_dir_all(&home).map_err(at(&home))?;
        let file = self.folder.ansible_inventory();
        write(&file, &inventory.to_ansible().to_string())?;
        let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        let known_hosts = self.folder.known_hosts();
        let ssh = format!(
            "-F none -o UserKnownHostsFile={} -o ControlMaster=auto -o ControlPersist=60s",
            known_hosts.display()
        );
        let mut ansible = program(
            &self.python.display().to_string(),
            &["-m", "ansible", "playbook", "--inventory"],
        );
        ansible
            .arg(&file)
            .args(["--limit", &names.join(","), "--user", "root"])
            .args(["--skip-tags", "identity", "--private-key"])
            .arg(self.folder.key())
            .arg(variable("isutori_program", &self.settings.program))
            .arg(variable("suwaru_program", &self.settings.app))
            .arg(variable("source_tree", &self.settings.source_tree))
            .arg("site.yml")
            .current_dir(self.settings.ansible())
            .env("ANSIBLE_SSH_ARGS", ssh)
            .env("ANSIBLE_HOME", &home)
            .env("ANSIBLE_NOCOLOR", "1")
            .env("TMPDIR", &home);
        run_playbook(&mut ansible)
    }
}

/// What Ansible says of what failed stands far above its last words.
fn run_playbook(ansible: &mut Command) -> Result<(), LabError> {
    let failed = |said: String| LabError::Command {
        what: "ansible-playbook".to_owned(),
        said,
    };
    let output = ansible.stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let faults: Vec<&str> = (said.lines())
        .filter(|line| line.starts_with("fatal:") || line.starts_with("[ERROR]"))
        .collect();
    Err(failed(match faults.is_empty() {
        true => last_lines(&said),
        false => faults.join("\n"),
    }))
}

fn python(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

fn variable(name: &str, path: &Path) -> String {
    format!("--extra-vars={name}={}", path.display())
}
