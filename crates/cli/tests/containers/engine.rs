//! A Docker engine that shares nothing with one of this machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use isutori_services::{Binary, SearchPath};
use nix::{
    mount::umount,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// Where Debian's packages have their programs; elsewhere there may be others of the same names.
pub const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";
/// The control group of everything that runs in containers.
pub const GROUP: &str = "isutori-compose";
/// Who is not ready by then never will be.
const LIMIT: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(200);

/// A running engine.
pub struct Engine {
    dockerd: Child,
    folder: PathBuf,
}

impl Engine {
    /// Starts one that keeps everything in a folder, and leaves this machine's packet filters and
    /// routes alone.
    pub fn start(folder: &Path) -> Engine {
        let search = SearchPath::new(PATH.split(':').map(PathBuf::from));
        for binary in Binary::DOCKER {
            binary
                .find(&search)
                .unwrap_or_else(|error| panic!("{error}"));
        }
        let settings = folder.join("settings.json");
        fs::write(&settings, "{}").expect("a file");
        let log = fs::File::create(folder.join("log")).expect("a file");
        let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
        // It ends when this test does, however that ends.
        let dockerd = Command::new("setpriv")
            .args(["--pdeathsig", "TERM", "dockerd"])
            .arg(format!("--host=unix://{}", socket(folder).display()))
            .arg(option("config-file", "settings.json"))
            .arg(option("data-root", "data"))
            .arg(option("exec-root", "run"))
            .arg(option("pidfile", "pid"))
            .arg(format!("--cgroup-parent=/{GROUP}"))
            .args(["--bridge=none", "--iptables=false", "--ip-forward=false"])
            .env("PATH", PATH)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("setpriv of util-linux");
        let mut engine = Engine {
            dockerd,
            folder: folder.to_owned(),
        };
        engine.wait();
        engine
    }

    fn wait(&mut self) {
        let deadline = Instant::now() + LIMIT;
        while !self
            .command("docker")
            .arg("info")
            .output()
            .is_ok_and(|info| info.status.success())
        {
            let ended = self.dockerd.try_wait().expect("a process");
            if ended.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("there can be no Docker engine here ({ended:?}):\n{log}");
            }
            sleep(POLL);
        }
    }

    /// A program that talks to it.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", PATH).env("HOME", &self.folder).env(
            "DOCKER_HOST",
            format!("unix://{}", socket(&self.folder).display()),
        );
        command
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let id = i32::try_from(self.dockerd.id()).expect("a process");
        // It may have ended already.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        let _ = self.dockerd.wait();
        // What an engine leaves when it ends.
        let _ = umount(&self.folder.join("run/netns/default"));
        for group in groups() {
            let _ = fs::remove_dir(group.join("buildkit"));
            let _ = fs::remove_dir(group);
        }
    }
}

/// The control group in each hierarchy that has it.
pub fn groups() -> impl Iterator<Item = PathBuf> {
    let mounted = Path::new("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(mounted).into_iter().flatten().flatten();
    let folders = hierarchies.map(|hierarchy| hierarchy.path());
    let all = folders.chain([mounted.to_owned()]);
    all.map(|folder| folder.join(GROUP))
        .filter(|group| group.is_dir())
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("socket")
}
