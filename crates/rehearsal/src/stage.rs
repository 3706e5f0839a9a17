//! The lab as people reach it.

use std::{
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};

use isutori_inventory::{Engine, Role};
use isutori_lab::{Lab, LabError};
use isutori_worker::Portal;
use tokio::{
    io::AsyncWriteExt,
    process::Command,
    sync::Mutex,
    task::spawn_blocking,
    time::{sleep, timeout},
};

use crate::{Millis, RehearsalError, Tell, skill::Skill};

/// No command on a host takes longer, however slow the machine.
const COMMAND_LIMIT: Duration = Duration::from_secs(900);
/// A host that is shut down is off by then.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(500);
/// So much of what a failed command said is told, in characters.
const TOLD: usize = 600;

/// A lab, the teams that play, and who hears how it goes.
pub(crate) struct Stage<'a> {
    pub(crate) lab: Arc<Lab>,
    pub(crate) teams: Vec<Team>,
    pub(crate) tell: Tell<'a>,
}

/// A team.
pub(crate) struct Team {
    pub(crate) name: String,
    pub(crate) skill: Skill,
    /// The portal, as the team's programs call it.
    pub(crate) portal: Portal,
    /// Its hosts with their roles, those that keep a database first.
    pub(crate) hosts: Vec<(String, Vec<Role>)>,
    /// Held by whoever does something to them.
    pub(crate) hands: Mutex<()>,
}

/// The time as the portal counts it.
pub(crate) fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

impl<'a> Stage<'a> {
    pub(crate) fn new(
        lab: Arc<Lab>,
        skills: &[Skill],
        tell: Tell<'a>,
    ) -> Result<Stage<'a>, RehearsalError> {
        let inventory = lab.inventory();
        let url = inventory.portal_url();
        let names = inventory.environment.teams.names();
        let team = |(index, (name, skill)): (usize, (String, &Skill))| {
            let number = index + 1;
            let hosts = inventory.of_team(number);
            let mut hosts: Vec<_> = hosts
                .map(|host| (host.name.clone(), host.roles.clone()))
                .collect();
            hosts.sort_by_key(|(_, roles)| !roles.contains(&Role::Database));
            Ok(Team {
                portal: Portal::new(&url, &lab.team_token(number)?)?,
                hands: Mutex::default(),
                skill: *skill,
                hosts,
                name,
            })
        };
        let teams = names.into_iter().zip(skills).enumerate().map(team);
        let teams = teams.collect::<Result<_, RehearsalError>>()?;
        Ok(Stage { lab, teams, tell })
    }

    pub(crate) fn say(&self, line: &str) {
        (self.tell)(line);
    }

    pub(crate) fn engine(&self) -> Engine {
        self.lab.inventory().environment.database
    }

    /// Does what the lab can do, which may take a while.
    pub(crate) async fn with_lab<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Lab) -> Result<T, LabError> + Send + 'static,
    ) -> Result<T, RehearsalError> {
        let lab = self.lab.clone();
        let done = spawn_blocking(move || act(&lab)).await;
        Ok(done.expect("the lab does not panic")?)
    }

    /// Runs lines of shell on a host by ssh, as root; gives what they print.
    pub(crate) async fn run(
        &self,
        host: &str,
        what: &str,
        script: &str,
    ) -> Result<String, RehearsalError> {
        let failed = |said: String| RehearsalError::Command {
            what: what.to_owned(),
            host: host.to_owned(),
            said,
        };
        let mut ssh = Command::from(self.lab.enter(host, None)?);
        ssh.arg("sudo sh -eu")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let running = async {
            let mut child = ssh.spawn()?;
            if let Some(mut input) = child.stdin.take() {
                input.write_all(script.as_bytes()).await?;
            }
            child.wait_with_output().await
        };
        let output = timeout(COMMAND_LIMIT, running).await;
        let output = output.map_err(|_| failed("it takes for ever".to_owned()))?;
        let output: Output = output.map_err(|error| failed(error.to_string()))?;
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(stdout);
        }
        let said = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
        let last = said.char_indices().rev().nth(TOLD);
        let last = &said[last.map_or(0, |(start, _)| start)..];
        Err(failed(format!("{}\n{}", output.status, last.trim())))
    }

    /// Shuts a host down as whoever owns it would, and waits until it is off.
    pub(crate) async fn shut_down(&self, host: &str) -> Result<(), RehearsalError> {
        // The connection ends in order before the host does.
        let script = "systemd-run --quiet --on-active=1 systemctl poweroff";
        self.run(host, "to shut it down", script).await?;
        let is_on = || {
            let states = self.lab.states().into_iter();
            let mut states = states.filter(|(known, _)| known.name == host);
            states.any(|(_, state)| state.is_running)
        };
        let waiting = async {
            while is_on() {
                sleep(POLL).await;
            }
        };
        let off = timeout(SHUTDOWN_LIMIT, waiting).await;
        off.map_err(|_| RehearsalError::Endless(format!("{host} shuts down")))
    }
}

impl Team {
    /// The names of its hosts with a role.
    pub(crate) fn with_role(&self, role: Role) -> impl Iterator<Item = &str> {
        let hosts = self.hosts.iter();
        hosts.filter_map(move |(name, roles)| roles.contains(&role).then_some(name.as_str()))
    }
}
