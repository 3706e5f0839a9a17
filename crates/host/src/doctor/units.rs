//! What systemd runs, and what it would run after a reboot.

use std::{collections::HashMap, path::PathBuf};

use super::{Level, Section};

/// So many restarts since it was started show that a unit does not stay up.
const RESTARTS: u64 = 3;

/// What sites are made of, besides the app.
const SERVERS: [&str; 7] = [
    "nginx.service",
    "mariadb.service",
    "mysql.service",
    "postgresql.service",
    "memcached.service",
    "redis-server.service",
    "redis.service",
];

/// What is asked about each unit.
const PROPERTIES: &str = "--property=Id,ActiveState,SubState,UnitFileState,NRestarts,MainPID,\
    FragmentPath,WorkingDirectory,EnvironmentFiles";

/// Where units lie that were made for this host.
const OWN: &str = "/etc/systemd/system/";

/// The unit of the app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct App {
    pub(super) unit: String,
    /// Its process, while it runs.
    pub(super) process: Option<u32>,
    pub(super) folder: Option<PathBuf>,
    pub(super) environment: Option<PathBuf>,
}

/// A unit as systemd shows it.
struct Unit<'a>(HashMap<&'a str, &'a str>);

impl Unit<'_> {
    fn get(&self, property: &str) -> &str {
        self.0.get(property).copied().unwrap_or_default()
    }

    /// The first of the files that are named as `/path (ignore_errors=no)`.
    fn environment(&self) -> Option<PathBuf> {
        let file = self.get("EnvironmentFiles").split(" (").next();
        file.filter(|file| !file.is_empty()).map(PathBuf::from)
    }
}

pub(super) async fn section(app: Option<&str>) -> (Section, Option<App>) {
    let mut section = Section::new("units");
    let arguments = [
        "list-units",
        "--type=service",
        "--all",
        "--plain",
        "--no-legend",
        "--no-pager",
    ];
    let Some(listed) = section.ask("systemctl", &arguments).await else {
        return (section, None);
    };
    let app = app.map(full_name);
    let names = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    // A name may be none, of a unit that is wanted by others and not there.
    let names = names.filter(|name| name.ends_with(".service"));
    let mut arguments = vec!["show", PROPERTIES, "--"];
    arguments.extend(names.chain(app.as_deref()));
    let shown = section.ask("systemctl", &arguments).await;
    let app = judge(&mut section, &shown.unwrap_or_default(), app.as_deref());
    (section, app)
}

fn full_name(unit: &str) -> String {
    match unit.contains('.') {
        true => unit.to_owned(),
        false => format!("{unit}.service"),
    }
}

/// Reads what `systemctl show` has printed, a paragraph for each unit.
fn read(shown: &str) -> Vec<Unit<'_>> {
    let paragraphs = shown.split("\n\n");
    let units = paragraphs.map(|paragraph| {
        let lines = paragraph.lines();
        Unit(lines.filter_map(|line| line.split_once('=')).collect())
    });
    units.filter(|unit| !unit.get("Id").is_empty()).collect()
}

/// The app is the unit of this name, or else the one that was made for this host and runs in a
/// folder of its own.
fn judge(section: &mut Section, shown: &str, wanted: Option<&str>) -> Option<App> {
    let units = read(shown);
    let is_app = |unit: &&Unit<'_>| match wanted {
        Some(wanted) => unit.get("Id") == wanted,
        None => {
            unit.get("FragmentPath").starts_with(OWN)
                && !unit.get("WorkingDirectory").is_empty()
                && !unit.get("Id").starts_with("isutori")
        }
    };
    let own = units.iter().filter(is_app);
    // With several implementations there is a unit for each, and one of them runs.
    let app = own.max_by_key(|unit| {
        let is_enabled = unit.get("UnitFileState") == "enabled";
        (unit.get("ActiveState") == "active", is_enabled)
    });
    let app_name = app.map_or("", |app| app.get("Id"));
    for unit in &units {
        let id = unit.get("Id");
        let matters = id == app_name || SERVERS.contains(&id);
        judge_unit(section, unit, matters);
    }
    if let Some(wanted) = wanted.filter(|_| app.is_none()) {
        section
            .unknown
            .push(format!("systemd knows no unit {wanted}"));
    }
    app.map(|app| App {
        unit: app.get("Id").to_owned(),
        process: app.get("MainPID").parse().ok().filter(|id| *id > 0),
        folder: Some(app.get("WorkingDirectory"))
            .filter(|folder| folder.starts_with('/'))
            .map(PathBuf::from),
        environment: app.environment(),
    })
}

fn judge_unit(section: &mut Section, unit: &Unit<'_>, matters: bool) {
    let [id, active, sub, enabled] =
        ["Id", "ActiveState", "SubState", "UnitFileState"].map(|property| unit.get(property));
    let restarts: u64 = unit.get("NRestarts").parse().unwrap_or(0);
    let is_known = !enabled.is_empty() || active != "inactive";
    if matters && is_known {
        section.fact(id, format!("{active} ({sub}), {enabled}"));
    }
    let logs = format!("sudo journalctl --no-pager --lines 50 --unit {id}");
    if active == "failed" {
        let what = format!("{id} has failed");
        section.find(Level::Wrong, what, "it does not run", logs);
    } else if sub == "auto-restart" || (restarts >= RESTARTS && active != "inactive") {
        // It may have waited for a database when the host booted.
        let level = match active {
            "active" => Level::Note,
            _ => Level::Wrong,
        };
        section.find(
            level,
            format!("{id} was restarted {restarts} times by systemd"),
            "whenever it ends it is away for a moment, and what it held is lost",
            logs,
        );
    } else if active == "active" && enabled == "disabled" {
        section.find(
            Level::Wrong,
            format!("{id} runs, but is not enabled"),
            "it would not run after a reboot",
            format!("sudo systemctl enable {id}"),
        );
    } else if matters && active == "inactive" && enabled == "enabled" {
        section.find(
            Level::Wrong,
            format!("{id} is enabled, but does not run"),
            "after a reboot it would",
            format!("sudo systemctl start {id}, or sudo systemctl disable {id}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, active: &str, sub: &str, enabled: &str, more: &str) -> String {
        format!("Id={id}\nActiveState={active}\nSubState={sub}\nUnitFileState={enabled}\n{more}\n")
    }

    fn wrong(shown: &str) -> Vec<String> {
        let mut section = Section::new("units");
        judge(&mut section, shown, None);
        let findings = section.findings.into_iter();
        findings.map(|finding| finding.what).collect()
    }

    #[test]
    fn what_would_not_run_now_or_after_a_reboot_is_wrong() {
        let shown = [
            unit(
                "nginx.service",
                "active",
                "running",
                "enabled",
                "NRestarts=1",
            ),
            unit("getty@tty1.service", "active", "running", "static", ""),
            unit("a.service", "failed", "failed", "enabled", ""),
            unit("b.service", "active", "running", "disabled", ""),
            unit(
                "c.service",
                "activating",
                "auto-restart",
                "enabled",
                "NRestarts=2",
            ),
            unit("d.service", "active", "running", "enabled", "NRestarts=7"),
            unit("redis-server.service", "inactive", "dead", "enabled", ""),
            unit("oneshot.service", "inactive", "dead", "enabled", ""),
            unit("mariadb.service", "inactive", "dead", "disabled", ""),
        ];
        let expected = [
            "a.service has failed",
            "b.service runs, but is not enabled",
            "c.service was restarted 2 times by systemd",
            "d.service was restarted 7 times by systemd",
            "redis-server.service is enabled, but does not run",
        ];
        assert_eq!(wrong(&shown.join("\n")), expected);
    }

    #[test]
    fn the_app_is_the_unit_that_was_made_for_it() {
        let own = |name: &str| {
            format!(
                "FragmentPath=/etc/systemd/system/{name}\nWorkingDirectory=/srv/isutori/webapp/rust\n\
                 EnvironmentFiles=/srv/isutori/env.sh (ignore_errors=no)\nMainPID=412"
            )
        };
        let shown = [
            unit(
                "nginx.service",
                "active",
                "running",
                "enabled",
                "FragmentPath=/lib/x",
            ),
            unit(
                "suwaru-go.service",
                "inactive",
                "dead",
                "disabled",
                &own("go"),
            ),
            unit(
                "suwaru.service",
                "active",
                "running",
                "enabled",
                &own("suwaru"),
            ),
            unit(
                "isutori-watch.service",
                "active",
                "running",
                "enabled",
                &own("watch"),
            ),
        ]
        .join("\n");
        let app = |wanted| judge(&mut Section::new("units"), &shown, wanted);
        let expected = App {
            unit: "suwaru.service".to_owned(),
            process: Some(412),
            folder: Some("/srv/isutori/webapp/rust".into()),
            environment: Some("/srv/isutori/env.sh".into()),
        };
        assert_eq!(app(None), Some(expected));
        let other = app(Some("suwaru-go.service")).map(|app| app.unit);
        assert_eq!(other.as_deref(), Some("suwaru-go.service"));
        assert_eq!(app(Some("none.service")), None);
    }
}
