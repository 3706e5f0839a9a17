//! What hosts tell of themselves, and what is wrong with them by that.

use isutori_protocol::contest::{Disk, Handout, HostReport, Unit};
use sqlx::{AnyConnection, FromRow};

use super::{Host, HostRefused, Team, host::wait_for_others, register_host};
use crate::{clock::Millis, contest::Contest};

/// With less than one part in so many of it free, a disk is nearly full.
const NEARLY_FULL: u64 = 20;

/// A host and what it has told last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostState {
    /// Where it is.
    pub host: Host,
    /// What it has told last.
    pub report: Option<HostReport>,
    /// When, milliseconds since 1970.
    pub reported_at: Option<Millis>,
    /// The last boot id that it told.
    pub boot_id: Option<String>,
    /// When it told that boot id first.
    pub booted_at: Option<Millis>,
    /// How many other hosts are at this address, or say so.
    rivals: i64,
}

/// Something that is wrong with a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It never told how it is.
    NoReport,
    /// It says that it is somewhere else.
    Elsewhere(String),
    /// Another host is at this address, or says so.
    Contested,
    /// It did not tell its boot id.
    NoBootId,
    /// The hand-out was changed.
    OtherHandout,
    /// A service does not run.
    Inactive(String),
    /// A service would not run after a reboot.
    NotEnabled(String),
    /// A disk is nearly full.
    DiskFull(String),
    /// Something could not be found out.
    Missing(String),
}

impl HostState {
    /// All that is wrong with it.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.rivals > 0 {
            problems.push(Problem::Contested);
        }
        let Some(report) = &self.report else {
            problems.push(Problem::NoReport);
            return problems;
        };
        if let Some(url) = &report.url
            && self.host.url.as_ref() != Some(url)
        {
            problems.push(Problem::Elsewhere(url.clone()));
        }
        if report.boot_id.is_none() {
            problems.push(Problem::NoBootId);
        }
        let handout = report.handout.as_ref();
        let is_other =
            |handout: &Handout| !handout.expected.is_empty() && handout.expected != handout.found;
        if handout.is_some_and(is_other) {
            problems.push(Problem::OtherHandout);
        }
        problems.extend(report.units.iter().filter_map(unit_problem));
        let full = report.disks.iter().filter(|disk| is_nearly_full(disk));
        problems.extend(full.map(|disk| Problem::DiskFull(disk.mount.clone())));
        problems.extend(report.missing.iter().cloned().map(Problem::Missing));
        problems
    }
}

fn unit_problem(unit: &Unit) -> Option<Problem> {
    let is_off = ["", "bad", "disabled", "masked", "masked-runtime"].contains(&&*unit.enabled);
    match &*unit.active {
        "active" | "activating" | "reloading" if is_off => {
            Some(Problem::NotEnabled(unit.name.clone()))
        }
        "active" | "activating" | "reloading" => None,
        _ => Some(Problem::Inactive(unit.name.clone())),
    }
}

fn is_nearly_full(disk: &Disk) -> bool {
    disk.total > 0 && disk.free < disk.total / NEARLY_FULL
}

/// A report within its limits, with its address in the shortest form.
///
/// # Errors
/// What is too much, or not what it should be.
pub fn check_report(report: HostReport) -> Result<HostReport, String> {
    let Host { url, .. } =
        Host::parse(&report.name, report.url.as_deref()).map_err(|error| error.to_string())?;
    let lengths = [
        report.addresses.len(),
        report.units.len(),
        report.versions.len(),
        report.disks.len(),
        report.missing.len(),
    ];
    let most = HostReport::MOST;
    if lengths.iter().any(|length| *length > most) {
        return Err(format!("a list of a report has at most {most} items"));
    }
    let longest = HostReport::LONGEST;
    let is_fine =
        |text: &String| text.chars().nth(longest).is_none() && !text.chars().any(char::is_control);
    let are_fine = texts_of(&report).all(is_fine);
    match are_fine {
        true => Ok(HostReport { url, ..report }),
        false => Err(format!(
            "a text of a report has at most {longest} characters, none of which moves the cursor"
        )),
    }
}

fn texts_of(report: &HostReport) -> impl Iterator<Item = &String> {
    let units = report.units.iter();
    let units = units.flat_map(|unit| [&unit.name, &unit.active, &unit.enabled]);
    let versions = report.versions.iter();
    let versions = versions.flat_map(|(name, version)| [name, version]);
    let handout = report.handout.iter();
    let handout = handout.flat_map(|handout| [&handout.expected, &handout.found]);
    let disks = report.disks.iter().map(|disk| &disk.mount);
    let texts = report.addresses.iter().chain(&report.boot_id);
    let texts = texts.chain(&report.kernel).chain(&report.missing);
    texts
        .chain(units)
        .chain(versions)
        .chain(handout)
        .chain(disks)
}

/// Keeps what a host tells, and registers it if its team still may. Within a transaction.
///
/// # Errors
/// When the host is not known and may not be registered. One that is known is heard even where it
/// may not move.
pub async fn take_report(
    connection: &mut AnyConnection,
    contest: &Contest,
    team: &Team,
    report: &HostReport,
    now: Millis,
) -> Result<HostState, HostRefused> {
    wait_for_others(connection).await?;
    let before = host_states(connection, team.id).await?.into_iter();
    let before = { before }.find(|state| state.host.name == report.name);
    // Where it does not say where it is, it stays where it was.
    let known = before.as_ref().and_then(|before| before.host.url.as_ref());
    let host = Host {
        name: report.name.clone(),
        url: report.url.as_ref().or(known).cloned(),
    };
    if before.as_ref().is_none_or(|before| before.host != host) {
        let moved = match team.is_over(contest, now) {
            false => register_host(connection, team.id, &host, contest.hosts).await,
            true => Err(HostRefused::Settled),
        };
        match (moved, &before) {
            (Err(HostRefused::Database(error)), _) => return Err(error.into()),
            (Err(refused), None) => return Err(refused),
            // One that is known is heard all the same, and its report says what is wrong.
            (Err(_), Some(_)) | (Ok(()), _) => {}
        }
    }
    let known = before.as_ref().and_then(|before| before.boot_id.as_ref());
    let is_same_boot = report.boot_id.is_none() || report.boot_id.as_ref() == known;
    let sql = "UPDATE hosts SET report = $3, reported_at = $4, said_url = $5,
            boot_id = COALESCE($6, boot_id), booted_at = CASE $7 WHEN 1 THEN booted_at ELSE $4 END
        WHERE team_id = $1 AND name = $2";
    let json = serde_json::to_string(report).map_err(|e| sqlx::Error::Encode(e.into()))?;
    sqlx::query(sql)
        .bind(team.id)
        .bind(&report.name)
        .bind(json)
        .bind(now)
        .bind(report.url.as_deref())
        .bind(report.boot_id.as_deref())
        .bind(i64::from(is_same_boot))
        .execute(&mut *connection)
        .await?;
    let states = host_states(connection, team.id).await?.into_iter();
    let state = { states }.find(|state| state.host.name == report.name);
    state.ok_or(HostRefused::Database(sqlx::Error::RowNotFound))
}

#[derive(FromRow)]
struct Row {
    name: String,
    url: Option<String>,
    report: Option<String>,
    reported_at: Option<Millis>,
    boot_id: Option<String>,
    booted_at: Option<Millis>,
    rivals: i64,
}

/// The hosts of a team by their names, and what they have told.
///
/// # Errors
/// The database's.
pub async fn host_states(
    connection: &mut AnyConnection,
    team: i64,
) -> Result<Vec<HostState>, sqlx::Error> {
    let sql = "SELECT name, url, report, reported_at, boot_id, booted_at,
            (SELECT COUNT(*) FROM hosts other WHERE other.id <> hosts.id
                AND (other.url IN (hosts.url, hosts.said_url)
                    OR other.said_url IN (hosts.url, hosts.said_url))) AS rivals
        FROM hosts WHERE team_id = $1 ORDER BY name";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(team).fetch_all(connection).await?;
    let states = rows.into_iter().map(|row| HostState {
        host: Host {
            name: row.name,
            url: row.url,
        },
        // One of an older form is as good as none.
        report: row
            .report
            .and_then(|report| serde_json::from_str(&report).ok()),
        reported_at: row.reported_at,
        boot_id: row.boot_id,
        booted_at: row.booted_at,
        rivals: row.rivals,
    });
    Ok(states.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> HostReport {
        HostReport {
            name: "web".to_owned(),
            url: Some("http://a".to_owned()),
            boot_id: Some("1".to_owned()),
            ..HostReport::default()
        }
    }

    fn problems(report: HostReport) -> Vec<Problem> {
        let state = HostState {
            host: Host {
                name: "web".to_owned(),
                url: Some("http://a".to_owned()),
            },
            report: Some(report),
            reported_at: Some(0),
            boot_id: None,
            booted_at: None,
            rivals: 0,
        };
        state.problems()
    }

    #[test]
    fn what_is_wrong_is_found() {
        let unit = |name: &str, active: &str, enabled: &str| Unit {
            name: name.to_owned(),
            active: active.to_owned(),
            enabled: enabled.to_owned(),
        };
        let disk = |mount: &str, free| Disk {
            mount: mount.to_owned(),
            total: 1000,
            free,
        };
        assert_eq!(problems(report()), []);
        let found = problems(HostReport {
            url: Some("http://b".to_owned()),
            boot_id: None,
            handout: Some(Handout {
                expected: "1".to_owned(),
                found: "2".to_owned(),
            }),
            units: vec![
                unit("a", "active", "enabled"),
                unit("b", "active", "disabled"),
                unit("c", "failed", "enabled"),
                unit("d", "active", "static"),
            ],
            disks: vec![disk("/", 50), disk("/data", 49)],
            missing: vec!["no df".to_owned()],
            ..report()
        });
        let expected = [
            Problem::Elsewhere("http://b".to_owned()),
            Problem::NoBootId,
            Problem::OtherHandout,
            Problem::NotEnabled("b".to_owned()),
            Problem::Inactive("c".to_owned()),
            Problem::DiskFull("/data".to_owned()),
            Problem::Missing("no df".to_owned()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_report_keeps_within_its_limits() {
        let refused = |report| check_report(report).is_err();
        let kernel = |kernel: String| HostReport {
            kernel: Some(kernel),
            ..report()
        };
        assert!(!refused(kernel("x".repeat(HostReport::LONGEST))));
        assert!(refused(kernel("x".repeat(HostReport::LONGEST + 1))));
        assert!(refused(kernel("a\u{1b}[2J".to_owned())));
        let addresses = vec![String::new(); HostReport::MOST + 1];
        assert!(refused(HostReport {
            addresses,
            ..report()
        }));
        let name = "<b>".to_owned();
        assert!(refused(HostReport { name, ..report() }));
        let url = Some("http://A:80/".to_owned());
        let kept = check_report(HostReport { url, ..report() });
        let expected = Some("http://a".to_owned());
        assert_eq!(kept.map(|report| report.url), Ok(expected));
    }
}
