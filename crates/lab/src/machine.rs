//! A machine: an overlay on a tree, the files that make it this host, and a systemd in it.

use std::{
    fs::{self, File},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use isutori_inventory::{Host, Inventory, Network};
use nix::{
    mount::{MntFlags, MsFlags, mount, umount2},
    sys::signal::{Signal, kill},
};

use crate::{
    LabError,
    cgroup::Group,
    command::{last_lines, program, run},
    error::at,
    folder::{Folder, write},
    network::bridge,
    ssh,
};

/// Teams' machines give way to the benchmark, which shares this machine with them.
const NICE: &str = "10";
/// A machine that does not shut down within this is killed.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
/// Whoever has the lab's key may enter as anybody.
const KEYS: &str = "AuthorizedKeysFile .ssh/authorized_keys /etc/isutori/lab_key\n";
/// Whoever is root in a machine may find out where time goes.
const PROFILERS: [&str; 1] = ["--system-call-filter=perf_event_open"];
const PROPAGATE: &str = "/run/systemd/nspawn/propagate";

/// What the names of all machines' ports on the bridge begin with.
pub(crate) fn port_prefix(network: Network) -> String {
    format!("vb-l{}-", network.tag())
}

/// The name of a host's port on the bridge; systemd-nspawn makes it from the machine's name.
pub(crate) fn port(network: Network, host: &Host) -> String {
    format!("vb-{}", name(network, host))
}

/// A machine's name: unique on this computer, and short, as its port is named after it.
fn name(network: Network, host: &Host) -> String {
    let [_, _, third, fourth] = host.address.octets();
    format!("l{}-{third}-{fourth}", network.tag())
}

/// A machine.
pub(crate) struct Machine<'a> {
    pub(crate) host: &'a Host,
    network: Network,
    cpu_percent: Option<u32>,
    folder: Folder,
}

impl<'a> Machine<'a> {
    pub(crate) fn new(inventory: &'a Inventory, host: &'a Host, folder: &Folder) -> Self {
        Machine {
            host,
            network: inventory.environment.network,
            cpu_percent: None,
            folder: folder.clone(),
        }
    }

    /// One that may use so much of one processor, per cent, if it is a team's. Whatever measures
    /// teams has all there is.
    pub(crate) fn limited(self, cpu_percent: Option<u32>) -> Self {
        Machine {
            cpu_percent: cpu_percent.filter(|_| self.host.member.is_some()),
            ..self
        }
    }

    fn name(&self) -> String {
        name(self.network, self.host)
    }

    fn path(&self, part: &str) -> PathBuf {
        self.folder.machine(&self.host.name).join(part)
    }

    /// Its root.
    pub(crate) fn root(&self) -> PathBuf {
        self.path("root")
    }

    /// What it has changed of the trees below.
    pub(crate) fn changes(&self) -> PathBuf {
        self.path("changes")
    }

    pub(crate) fn group(&self) -> Group {
        Group::of(&self.name(), self.cpu_percent)
    }

    /// Lays it over those trees, the topmost first, and gives it its own files.
    pub(crate) fn make(&self, trees: &[&Path], inventory: &Inventory) -> Result<(), LabError> {
        for part in ["root", "changes", "work"] {
            let path = self.path(part);
            fs::create_dir_all(&path).map_err(at(&path))?;
        }
        let lower: Vec<String> = trees
            .iter()
            .map(|tree| tree.display().to_string())
            .collect();
        let options = format!(
            "lowerdir={},upperdir={},workdir={}",
            lower.join(":"),
            self.changes().display(),
            self.path("work").display()
        );
        let mounted = mount(
            Some("isutori-lab"),
            &self.root(),
            Some("overlay"),
            MsFlags::empty(),
            Some(options.as_str()),
        );
        mounted.map_err(|error| {
            let why = "the folder of the lab must lie on a usual disk, not on an overlay";
            LabError::Impossible(format!("cannot mount an overlay ({error}); {why}"))
        })?;
        self.give_files(inventory)
    }

    fn give_files(&self, inventory: &Inventory) -> Result<(), LabError> {
        let root = self.root();
        let inside = |path: &str| root.join(path.trim_start_matches('/'));
        for file in self.host.files(inventory) {
            let path = inside(file.path);
            write(&path, &file.content)?;
            // What was there before may have had another mode.
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).map_err(at(&path))?;
        }
        self.give_certificates(&inside("etc/isutori/tls"))?;
        let network = format!(
            "[Match]\nName=host0\n[Network]\nAddress={}/16\nGateway={}\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n",
            self.host.address,
            self.network.address(0, 1)
        );
        write(&inside("etc/systemd/network/10-lab.network"), &network)?;
        write(&inside("etc/machine-id"), "")?;
        write(&inside("etc/ssh/sshd_config.d/lab.conf"), KEYS)?;
        let key = self.folder.public_key();
        let key = fs::read_to_string(&key).map_err(at(&key))?;
        write(&inside("etc/isutori/lab_key"), &key)?;
        ssh::make_key(&inside("etc/ssh/ssh_host_ed25519_key"), &self.host.name)
    }

    /// The authority's certificate, and its own where it has one.
    fn give_certificates(&self, inside: &Path) -> Result<(), LabError> {
        let folder = self.folder.certificates();
        fs::create_dir_all(inside).map_err(at(inside))?;
        let host = &self.host.name;
        for (from, to, mode) in [
            ("ca.pem".to_owned(), "ca.pem", 0o644),
            (format!("{host}.pem"), "host.pem", 0o644),
            (format!("{host}.key"), "host.key", 0o600),
        ] {
            let (from, to) = (folder.join(from), inside.join(to));
            if from.exists() {
                fs::copy(&from, &to).map_err(at(&to))?;
                fs::set_permissions(&to, fs::Permissions::from_mode(mode)).map_err(at(&to))?;
            }
        }
        Ok(())
    }

    /// The line by which those who enter it know it.
    pub(crate) fn known_host(&self) -> Result<String, LabError> {
        let path = self.root().join("etc/ssh/ssh_host_ed25519_key.pub");
        let key = fs::read_to_string(&path).map_err(at(&path))?;
        Ok(format!("{} {key}", self.host.address))
    }

    /// Writes a file that only its owner may read.
    pub(crate) fn give_secret(
        &self,
        path: &str,
        content: &str,
        owner: &str,
    ) -> Result<(), LabError> {
        let outside = self.root().join(path.trim_start_matches('/'));
        write(&outside, content)?;
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&outside, private).map_err(at(&outside))?;
        self.run_inside(&["chown", owner, path]).map(drop)
    }

    /// Runs a program in its tree, while the machine itself is off.
    pub(crate) fn run_inside(&self, command: &[&str]) -> Result<String, LabError> {
        let what = format!("{} for {}", command.join(" "), self.host.name);
        let mut chroot = program("chroot", &[]);
        chroot.arg(self.root()).args(command);
        chroot.env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        );
        run(&what, &mut chroot)
    }

    /// Switches it on.
    pub(crate) fn start(&self) -> Result<(), LabError> {
        let console = self.path("console");
        let log = File::create(&console).map_err(at(&console))?;
        let errors = log.try_clone().map_err(at(&console))?;
        let group = self.group();
        group.make()?;
        let nice = if self.host.member.is_some() {
            NICE
        } else {
            "0"
        };
        let mut command = program("setsid", &["nice", "-n", nice, "sh", "-c"]);
        command
            .arg(include_str!("machine.sh"))
            .arg("machine")
            .arg(group.folders().len().to_string())
            .args(group.folders())
            .args(["--quiet", "--boot", "--register=no", "--keep-unit"])
            .args(PROFILERS)
            .arg("--console=read-only")
            .arg(format!("--directory={}", self.root().display()))
            .arg(format!("--machine={}", self.name()))
            .arg(format!("--hostname={}", self.host.name))
            .arg(format!("--network-bridge={}", bridge(self.network)))
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors);
        let started = command.spawn();
        started.map(drop).map_err(|error| LabError::Command {
            what: format!("to start {}", self.host.name),
            said: error.to_string(),
        })
    }

    /// Whether anything of it runs.
    pub(crate) fn is_running(&self) -> bool {
        !self.group().processes().is_empty()
    }

    /// Asks it to shut down.
    pub(crate) fn begin_stop(&self) {
        if let Some(supervisor) = self.group().supervisor() {
            // It may have ended in between.
            let _ = kill(supervisor, Signal::SIGTERM);
        }
    }

    /// Waits until it is off, or makes it so.
    pub(crate) fn finish_stop(&self) {
        let deadline = Instant::now() + SHUTDOWN_LIMIT;
        while self.is_running() && self.group().supervisor().is_some() && Instant::now() < deadline
        {
            sleep(POLL);
        }
        self.cut_power();
    }

    /// Ends all of it at once.
    pub(crate) fn cut_power(&self) {
        let group = self.group();
        while self.is_running() {
            group.kill();
            sleep(POLL);
        }
        group.remove();
        let _ = fs::remove_dir(Path::new(PROPAGATE).join(self.name()));
    }

    /// Takes the overlay away.
    pub(crate) fn unmount(&self) -> Result<(), LabError> {
        match umount2(&self.root(), MntFlags::empty()) {
            // It is no mount, or not even there.
            Ok(()) | Err(nix::Error::EINVAL | nix::Error::ENOENT) => Ok(()),
            Err(error) => Err(LabError::File {
                path: self.root().display().to_string(),
                error: error.into(),
            }),
        }
    }

    /// The last lines of its console.
    pub(crate) fn console(&self) -> String {
        let console = fs::read(self.path("console")).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&console))
    }
}
