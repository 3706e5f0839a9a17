//! Whether logs that are ready are on.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Level, Section, bytes};

/// A log that can be switched on.
struct Switch {
    name: &'static str,
    /// What lies ready.
    ready: PathBuf,
    /// What is there when it is on.
    link: PathBuf,
    /// What it writes.
    log: &'static str,
}

/// `etc` is where settings lie.
pub(super) fn section(etc: &Path) -> Section {
    let mut section = Section::new("logs");
    let mut is_any_ready = false;
    for switch in switches(etc) {
        if !switch.ready.exists() {
            continue;
        }
        is_any_ready = true;
        let command = format!("sudo switch {}", switch.name);
        match switch.link.exists() {
            false => section.fact(switch.name, format!("off; {command} on")),
            true => {
                let size = fs::metadata(switch.log).map(|log| log.len());
                let size = size.map_or(String::new(), |size| format!(", {}", bytes(size)));
                section.fact(switch.name, format!("on: {}{size}", switch.log));
                section.find(
                    Level::Note,
                    format!("{} is on", switch.name),
                    "it costs time in each request, also when a score counts",
                    format!("{command} off"),
                );
            }
        }
    }
    if !is_any_ready {
        let place = etc.display();
        section
            .unknown
            .push(format!("no log of this contest lies ready below {place}"));
    }
    section
}

fn switches(etc: &Path) -> Vec<Switch> {
    let mut switches = vec![
        Switch {
            name: "slow-log",
            ready: etc.join("mysql/available/slow-log.cnf"),
            link: etc.join("mysql/mariadb.conf.d/90-slow-log.cnf"),
            log: "/var/log/mysql/slow.log",
        },
        Switch {
            name: "access-log",
            ready: etc.join("nginx/available/access-log.conf"),
            link: etc.join("nginx/conf.d/access-log.conf"),
            log: "/var/log/nginx/access.ltsv",
        },
    ];
    for version in fs::read_dir(etc.join("postgresql"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let main = version.path().join("main");
        switches.push(Switch {
            name: "slow-log",
            ready: main.join("available/slow-log.conf"),
            link: main.join("conf.d/slow-log.conf"),
            log: "/var/log/postgresql",
        });
    }
    switches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_off_until_its_link_is_there() {
        let etc = tempfile::tempdir().expect("a folder");
        let write = |path: &str| {
            let path = etc.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        };
        assert_eq!(section(etc.path()).unknown.len(), 1);
        write("postgresql/15/main/available/slow-log.conf");
        write("nginx/available/access-log.conf");
        let off = section(etc.path());
        assert_eq!((off.facts.len(), off.findings.len()), (2, 0));
        write("postgresql/15/main/conf.d/slow-log.conf");
        let on = section(etc.path());
        assert_eq!(on.findings[0].what, "slow-log is on");
    }
}
