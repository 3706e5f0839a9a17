//! The lab under test.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::Duration,
};

use isutori_inventory::Inventory;

pub const ISUTORI: &str = env!("CARGO_BIN_EXE_isutori");

/// Trees, images and Ansible, which later runs of this test use again.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/lab-cache");

/// A run that was void says nothing; so many times it is made again.
pub const TRIES: usize = 3;

/// What a command came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

fn finish(command: &mut Command) -> Outcome {
    let output = command.stdin(Stdio::null()).output().expect("a process");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// A lab in a folder, taken down at the latest when this is dropped.
pub struct Stage {
    folder: tempfile::TempDir,
    is_up: bool,
    /// What was told when it was up.
    told: String,
}

impl Stage {
    pub fn up() -> Stage {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let now = jiff::Timestamp::now();
        let contest = format!(
            "name = \"Lab\"\nstarts_at = \"{now}\"\nends_at = \"{}\"\n{}",
            now + jiff::SignedDuration::from_hours(8),
            include_str!("environment.toml"),
        );
        fs::write(folder.path().join("contest.toml"), contest).expect("a file");
        let mut stage = Stage {
            folder,
            is_up: false,
            told: String::new(),
        };
        let up = stage.try_up(&stage.folder("lab"));
        assert_eq!(up.code, 0, "the lab does not come up:\n{}", up.stderr);
        stage.is_up = true;
        stage.told = up.stdout;
        stage
    }

    /// The link by which the first of the staff comes in.
    pub fn invite(&self) -> &str {
        let mut words = self.told.split_whitespace();
        let link = words.find(|word| word.contains("/invite/"));
        link.expect("a link")
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn try_up(&self, dir: &Path) -> Outcome {
        let mut up = Command::new(ISUTORI);
        up.args(["lab", "up", "--cache", CACHE, "--contest"])
            .arg(self.folder("contest.toml"))
            .arg("--dir")
            .arg(dir);
        finish(&mut up)
    }

    fn lab(&self, command: &str, arguments: &[&str]) -> Outcome {
        let mut lab = Command::new(ISUTORI);
        lab.args(["lab", command, "--dir"])
            .arg(self.folder("lab"))
            .args(arguments);
        finish(&mut lab)
    }

    /// Runs a command of the lab that succeeds.
    pub fn run(&self, command: &[&str]) -> Outcome {
        let outcome = self.lab(command[0], &command[1..]);
        assert_eq!(outcome.code, 0, "{command:?}: {outcome:?}");
        outcome
    }

    /// Runs something on a host, as a login of its usual user would.
    pub fn on(&self, host: &str, command: &str) -> Outcome {
        let quoted = command.replace('\'', r"'\''");
        self.lab("ssh", &[host, "--", "bash", "-lc", &format!("'{quoted}'")])
    }

    /// What a host says to be the number of its boot, if it can be asked.
    fn try_boot_id(&self, host: &str) -> Option<String> {
        let asked = self.on(host, "cat /proc/sys/kernel/random/boot_id");
        (asked.code == 0).then(|| asked.stdout.trim().to_owned())
    }

    pub fn boot_id(&self, host: &str) -> String {
        self.try_boot_id(host).expect("a boot id")
    }

    /// Waits until a host has left that boot behind, and can be entered again.
    pub fn wait_for_reboot(&self, host: &str, before: &str) {
        for _ in 0..900 {
            match self.try_boot_id(host) {
                Some(after) if after != before => return,
                _ => sleep(Duration::from_secs(1)),
            }
        }
        panic!("{host} was not rebooted");
    }

    /// When the hosts of this contest would switch themselves off.
    pub fn stops_at(&self) -> jiff::Timestamp {
        let inventory = Inventory::read(&self.folder("contest.toml")).expect("an inventory");
        inventory.stops_at().expect("an end")
    }

    /// Plays one of the playbooks on all hosts, as on hosts of one's own.
    pub fn play(&self, playbook: &str) -> Outcome {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let contest = self.folder("contest.toml");
        let inventory = Inventory::read(&contest).expect("an inventory");
        let hosts = self.folder("hosts.json");
        fs::write(&hosts, inventory.to_ansible().to_string()).expect("a file");
        let cache = fs::read_dir(CACHE).expect("a cache").flatten();
        let is_ansible = |path: &PathBuf| path.to_string_lossy().contains("/ansible-");
        let ansible = cache.map(|entry| entry.path()).find(is_ansible);
        let lab = self.folder("lab");
        let known_hosts = lab.join("known_hosts");
        let mut play = Command::new(ansible.expect("Ansible").join("bin/python"));
        play.args(["-m", "ansible", "playbook", playbook, "--user", "root"])
            .arg("--inventory")
            .arg(&hosts)
            .arg("--private-key")
            .arg(lab.join("key"))
            .arg(format!("--extra-vars=contest_file={}", contest.display()))
            .arg(format!("--extra-vars=isutori_program={ISUTORI}"))
            .arg(format!(
                "--extra-vars=certificates={}",
                lab.join("certificates").display()
            ))
            .current_dir(root.join("provisioning/ansible"))
            .env("ANSIBLE_NOCOLOR", "1")
            .env("ANSIBLE_HOME", self.folder("ansible"))
            .env("TMPDIR", self.folder.path())
            .env(
                "ANSIBLE_SSH_ARGS",
                format!(
                    "-F none -o UserKnownHostsFile={} -o ControlMaster=auto -o ControlPersist=60s",
                    known_hosts.display()
                ),
            );
        finish(&mut play)
    }

    pub fn down(mut self) {
        self.is_up = false;
        self.run(&["down"]);
        assert!(!self.folder("lab").exists());
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if self.is_up {
            self.lab("down", &[]);
        }
    }
}
