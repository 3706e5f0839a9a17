use serde_json::{Value, json};

use super::*;

const WHOLE: &str = r#"
name = "Summer"
hosts = 3

[run]
size = "small"
data_seed = 7

[environment]
teams = ["chairs", "椅子"]
workers = 2
database = "postgres"
network = "10.214.0.0/16"
addresses = { worker2 = "203.0.113.9" }

[[environment.host]]
roles = ["app"]
[[environment.host]]
roles = ["database", "app"]
[[environment.host]]
roles = ["database"]
"#;

fn whole() -> Inventory {
    Inventory::parse(WHOLE).expect("an inventory")
}

#[test]
fn hosts_follow_from_counts() {
    let inventory = whole();

    let hosts: Vec<String> = (inventory.hosts.iter())
        .map(|host| {
            let roles: Vec<&str> = host.roles.iter().map(|role| role.name()).collect();
            let url = host.url().unwrap_or_default();
            format!("{} {} {} {url}", host.name, host.address, roles.join("+"))
        })
        .collect();

    assert_eq!(
        hosts,
        [
            "portal 10.214.0.10 portal ",
            "worker1 10.214.0.11 worker ",
            "worker2 203.0.113.9 worker ",
            "team1-host1 10.214.1.1 app http://10.214.1.1",
            "team1-host2 10.214.1.2 app+database http://10.214.1.2",
            "team1-host3 10.214.1.3 database ",
            "team2-host1 10.214.2.1 app http://10.214.2.1",
            "team2-host2 10.214.2.2 app+database http://10.214.2.2",
            "team2-host3 10.214.2.3 database ",
        ]
    );
    assert_eq!(inventory.portal_url(), "http://10.214.0.10:8000");
}

#[test]
fn a_team_knows_its_own_hosts_and_the_organisers() {
    let inventory = whole();
    let host = inventory.find("team2-host1").expect("a host");

    let files = host.files(&inventory);

    let content = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.map(|file| file.content.as_str()).unwrap_or_default()
    };
    assert_eq!(content("/etc/hostname"), "team2-host1\n");
    assert_eq!(
        content("/etc/hosts"),
        "127.0.0.1 localhost\n\
         127.0.1.1 team2-host1\n\
         10.214.0.10 portal\n\
         10.214.0.11 worker1\n\
         203.0.113.9 worker2\n\
         10.214.2.1 team2-host1 host1\n\
         10.214.2.2 team2-host2 host2 database\n\
         10.214.2.3 team2-host3 host3\n"
    );
    assert_eq!(
        content("/etc/isutori/host.env"),
        "ISUTORI_HOST=team2-host1\n\
         ISUTORI_SHORT_NAME=host1\n\
         ISUTORI_ADDRESS=10.214.2.1\n\
         ISUTORI_PORTAL=http://10.214.0.10:8000\n\
         ISUTORI_CA=/etc/isutori/tls/ca.pem\n\
         ISUTORI_TEAM_NUMBER=2\n"
    );
}

#[test]
fn a_host_is_open_to_its_team_and_the_organiser_alone() {
    let inventory = whole();
    let rules = |name: &str| {
        let host = inventory.find(name).expect("a host");
        host.firewall(&inventory)
    };

    let of_team = rules("team2-host3");
    let friends = "10.214.0.10, 10.214.0.11, 203.0.113.9, 10.214.2.1, 10.214.2.2, 10.214.2.3 }";
    assert!(
        of_team.contains(&format!("ip saddr {{ {friends} accept")),
        "{of_team}"
    );
    assert!(
        of_team.contains("tcp dport != { 22, 80, 443 } reject"),
        "{of_team}"
    );
    let of_worker = rules("worker1");
    assert!(of_worker.contains("10.214.1.3, 10.214.2.1"), "{of_worker}");
    assert!(
        of_worker.contains("tcp dport != { 22 } reject"),
        "{of_worker}"
    );
    assert!(rules("portal").contains("443, 8000 } reject"));
}

#[test]
fn hosts_stop_a_while_after_the_contest() {
    let stop = |contest: &str| {
        let inventory = Inventory::parse(contest).expect("an inventory");
        let files = inventory.hosts[0].files(&inventory);
        let file = files.into_iter().find(|file| file.path.contains("stop"));
        file.expect("a file").content
    };
    let ends = format!("ends_at = \"2026-08-01T18:00:00+09:00\"\n{WHOLE}");

    assert_eq!(stop(&ends), "[Timer]\nOnCalendar=2026-08-02 09:00:00 UTC\n");
    let soon = ends.replace("workers = 2", "workers = 2\nstop_after = \"90m\"");
    assert_eq!(stop(&soon), "[Timer]\nOnCalendar=2026-08-01 10:30:00 UTC\n");
    assert_eq!(stop(&soon.replace("90m", "never")), "# Never.\n");
    assert_eq!(stop(WHOLE), "# Never.\n");
}

#[test]
fn the_benchmark_comes_by_https_where_it_is_wanted() {
    let encrypted = WHOLE.replace("workers = 2", "workers = 2\ntls = true");
    let inventory = Inventory::parse(&encrypted).expect("an inventory");
    let host = inventory.find("team1-host1").expect("a host");
    assert_eq!(host.url().as_deref(), Some("https://10.214.1.1"));
}

#[test]
fn ansible_gets_hosts_and_groups() {
    let all = &whole().to_ansible()["all"];
    let group = |name: &str| -> Vec<&str> {
        let hosts = all["children"][name]["hosts"].as_object();
        hosts.map_or_else(Vec::new, |hosts| hosts.keys().map(String::as_str).collect())
    };

    assert_eq!(group("portal"), ["portal"]);
    assert_eq!(group("worker"), ["worker1", "worker2"]);
    assert_eq!(group("app").len(), 4);
    assert_eq!(
        group("team2"),
        ["team2-host1", "team2-host2", "team2-host3"]
    );
    assert_eq!(all["hosts"]["worker2"]["ansible_host"], "203.0.113.9");
    assert_eq!(all["vars"]["database_engine"], "postgres");
    assert_eq!(all["vars"]["data_seed"], 7);
    assert_eq!(all["vars"]["benchmarkers"][1], "203.0.113.9");
}

/// What user-data says, and the inventory for Ansible in it.
fn told(inventory: &Inventory, host: &str, given: &Given) -> (Value, Value) {
    let host = inventory.find(host).expect("a host");
    let text = inventory.to_cloud_init(host, given);
    let settings = text
        .strip_prefix("#cloud-config\n")
        .expect("its first line");
    let settings: Value = serde_json::from_str(settings).expect("JSON");
    let own = settings["write_files"][0]["content"]
        .as_str()
        .expect("a file");
    let own = serde_json::from_str(own).expect("JSON");
    (settings, own)
}

#[test]
fn a_machine_of_a_cloud_is_told_of_itself_alone() {
    let given = Given {
        kit_url: "https://kit.example/kit.tar.gz".to_owned(),
        kit_sha256: "ab".repeat(32),
        secrets: [("team2".to_owned(), "secret".to_owned())].into(),
        certificates: [("ca.pem".to_owned(), "an authority".to_owned())].into(),
        contest_keys: vec!["ssh-ed25519 AAAA chair".to_owned()],
        contest: WHOLE.to_owned(),
        ..Given::default()
    };

    let (settings, own) = told(&whole(), "team2-host3", &given);
    let (of_portal, _) = told(&whole(), "portal", &given);

    let hosts = own["all"]["hosts"].as_object().expect("hosts");
    assert_eq!(hosts.keys().collect::<Vec<_>>(), ["team2-host3"]);
    let groups = &own["all"]["children"];
    assert_eq!(groups["portal"]["hosts"], json!({}));
    assert_eq!(groups["app"]["hosts"], json!({}));
    assert_eq!(groups["database"]["hosts"], json!({ "team2-host3": {} }));
    let variables = &hosts["team2-host3"];
    assert_eq!(variables["secrets_from"], "team2-host3");
    assert_eq!(variables["has_secrets"], true);
    assert_eq!(variables["contest_keys"], json!(["ssh-ed25519 AAAA chair"]));
    assert_eq!(settings["hostname"], "team2-host3");
    let arguments = &settings["runcmd"][0].as_array().expect("a command")[4..];
    assert_eq!(arguments, [given.kit_url, given.kit_sha256]);
    let files = |settings: &Value| settings["write_files"].as_array().map(Vec::len);
    assert_eq!((files(&settings), files(&of_portal)), (Some(3), Some(4)));
    assert_eq!(settings["write_files"][1]["content"], "secret");
    let authority = &settings["write_files"][2];
    assert_eq!(authority["path"], "/var/lib/isutori/certificates/ca.pem");
    assert_eq!(of_portal["write_files"][1]["content"], WHOLE);
}

#[test]
fn a_host_for_practice_does_everything_itself() {
    let (_, own) = told(&Inventory::practice(), "team1-host1", &Given::default());

    let host = &own["all"]["hosts"]["team1-host1"];
    assert_eq!(host["contest_roles"], json!(["app", "database"]));
    let known = host["host_files"][1]["content"].as_str().expect("a file");
    assert!(
        known.contains("127.0.0.1 team1-host1 host1 database\n"),
        "{known}"
    );
    assert_eq!(host["has_secrets"], false);
}

#[test]
fn usual_teams_keep_the_database_apart_from_two_hosts_on() {
    let roles = |hosts| -> Vec<Vec<Role>> {
        let environment = Environment::usual(1, hosts);
        environment.check(None).expect("an environment");
        environment
            .hosts
            .into_iter()
            .map(|host| host.roles)
            .collect()
    };

    assert_eq!(roles(1), [[Role::App, Role::Database]]);
    assert_eq!(roles(3), [[Role::App], [Role::App], [Role::Database]]);
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let refused = |from: &str, to: &str| {
        let text = WHOLE.replace(from, to);
        assert_ne!(text, WHOLE);
        Inventory::parse(&text).expect_err("a refusal").to_string()
    };
    for (from, to, why) in [
        ("workers = 2", "workers = 0", "workers are 1 to 99, not 0"),
        ("workers = 2", "worker = 2", "unknown field `worker`"),
        ("hosts = 3", "hosts = 2", "raise hosts = 2"),
        (
            "[\"chairs\", \"椅子\"]",
            "251",
            "teams are 1 to 250, not 251",
        ),
        ("\"椅子\"", "\"chairs\"", "two teams are called \"chairs\""),
        ("\"椅子\"", "\" 椅子\"", "which is none"),
        ("10.214.0.0/16", "10.214.0.0/24", "is no network; give"),
        ("10.214.0.0/16", "8.8.0.0/16", "is no network; give"),
        ("roles = [\"app\"]", "roles = []", "host 1 has no roles"),
        (
            "roles = [\"app\"]",
            "roles = [\"worker\"]",
            "host 1 has the role worker",
        ),
        ("worker2 =", "worker3 =", "hosts are portal, worker1"),
        (
            "workers = 2",
            "workers = 2\ncontest_user = \"Root\"",
            "is no account",
        ),
        (
            "workers = 2",
            "workers = 2\ncontest_user = \"organiser\"",
            "must be two",
        ),
        (
            "workers = 2",
            "workers = 2\nstop_after = \"soon\"",
            "is no length of time",
        ),
        (
            "workers = 2",
            "workers = 2\ncpu_percent = 4",
            "cpu_percent is 5 to 6400, not 4",
        ),
        (
            "\"database\"",
            "\"app\"",
            "no host of a team has the role database",
        ),
    ] {
        let said = refused(from, to);
        assert!(said.contains(why), "{to}: {said}");
    }
    let absent = Inventory::parse("name = \"Summer\"").expect_err("a refusal");
    assert!(absent.to_string().contains("no table [environment]"));
}

#[test]
fn an_environment_is_the_same_after_it_was_written() {
    let environment = whole().environment;

    let text = toml::to_string(&environment).expect("TOML");

    assert_eq!(
        toml::from_str::<Environment>(&text).expect("an environment"),
        environment
    );
}
