//! A whole contest on this machine: two teams of two hosts, a worker and the portal. It needs root
//! and the programs of a lab, and fails where it cannot have them.

mod doors;
mod stage;
mod traces;

use std::{thread::sleep, time::Duration};

use stage::Stage;

/// A run that was void says nothing; so many times it is made again.
const TRIES: usize = 3;

#[test]
fn a_contest_runs_on_hosts_of_its_own_and_leaves_nothing() {
    let before = traces::all();
    let stage = Stage::up();

    an_untouched_site_passes(&stage);
    what_was_written_survives_a_reboot(&stage);
    teams_cannot_reach_each_other(&stage);
    doors::are_closed_to_strangers(&stage);
    switches_turn_logs_on_and_off(&stage);
    ansible_has_nothing_to_change(&stage);
    a_second_lab_is_refused(&stage);

    stage.down();
    assert_eq!(traces::all(), before);
}

fn an_untouched_site_passes(stage: &Stage) {
    for _ in 0..TRIES {
        let run = stage.on("team1-host1", "isutori team enqueue --wait");
        match run.code {
            0 => return assert!(run.stdout.contains("PASS"), "{run:?}"),
            // Another program kept the benchmark from its work.
            3 => {}
            _ => panic!("{run:?}"),
        }
    }
    panic!("{TRIES} runs were void");
}

fn what_was_written_survives_a_reboot(stage: &Stage) {
    // The database first: the app comes up while it is away, or is there before it.
    for host in ["team1-host2", "team1-host1"] {
        let said = stage.run(&["reboot", host]).stdout;
        let ids: Vec<&str> = said
            .split(|c: char| !c.is_ascii_hexdigit() && c != '-')
            .collect();
        let ids: Vec<&str> = ids.into_iter().filter(|word| word.len() == 36).collect();
        assert!(
            matches!(ids[..], [before, after] if before != after),
            "{said}"
        );
    }
    let verify = "cd /var/lib/isutori-worker && \
        sudo isutori bench verify \"$(sudo sh -c 'ls -d runs/job-*/runs/*' | tail -n 1)\"";
    let verified = stage.on("worker1", verify);
    assert_eq!(verified.code, 0, "{verified:?}");
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
    let played = stage.play();
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
