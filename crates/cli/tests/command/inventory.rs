//! Hosts that follow from a contest.toml.

use crate::place::Place;

const CONTEST: &str = r#"
name = "Summer"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"
hosts = 2

[environment]
teams = ["team", "a \"chair\", green"]

[[environment.host]]
roles = ["app"]
[[environment.host]]
roles = ["database"]
"#;

#[test]
fn one_file_makes_hosts_for_people_for_ansible_and_for_the_portal() {
    let place = Place::new();
    place.write("contest.toml", CONTEST);

    let list = place.run(&["inventory", "list", "contest.toml"]);
    let ansible = place.run(&["inventory", "ansible", "contest.toml"]);
    place
        .run(&["portal", "import", "contest.toml", "--data", "portal"])
        .expect_code(0);
    let teams = ["team", "a \"chair\", green"];
    let tokens =
        teams.map(|team| place.run(&["portal", "token", "--team", team, "--data", "portal"]));

    assert_eq!(
        list.expect_code(0).stdout,
        "portal           10.213.0.10      portal\n\
         worker1          10.213.0.11      worker\n\
         team1-host1      10.213.1.1       app            team\n\
         team1-host2      10.213.1.2       database       team\n\
         team2-host1      10.213.2.1       app            a \"chair\", green\n\
         team2-host2      10.213.2.2       database       a \"chair\", green\n"
    );
    let hosts = &ansible.expect_code(0).json()["all"]["hosts"];
    assert_eq!(hosts["team1-host2"]["ansible_host"], "10.213.1.2");
    for token in tokens {
        token.expect_code(0);
    }
}

#[test]
fn an_environment_that_cannot_be_is_refused() {
    let place = Place::new();
    place.write("contest.toml", CONTEST.replace("hosts = 2", "hosts = 1"));
    let words = ["a team gets 2 hosts, but the contest allows 1"];
    for command in [
        ["inventory", "list", "contest.toml"],
        ["portal", "import", "contest.toml"],
    ] {
        place.refuse(place.isutori(&command), &words);
    }
}

/// `isutori inventory cloud-init` with a kit.
fn cloud_init<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let kit = [
        "--kit",
        "https://kit.example/kit.tar.gz",
        "--kit-sha256",
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    ];
    [&["inventory", "cloud-init"], &kit[..], more].concat()
}

#[test]
fn machines_of_a_cloud_are_told_who_they_are() {
    let place = Place::new();
    place.write("contest.toml", CONTEST);

    let host = place.run(&cloud_init(&["contest.toml", "--host", "team2-host1"]));
    let practice = place.run(&cloud_init(&["--practice"]));

    for (told, name) in [(host, "team2-host1"), (practice, "team1-host1")] {
        let told = told.expect_code(0).stdout;
        let settings = told
            .strip_prefix("#cloud-config\n")
            .expect("its first line");
        let settings: serde_json::Value = serde_json::from_str(settings).expect("JSON");
        assert_eq!(settings["hostname"], name);
    }
}

#[test]
fn a_machine_is_told_its_own_secrets() {
    let place = Place::new();
    place.write("contest.toml", CONTEST);
    for name in ["team1", "hosts1", "team2", "hosts2", "authorized_key"] {
        place.write(&format!("secrets/{name}"), format!("secret of {name}"));
    }
    let told = |host| {
        let more = ["contest.toml", "--host", host, "--secrets", "secrets"];
        place.run(&cloud_init(&more))
    };

    let host = told("team2-host1").expect_code(0).stdout;
    let worker = told("worker1").expect_code(2).stderr;

    for name in ["team2", "hosts2", "authorized_key"] {
        assert!(host.contains(&format!("secret of {name}")), "{host}");
    }
    assert!(!host.contains("secret of team1"), "{host}");
    assert!(
        worker.contains("secrets/worker: bring the folder"),
        "{worker}"
    );
}

#[test]
fn what_no_machine_could_be_told_is_refused() {
    let place = Place::new();
    place.write("contest.toml", CONTEST);
    for (arguments, words) in [
        (&["contest.toml"][..], "--host"),
        (&["contest.toml", "--practice"], "cannot be used with"),
        (
            &["contest.toml", "--host", "host9"],
            "there are portal, worker1, team1-host1",
        ),
        (
            &["--practice", "--kit-sha256", "12"],
            "64 hexadecimal digits",
        ),
        (
            &["--practice", "--kit", "kit.tar.gz"],
            "begins with https://",
        ),
    ] {
        let mut all = cloud_init(&[]);
        for option in ["--kit", "--kit-sha256"] {
            if arguments.contains(&option) {
                let place = all
                    .iter()
                    .position(|word| *word == option)
                    .expect("an option");
                all.drain(place..place + 2);
            }
        }
        all.extend(arguments);
        place.refuse(place.isutori(&all), &[words]);
    }
}
