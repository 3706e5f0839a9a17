//! A lab as a whole.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use isutori_inventory::{Host, Inventory, Lifetime, Role};
use jiff::Timestamp;

use crate::{
    LabError, Tell,
    cache::Cache,
    command::run,
    end,
    error::at,
    folder::{Folder, write},
    image, kernel,
    machine::Machine,
    network, readiness, requirements, ssh, toolchain, tree, watcher,
};

/// A rebooted machine is back by then, or never.
const REBOOT_LIMIT: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(200);
const SECRETS: &str = "/var/lib/isutori-portal/secrets";
/// Where a machine has its users' folders.
const HOMES: &str = "/home";

/// What a lab is made from, and where.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where trees and images are kept for later labs.
    pub cache: PathBuf,
    /// The project's sources: provisioning, webapp, sql.
    pub source_tree: PathBuf,
    /// The program `isutori` for the machines, and for taking the lab down when its time has come.
    pub program: PathBuf,
    /// The reference app.
    pub app: PathBuf,
    /// How long it goes on from now; as long as the contest wants it when not given.
    pub lifetime: Option<Lifetime>,
}

impl Settings {
    pub(crate) fn ansible(&self) -> PathBuf {
        self.source_tree.join("provisioning/ansible")
    }
}

/// A lab that is up, or was.
#[derive(Debug)]
pub struct Lab {
    folder: Folder,
    inventory: Inventory,
}

/// How a machine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineState {
    /// Whether anything of it runs.
    pub is_running: bool,
    /// Its memory, page cache included, bytes; where that is counted.
    pub memory: Option<u64>,
}

impl Lab {
    /// Makes a lab in a folder and starts it: all hosts serve when this returns.
    ///
    /// # Errors
    /// When it cannot be; then nothing is left of it.
    pub fn up(dir: &Path, contest: &str, settings: &Settings, tell: Tell) -> Result<Lab, LabError> {
        requirements::check()?;
        let inventory = Inventory::parse(contest)?;
        fs::create_dir_all(dir).map_err(at(dir))?;
        let folder = Folder::new(&dir.canonicalize().map_err(at(dir))?);
        folder.make(contest)?;
        let lab = Lab { folder, inventory };
        match lab.raise(settings, tell) {
            Ok(()) => Ok(lab),
            Err(error @ LabError::InTheWay(_)) => {
                lab.folder.remove()?;
                Err(error)
            }
            Err(error) => {
                // Why it failed matters more than what cannot be cleaned.
                let _ = lab.down();
                Err(error)
            }
        }
    }

    /// The lab in a folder.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(dir: &Path) -> Result<Lab, LabError> {
        let dir = dir.canonicalize();
        let dir = dir.map_err(|_| LabError::Absent("this folder".to_owned()))?;
        let folder = Folder::new(&dir);
        let inventory = folder.inventory()?;
        Ok(Lab { folder, inventory })
    }

    /// Its hosts.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The link by which the first of the staff comes in.
    ///
    /// # Errors
    /// When the portal has none.
    pub fn staff_invite(&self) -> Result<String, LabError> {
        Ok(self.secret("staff")?.trim().to_owned())
    }

    /// The token by which the team of that number, counted from 1, calls the portal.
    ///
    /// # Errors
    /// When the portal has none.
    pub fn team_token(&self, number: usize) -> Result<String, LabError> {
        Ok(self.secret(&format!("team{number}"))?.trim().to_owned())
    }

    fn raise(&self, settings: &Settings, tell: Tell) -> Result<(), LabError> {
        network::up(&self.inventory)?;
        kernel::prepare()?;
        self.set_end(self.first_end(settings.lifetime), &settings.program)?;
        let certificates = self.folder.certificates();
        self.inventory.certify(&certificates, Timestamp::now())?;
        ssh::make_key(&self.folder.key(), "lab")?;
        let cache = Cache::open(&settings.cache)?;
        let (below, images) = {
            let _alone = cache.lock()?;
            let tree = tree::make(&cache, tell)?;
            let below = [toolchain::make(&cache, settings, tell)?, tree];
            let ours = (settings, &self.folder);
            let images = image::make(&cache, &below, &self.inventory, ours, tell)?;
            (below, images)
        };
        let machines = self.machines();
        tell(&format!("starting {} machines", machines.len()));
        for machine in &machines {
            let image = &images[&machine.host.roles];
            machine.make(&[image, &below[0], &below[1]], &self.inventory)?;
        }
        known_hosts(&self.folder, &machines)?;
        self.let_in(&machines)?;
        for machine in &machines {
            machine.start()?;
        }
        at_once(&machines, readiness::wait_for_roles)
    }

    /// A while after the contest, or after today when that is over, unless the lab was given a time.
    fn first_end(&self, lifetime: Option<Lifetime>) -> Option<Timestamp> {
        let now = Timestamp::now();
        let after = self.inventory.environment.stop_after;
        match lifetime {
            Some(lifetime) => lifetime.end(now),
            None => after.end(self.inventory.ends_at.map_or(now, |end| end.max(now))),
        }
    }

    fn set_end(&self, end: Option<Timestamp>, program: &Path) -> Result<(), LabError> {
        end::put(&self.folder.stops_at(), end)?;
        watcher::ensure(program, &self.folder)
    }

    /// When it is taken down, if it ever is by itself.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn stops_at(&self) -> Result<Option<Timestamp>, LabError> {
        end::read(&self.folder.stops_at())
    }

    /// Lets it go on for so long from now; the program is `isutori`. Says when it is taken down then.
    ///
    /// # Errors
    /// When that cannot be written, or nobody can be set to wait for it.
    pub fn extend(
        &self,
        lifetime: Lifetime,
        program: &Path,
    ) -> Result<Option<Timestamp>, LabError> {
        let end = lifetime.end(Timestamp::now());
        self.set_end(end, program)?;
        Ok(end)
    }

    /// Waits until its time has come, and takes it down; or until somebody else does.
    ///
    /// # Errors
    /// When the lab's folder cannot be used.
    pub fn watch(&self) -> Result<(), LabError> {
        watcher::watch(self, &self.folder)
    }

    /// Sets the portal up, gives workers and teams their tokens, and lets the portal reboot teams'
    /// hosts.
    fn let_in(&self, machines: &[Machine]) -> Result<(), LabError> {
        let with = |role| {
            let machines = machines.iter();
            machines.filter(move |machine| machine.host.roles.contains(&role))
        };
        for portal in with(Role::Portal) {
            let contest = self.folder.contest();
            let inside = portal.root().join("etc/isutori/contest.toml");
            fs::copy(&contest, &inside).map_err(at(&inside))?;
            portal.run_inside(&["set-up-portal"])?;
        }
        let token = format!("ISUTORI_WORKER_TOKEN={}", self.secret("worker")?);
        for worker in with(Role::Worker) {
            worker.give_secret("/etc/isutori/worker.env", &token, "root")?;
        }
        let environment = &self.inventory.environment;
        let organiser = &environment.organiser_user;
        let keys = format!("{HOMES}/{organiser}/.ssh/authorized_keys");
        let key = self.secret("authorized_key")?;
        for machine in machines {
            if let Some(number) = machine.host.team_number() {
                let token = self.secret(&format!("team{number}"))?;
                let token = format!("ISUTORI_TOKEN={token}");
                machine.give_secret("/etc/isutori/team.env", &token, &environment.contest_user)?;
                let token = self.secret(&format!("hosts{number}"))?;
                let token = format!("ISUTORI_HOST_TOKEN={token}");
                machine.give_secret("/etc/isutori/hosts_token.env", &token, "root")?;
                machine.give_secret(&keys, &key, &format!("{organiser}:"))?;
            }
        }
        Ok(())
    }

    /// What the portal keeps for those who are to come in.
    fn secret(&self, name: &str) -> Result<String, LabError> {
        let portal = self.machine("portal")?.root();
        let path = portal.join(SECRETS.trim_start_matches('/')).join(name);
        fs::read_to_string(&path).map_err(at(&path))
    }

    fn machines(&self) -> Vec<Machine<'_>> {
        let hosts = self.inventory.hosts.iter();
        hosts.map(|host| self.machine_of(host)).collect()
    }

    fn machine(&self, name: &str) -> Result<Machine<'_>, LabError> {
        let host = self.inventory.find(name);
        let host = host.ok_or_else(|| LabError::NoSuchHost {
            name: name.to_owned(),
            known: (self.inventory.hosts.iter())
                .map(|host| host.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        Ok(self.machine_of(host))
    }

    fn machine_of<'a>(&'a self, host: &'a Host) -> Machine<'a> {
        let limit = self.inventory.environment.cpu_percent;
        Machine::new(&self.inventory, host, &self.folder).limited(limit)
    }

    /// How each host is.
    pub fn states(&self) -> Vec<(&Host, MachineState)> {
        let state = |machine: Machine| MachineState {
            is_running: machine.is_running(),
            memory: machine.group().memory(),
        };
        let hosts = self.inventory.hosts.iter();
        hosts.zip(self.machines().into_iter().map(state)).collect()
    }

    /// `ssh` to a host, as the contest user on a team's and as the organiser on others, unless
    /// somebody else is named.
    ///
    /// # Errors
    /// When there is no such host.
    pub fn enter(&self, name: &str, user: Option<&str>) -> Result<Command, LabError> {
        let host = self.machine(name)?.host;
        let environment = &self.inventory.environment;
        let usual = match host.member {
            Some(_) => &environment.contest_user,
            None => &environment.organiser_user,
        };
        Ok(ssh::enter(&self.folder, host, user.unwrap_or(usual)))
    }

    /// Reboots a host, and waits until it serves again. Gives the numbers of the boot before and of
    /// the one after.
    ///
    /// # Errors
    /// When there is no such host, or it does not come back.
    pub fn reboot(&self, name: &str) -> Result<(String, String), LabError> {
        let machine = self.machine(name)?;
        let before = self.boot_id(&machine)?;
        let organiser = &self.inventory.environment.organiser_user;
        let mut ssh = ssh::enter(&self.folder, machine.host, organiser);
        // The connection may be cut before it could say that all is well.
        let _ = ssh.arg("sudo systemctl reboot").output();
        let deadline = Instant::now() + REBOOT_LIMIT;
        loop {
            match self.boot_id(&machine) {
                Ok(after) if after != before => {
                    readiness::wait_for_roles(&machine)?;
                    return Ok((before, after));
                }
                Err(error) if Instant::now() > deadline => return Err(error),
                _ if Instant::now() > deadline => {
                    return Err(LabError::Silent {
                        host: name.to_owned(),
                        what: "a new boot id".to_owned(),
                        console: machine.console(),
                    });
                }
                _ => sleep(POLL),
            }
        }
    }

    /// Cuts a host's power; it stays off.
    ///
    /// # Errors
    /// When there is no such host.
    pub fn cut_power(&self, name: &str) -> Result<(), LabError> {
        self.machine(name)?.cut_power();
        Ok(())
    }

    /// Switches a host on that is off, and waits until it serves.
    ///
    /// # Errors
    /// When there is no such host, or it does not come up.
    pub fn switch_on(&self, name: &str) -> Result<(), LabError> {
        let machine = self.machine(name)?;
        machine.start()?;
        readiness::wait_for_roles(&machine)
    }

    fn boot_id(&self, machine: &Machine) -> Result<String, LabError> {
        let organiser = &self.inventory.environment.organiser_user;
        let mut ssh = ssh::enter(&self.folder, machine.host, organiser);
        ssh.arg("cat /proc/sys/kernel/random/boot_id");
        Ok(run("to ask for the boot id", &mut ssh)?.trim().to_owned())
    }

    /// Switches all machines off and removes everything of the lab but the cache.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn down(&self) -> Result<(), LabError> {
        watcher::end(&self.folder.watcher());
        let machines = self.machines();
        machines.iter().for_each(Machine::begin_stop);
        machines.iter().for_each(Machine::finish_stop);
        for machine in &machines {
            machine.unmount()?;
        }
        network::down(self.inventory.environment.network);
        kernel::restore();
        self.folder.remove()
    }
}

/// Writes down which key each machine has, for those who enter it.
pub(crate) fn known_hosts(folder: &Folder, machines: &[Machine]) -> Result<(), LabError> {
    let lines: Result<String, LabError> = machines.iter().map(Machine::known_host).collect();
    write(&folder.known_hosts(), &lines?)
}

/// Does something with all machines at the same time; gives the first error.
pub(crate) fn at_once(
    machines: &[Machine],
    act: impl Fn(&Machine) -> Result<(), LabError> + Sync,
) -> Result<(), LabError> {
    thread::scope(|scope| {
        let act = &act;
        let threads: Vec<_> = (machines.iter())
            .map(|machine| scope.spawn(move || act(machine)))
            .collect();
        let mut outcomes = threads
            .into_iter()
            .map(|thread| thread.join().expect("the thread does not panic"));
        outcomes.find(Result::is_err).unwrap_or(Ok(()))
    })
}
