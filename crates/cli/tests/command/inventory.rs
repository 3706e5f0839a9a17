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
