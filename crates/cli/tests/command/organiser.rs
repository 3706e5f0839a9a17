//! What an organiser does at the portal's own machine.

use std::{
    io::{BufRead, BufReader, Read, Write, pipe},
    net::TcpStream,
};

use isutori_portal::{
    people::{self, Role},
    serve,
    state::AppState,
    teams,
    tokens::{self, Scope},
};
use nix::sys::signal::Signal;

use crate::{
    place::Place,
    running::{Outcome, Running},
};

const CONTEST: &str = r#"name = "Summer"
starts_at = "2026-08-01T10:00:00+09:00"
ends_at = "2026-08-01T18:00:00+09:00"
team_size = 2
"#;

const TEAMS: &str = "team,zone,host,url\nchairs,north,web1,http://10.0.0.1\n\"b, c\"\n";

fn portal(place: &Place, args: &[&str]) -> Outcome {
    place.run(&[&["portal"], args].concat())
}

/// A portal's folder with a contest and two teams.
fn set_up() -> Place {
    let place = Place::new();
    place.write("contest.toml", CONTEST);
    place.write("teams.csv", TEAMS);
    let args = ["import", "contest.toml", "--teams", "teams.csv"];
    let outcome = portal(&place, &args).expect_code(0);
    assert!(outcome.stderr.contains("Summer: from 2026-08-01T01:00:00Z"));
    assert!(outcome.stderr.contains("teams: 2"));
    assert_eq!(outcome.stdout, "");
    place
}

/// What the portal keeps in that place.
async fn look_into(place: &Place) -> AppState {
    let store = serve::open_folder(&place.path(".isutori/portal")).await;
    AppState::new(store.expect("a database"))
}

#[test]
fn a_contest_is_exported_as_it_was_imported() {
    let place = set_up();
    let exported = portal(&place, &["export"]).expect_code(0).stdout;
    assert!(exported.contains("name = \"Summer\"") && exported.contains("team_size = 2"));
    place.write("again.toml", exported.replace("Summer", "Autumn"));
    portal(&place, &["import", "again.toml"]).expect_code(0);
    let again = portal(&place, &["export"]).expect_code(0).stdout;
    assert_eq!(again, exported.replace("Summer", "Autumn"));
}

#[test]
fn provisioning_says_what_reboots_hosts_unless_the_contest_does() {
    let place = set_up();
    let import = |contest: &str| {
        place.write("contest.toml", contest);
        let args = [
            "import",
            "contest.toml",
            "--reboot-by",
            "/usr/bin/reboot-it",
        ];
        portal(&place, &args).expect_code(0);
        let exported = portal(&place, &["export"]).expect_code(0).stdout;
        let (_, reboot) = exported.split_once("reboot = [").expect("a program");
        let (reboot, _) = reboot.split_once(']').expect("its end");
        let words = reboot.split(',').map(|word| word.trim().trim_matches('"'));
        let words = words.filter(|word| !word.is_empty()).map(str::to_owned);
        words.collect::<Vec<_>>()
    };
    let own = format!("{CONTEST}[final]\nreboot = [\"/opt/own\"]\n");
    assert_eq!(import(&own), ["/opt/own"]);
    let ours = ["/usr/bin/reboot-it", "{team}", "{host}"];
    assert_eq!(import(CONTEST), ours);
    let alone = ["import", "--teams", "teams.csv", "--reboot-by", "x"];
    portal(&place, &alone).expect_code(2);
}

#[test]
fn there_is_nothing_to_export_before_there_is_a_contest() {
    let place = Place::new();
    let outcome = portal(&place, &["export"]).expect_code(2);
    assert!(outcome.stderr.contains("no contest was set up yet"));
    assert_eq!(outcome.stdout, "");
}

#[test]
fn a_contest_that_makes_no_sense_is_refused() {
    let place = Place::new();
    place.write("contest.toml", CONTEST.replace("= 2", "= 0"));
    let import = place.isutori(&["portal", "import", "contest.toml"]);
    place.refuse(import, &["contest.toml", "a team has 1 to 100 people"]);
    place.write("contest.toml", CONTEST.replace("team_size", "size"));
    let import = place.isutori(&["portal", "import", "contest.toml"]);
    place.refuse(import, &["Line 4 ", "unknown field `size`"]);
    place.refuse(place.isutori(&["portal", "import"]), &["--teams"]);
}

#[tokio::test]
async fn everybody_of_a_list_gets_a_link_that_lets_in_once() {
    let place = set_up();
    place.write("people.csv", "anna,chairs\nbert,\"b, c\"\n");
    let args = [
        "import",
        "--people",
        "people.csv",
        "--public-url",
        "https://contest.example/",
    ];
    let outcome = portal(&place, &args).expect_code(0);
    assert!(outcome.stderr.contains("people invited: 2"));
    let (head, rows) = outcome.stdout.split_once('\n').expect("lines");
    assert_eq!(head, "name,team,link");
    let state = look_into(&place).await;
    let mut connection = state.connection().await.expect("a connection");
    for (row, (line, team)) in rows
        .lines()
        .zip([("anna,chairs,", "chairs"), ("bert,\"b, c\",", "b, c")])
    {
        let link = row.strip_prefix(line).expect("name and team");
        let token = link.strip_prefix("https://contest.example/invite/");
        let invited = people::invited(&mut connection, token.expect("a link"), 0).await;
        let (role, name) = invited.expect("a database").expect("an invite");
        let team = teams::named(&mut connection, team).await;
        let team = team.expect("a database").expect("a team");
        assert_eq!(role, Role::Member(team.id));
        assert_eq!(name.as_deref(), line.split(',').next());
    }
    assert_eq!(rows.lines().count(), 2);
}

#[tokio::test]
async fn a_list_with_a_wrong_line_changes_nothing() {
    let place = set_up();
    place.write("more.csv", "doors\nwindows,,web,http://10.0.0.2\n");
    place.write(
        "people.csv",
        "anna,doors\nbert,floors\ncarl\nanna,doors\n,doors\nd,doors\ne,doors\n",
    );
    let args = ["import", "--teams", "more.csv", "--people", "people.csv"];
    let outcome = portal(&place, &args).expect_code(2);
    assert_eq!(outcome.stdout, "");
    for words in [
        "the list of people",
        "Line 2: There is no team floors: import the teams first",
        "Line 3: Write the person's team in the second column",
        "Line 4: This name is in line 1 already",
        "Line 5: A name has 1 to 40 characters",
        "Line 7: doors would have more than 2 people",
    ] {
        assert!(
            outcome.stderr.contains(words),
            "{words}: {}",
            outcome.stderr
        );
    }
    assert!(!outcome.stderr.contains("Line 1:") && !outcome.stderr.contains("Line 6:"));
    place.write(
        "wrong.csv",
        "doors\nwindows,,web,http://10.0.0.1\n,,web,x\n",
    );
    let outcome = portal(&place, &["import", "--teams", "wrong.csv"]).expect_code(2);
    for words in [
        "Line 2: This address is registered already",
        "Line 3: A team's name has 1 to 40 characters",
    ] {
        assert!(
            outcome.stderr.contains(words),
            "{words}: {}",
            outcome.stderr
        );
    }
    place.write("people.csv", "anna,doors\n");
    let args = [
        "import",
        "--teams",
        "more.csv",
        "--people",
        "people.csv",
        "--dry-run",
    ];
    let outcome = portal(&place, &args).expect_code(0);
    assert_eq!(outcome.stdout, "");
    assert!(outcome.stderr.contains("nothing was changed"));
    let state = look_into(&place).await;
    let mut connection = state.connection().await.expect("a connection");
    let teams = teams::all(&mut connection).await.expect("teams");
    let names: Vec<&str> = teams.iter().map(|team| team.name.as_str()).collect();
    assert_eq!(names, ["b, c", "chairs"]);
}

#[tokio::test]
async fn people_and_programs_are_let_in() {
    let place = set_up();
    let link = |args: &[&str]| {
        let outcome = portal(&place, args).expect_code(0).stdout;
        let token = outcome
            .trim_end()
            .strip_prefix("http://127.0.0.1:8000/invite/");
        token.expect("a link").to_owned()
    };
    let token = |args: &[&str]| {
        portal(&place, args)
            .expect_code(0)
            .stdout
            .trim_end()
            .to_owned()
    };
    let (staff, member) = (
        link(&["invite", "--staff"]),
        link(&["invite", "--team", "chairs"]),
    );
    let tokens = [
        token(&["token", "--worker"]),
        token(&["token", "--monitor", "--what-for", "prometheus"]),
        token(&["token", "--staff"]),
        token(&["token", "--team", "chairs"]),
    ];
    let state = look_into(&place).await;
    let mut connection = state.connection().await.expect("a connection");
    let team = teams::named(&mut connection, "chairs").await;
    let team = team.expect("a database").expect("a team").id;
    for (link, role) in [(staff, Role::Staff), (member, Role::Member(team))] {
        let invited = people::invited(&mut connection, &link, 0).await;
        assert_eq!(invited.expect("a database"), Some((role, None)));
    }
    let scopes = [
        Scope::Worker,
        Scope::Monitor,
        Scope::Staff,
        Scope::Team(team),
    ];
    for (token, scope) in tokens.iter().zip(scopes) {
        let found = tokens::scope(&mut connection, token).await;
        assert_eq!(found.expect("a database"), Some(scope));
    }
    for command in ["invite", "token"] {
        let outcome = portal(&place, &[command, "--team", "doors"]).expect_code(2);
        assert!(outcome.stderr.contains("this team was not found"));
        portal(&place, &[command]).expect_code(2);
    }
    portal(&place, &["invite", "--team", "chairs", "--staff"]).expect_code(2);
}

#[test]
fn the_demo_serves_until_it_is_stopped_and_keeps_nothing() {
    let place = Place::new();
    let (reader, writer) = pipe().expect("a pipe");
    let demo = place.isutori(&["portal", "demo", "--listen", "127.0.0.1:0"]);
    let mut demo = Running::start_into(demo, writer.into());
    let mut lines = BufReader::new(reader).lines();
    let mut line = || lines.next().expect("a line").expect("UTF-8");
    let first = line();
    let address = first.strip_prefix("listening on http://").expect(&first);
    assert!(line().starts_with("log in as staff (staff) or member1"));
    let mut stream = TcpStream::connect(address).expect("the demo listens");
    let request = b"GET / HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n";
    stream.write_all(request).expect("a request");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("a page");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("Isutori demo"));
    demo.signal(Signal::SIGTERM);
    place.finish(demo).expect_code(0);
    assert_eq!(place.files().len(), 0);
}
