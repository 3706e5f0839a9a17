//! A whole contest on this machine: two teams of two hosts, a worker and the portal. It needs root
//! and the programs of a lab, and fails where it cannot have them.

mod contestant;
mod doors;
mod end;
mod host;
mod staff;
mod stage;
mod traces;

use std::{
    thread::{scope, sleep},
    time::Duration,
};

use staff::{Staff, between};
use stage::{Stage, TRIES};

#[test]
fn a_contest_runs_on_hosts_of_its_own_and_leaves_nothing() {
    let before = traces::all();
    let stage = Stage::up();

    scope(|scope| {
        // It takes minutes, in which there is much else to be seen.
        scope.spawn(|| contestant::rebuild(&stage, "team2-host1"));
        let staff = Staff::join(&stage);
        hosts_tell_the_portal_how_they_are(&stage, &staff);
        contestant::asks_by_ssh(&stage, "team1-host1");
        contestant::passes(&stage, "team1-host1");
        host::hosts_are_sampled_during_a_run(&stage);
        host::a_first_look_finds_what_is_broken(&stage, "team1-host1");
        a_final_measurement_passes(&stage, &staff);
        the_portal_reboots_hosts_of_the_inventory_alone(&stage);
        teams_cannot_reach_each_other(&stage);
        host::teams_have_the_processors_that_they_were_given();
        doors::are_closed_to_strangers(&stage);
        switches_turn_logs_on_and_off(&stage);
        ansible_has_nothing_to_change(&stage);
        a_second_lab_is_refused(&stage);
    });
    contestant::deploy(&stage, "team2-host1");
    contestant::rehearses(&stage, "team2-host1");
    contestant::resets(&stage, "team2-host1");
    end::a_host_switches_itself_off(&stage, "team2-host2");
    end::tearing_down_keeps_the_contest(&stage);

    stage.down();
    assert_eq!(traces::all(), before);
}

/// What each has told when it booted is on the staff's page, and the portal has found nothing wrong.
fn hosts_tell_the_portal_how_they_are(stage: &Stage, staff: &Staff) {
    for team in 1..=2 {
        let hosts = [1, 2].map(|number| format!("team{team}-host{number}"));
        let boots = hosts.clone().map(|host| stage.boot_id(&host));
        // A host tells when it has booted, and again when what takes longer has started.
        let units = [
            "mariadb.service",
            "nginx.service",
            "redis-server.service",
            "suwaru.service",
        ];
        let page = staff.wait_for(&format!("/staff/teams/{team}"), |page| {
            let boots = boots.iter().map(String::as_str);
            boots.chain(units).all(|shown| page.contains(shown))
        });
        for shown in ["host2", "systemctl"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        for number in 1..=2 {
            let address = format!("<dd>10.215.{team}.{number}</dd>");
            assert!(page.contains(&address), "{address}: {page}");
        }
        assert!(!page.contains("class=\"problems\""), "{page}");
    }
    let mode = "stat --format '%a %U' /etc/isutori/hosts_token.env";
    assert_eq!(stage.on("team1-host1", mode).stdout, "600 root\n");
    // What was handed out is told to be another when it is.
    let spoil =
        "sudo touch /opt/isutori/handout/spoilt && sudo systemctl restart isutori-env-check";
    assert_eq!(stage.on("team1-host2", spoil).code, 0);
    let page = staff.page("/staff/teams/1");
    assert!(page.contains("class=\"problems\""), "{page}");
    let mend = spoil.replace("touch", "rm");
    assert_eq!(stage.on("team1-host2", &mend).code, 0);
    let page = staff.page("/staff/teams/1");
    assert!(!page.contains("class=\"problems\""), "{page}");
}

/// The staff begins one on its page, the portal reboots the hosts, and what the run has written is
/// there.
fn a_final_measurement_passes(stage: &Stage, staff: &Staff) {
    let hosts = ["team1-host1", "team1-host2"];
    for _ in 0..TRIES {
        let before = hosts.map(|host| stage.boot_id(host));
        let wizard = staff.page("/staff/final");
        let team = between(&wizard, "name=\"team\" value=\"", "\" checked> team1");
        let plan = ["checks", "reboots", "counts"].map(|what| (what, "1"));
        let fields = [&plan[..], &[("team", team), ("deadline", "10")]].concat();
        staff.post("/staff/final", "/staff/final", &fields);
        let page = staff.wait_for("/staff/final", |page| !page.contains("id=\"abort-"));
        let outcome = between(&page, "<section>", "</section>");
        for (host, before) in hosts.iter().zip(before) {
            assert_ne!(stage.boot_id(host), before, "{host} was not rebooted");
        }
        match outcome {
            outcome if outcome.contains("class=\"verdict PASS\"") => return,
            outcome if outcome.contains("no verdict") => {}
            outcome => panic!("{outcome}"),
        }
    }
    panic!("{TRIES} measurements had no verdict");
}

fn the_portal_reboots_hosts_of_the_inventory_alone(stage: &Stage) {
    let key = "stat --format '%a %U' /var/lib/isutori-portal/organiser_key";
    assert_eq!(stage.on("portal", key).stdout, "600 isutori-portal\n");
    for (host, why) in [
        ("team3 host1", "the contest has no team team3"),
        ("team1 host3", "team1 has no host host3"),
        ("team1 10.215.2.1", "the contest has no host 10.215.2.1"),
    ] {
        let command = format!("sudo -u isutori-portal reboot-host {host}");
        let refused = stage.on("portal", &command);
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.stderr.contains(why), "{refused:?}");
    }
}

fn teams_cannot_reach_each_other(stage: &Stage) {
    let (own, other, portal) = ("10.215.1.2", "10.215.2.2", "10.215.0.10");
    let reaches = |address: &str, port: u16| {
        let connect = format!("timeout 3 bash -c '</dev/tcp/{address}/{port}'");
        stage.on("team1-host1", &connect).code == 0
    };
    assert!(reaches(own, 3306));
    assert!(reaches(portal, 8000));
    assert!(!reaches(other, 3306));
    assert!(!reaches("10.215.0.1", 22), "this machine is open to teams");

    // Root can take an address of the other team, and is not heard under it.
    let change = |what: &str| {
        let command = format!("sudo ip address {what} 10.215.2.99/16 dev host0");
        assert_eq!(stage.on("team1-host1", &command).code, 0);
    };
    change("add");
    let from = "import socket,sys; \
        socket.create_connection((sys.argv[1], 3306), 3, ('10.215.2.99', 0))";
    for address in [other, own] {
        let connect = format!("python3 -c \"{from}\" {address}");
        assert_ne!(stage.on("team1-host1", &connect).code, 0, "{address}");
    }
    change("del");
}

fn switches_turn_logs_on_and_off(stage: &Stage) {
    let lines = |host: &str, file: &str| -> usize {
        let count = stage.on(host, &format!("sudo cat {file} 2>/dev/null | wc -l"));
        count.stdout.trim().parse().expect("a number")
    };
    for (host, switch, file) in [
        ("team2-host2", "slow-log", "/var/log/mysql/slow.log"),
        ("team2-host1", "access-log", "/var/log/nginx/access.ltsv"),
    ] {
        assert_eq!(lines(host, file), 0, "{file}");
        let on = stage.on(host, &format!("sudo switch {switch} on"));
        assert!(on.code == 0 && on.stdout.contains(file), "{on:?}");
        // The app has to find its database again, and nginx its new settings.
        for _ in 0..600 {
            stage.on(
                "team2-host1",
                "curl --silent --output /dev/null http://127.0.0.1/login",
            );
            if lines(host, file) > 0 {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        assert!(lines(host, file) > 0, "{file} stays empty");
        assert_eq!(stage.on(host, &format!("sudo switch {switch} off")).code, 0);
    }
}

fn ansible_has_nothing_to_change(stage: &Stage) {
    let played = stage.play("site.yml");
    assert_eq!(played.code, 0, "{played:?}");
    let recap: Vec<&str> = (played.stdout.lines())
        .skip_while(|line| !line.starts_with("PLAY RECAP"))
        .filter(|line| line.contains("ok="))
        .collect();
    assert_eq!(recap.len(), 6, "{played:?}");
    for host in recap {
        assert!(host.contains(" changed=0 "), "{host}\n{}", played.stdout);
    }
}

fn a_second_lab_is_refused(stage: &Stage) {
    let again = stage.try_up(&stage.folder("lab"));
    assert_eq!(again.code, 2, "{again:?}");
    assert!(again.stderr.contains("take it down first"), "{again:?}");
    let beside = stage.try_up(&stage.folder("beside"));
    assert_eq!(beside.code, 2, "{beside:?}");
    assert!(
        beside.stderr.contains("has the network 10.215.0.0/16"),
        "{beside:?}"
    );
    assert_eq!(stage.on("team1-host1", "true").code, 0);
}
