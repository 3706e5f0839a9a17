//! What hosts of the demo tell of themselves.

use isutori_protocol::contest::{Disk, HostReport, Unit};
use sqlx::AnyConnection;

use crate::{
    clock::Millis,
    contest::Contest,
    error::Error,
    teams::{self, Team},
};

/// The first hosts of the first teams tell how they are: one is fine, one has troubles.
pub(super) async fn report(
    connection: &mut AnyConnection,
    contest: &Contest,
    teams: &[Team],
    at: Millis,
) -> Result<(), Error> {
    for (team, report) in teams.iter().zip(reports()) {
        let report = HostReport {
            name: "web1".to_owned(),
            url: Some(format!("http://192.0.2.{}", 10 * team.id + 1)),
            ..report
        };
        let taken = teams::take_report(connection, contest, team, &report, at).await;
        taken.map_err(|refused| Error::Internal(refused.to_string()))?;
    }
    Ok(())
}

fn reports() -> [HostReport; 2] {
    let unit = |name: &str, active: &str, enabled: &str| Unit {
        name: name.to_owned(),
        active: active.to_owned(),
        enabled: enabled.to_owned(),
    };
    let report = |boot_id: &str, units, free: u64| HostReport {
        boot_id: Some(boot_id.to_owned()),
        kernel: Some("Linux 6.12.48".to_owned()),
        units,
        disks: vec![Disk {
            mount: "/".to_owned(),
            total: 40 << 30,
            free: free << 30,
        }],
        ..HostReport::default()
    };
    let fine = vec![
        unit("nginx.service", "active", "enabled"),
        unit("suwaru.service", "active", "enabled"),
    ];
    let troubled = vec![
        unit("nginx.service", "active", "disabled"),
        unit("suwaru.service", "failed", "enabled"),
    ];
    [
        report("9bdf0a6b-4f4e-4f0c-8f07-2f8a5b1f9c11", fine, 21),
        report("1c1b73f5-3a55-4b9e-9d66-6d6ac11ad8ab", troubled, 1),
    ]
}
