//! Holds which package may depend on which, and which libraries nobody may depend on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What each of our packages may link, of our packages. Whoever adds a package says so here.
const MAY_LINK: [(&str, &[&str]); 16] = [
    ("isutori-engine", &[]),
    ("isutori-course", &[]),
    ("isutori-dataset", &[]),
    ("isutori-protocol", &[]),
    ("isutori-services", &[]),
    ("isutori-inventory", &[]),
    ("isutori-lab", &["isutori-inventory", "isutori-services"]),
    (
        "isutori-rehearsal",
        &[
            "isutori-engine",
            "isutori-inventory",
            "isutori-lab",
            "isutori-protocol",
            "isutori-worker",
        ],
    ),
    ("isutori-host", &["isutori-protocol"]),
    (
        "isutori-bench",
        &["isutori-engine", "isutori-dataset", "isutori-protocol"],
    ),
    // These know the benchmarker as a process alone.
    (
        "isutori-portal",
        &["isutori-course", "isutori-protocol", "isutori-services"],
    ),
    ("isutori-worker", &["isutori-protocol", "isutori-services"]),
    ("suwaru-twin", &["isutori-dataset"]),
    (
        "isutori",
        &[
            "isutori-bench",
            "isutori-course",
            "isutori-dataset",
            "isutori-engine",
            "isutori-inventory",
            "isutori-lab",
            "isutori-host",
            "isutori-protocol",
            "isutori-rehearsal",
            "isutori-services",
            "isutori-portal",
            "isutori-worker",
        ],
    ),
    ("xtask", &["isutori-services"]),
    // The hand-out: nothing of ours links it, and it links nothing of ours, not even for tests.
    ("suwaru", &[]),
];

/// What the tests of every package but the hand-out may use besides.
const FOR_TESTS: [&str; 2] = ["isutori-services", "suwaru-twin"];

/// Needs of the C world that would spoil "nothing to install".
const UNWANTED: [&str; 4] = ["openssl-sys", "native-tls", "aws-lc-sys", "cmake"];

/// One of our packages depends on another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edge {
    from: String,
    to: String,
    is_for_tests: bool,
}

/// What cargo knows about the packages of the workspace.
fn read_metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn name(value: &Value) -> String {
    value["name"].as_str().expect("a name").to_owned()
}

fn our_edges(metadata: &Value) -> Vec<Edge> {
    let packages = list(metadata, "packages");
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let edges = packages.iter().flat_map(|package| {
        list(package, "dependencies").iter().map(|dependency| Edge {
            from: name(package),
            to: name(dependency),
            is_for_tests: dependency["kind"] == "dev",
        })
    });
    edges.filter(|edge| ours.contains(&edge.to)).collect()
}

fn is_allowed(edge: &Edge) -> bool {
    let (_, may_link) = MAY_LINK
        .iter()
        .find(|(package, _)| *package == edge.from)
        .unwrap_or_else(|| panic!("{} is not in the table of packages", edge.from));
    let is_free_for_tests =
        edge.is_for_tests && edge.from != "suwaru" && FOR_TESTS.contains(&edge.to.as_str());
    may_link.contains(&edge.to.as_str()) || is_free_for_tests
}

#[test]
fn packages_depend_only_on_what_they_may() {
    let edges = our_edges(&read_metadata());

    assert!(edges.len() >= 5, "cargo told of too few edges: {edges:?}");
    let forbidden: Vec<&Edge> = edges.iter().filter(|edge| !is_allowed(edge)).collect();
    assert!(forbidden.is_empty(), "{forbidden:#?}");
}

#[test]
fn every_package_is_in_the_table() {
    let metadata = read_metadata();

    for package in list(&metadata, "packages") {
        let name = name(package);
        assert!(MAY_LINK.iter().any(|(known, _)| *known == name), "{name}");
    }
}

#[test]
fn forbidden_edges_are_noticed() {
    let link = |from: &str, to: &str| Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        is_for_tests: false,
    };
    let test = |from: &str, to: &str| Edge {
        is_for_tests: true,
        ..link(from, to)
    };

    for ours in ["isutori-bench", "isutori-engine", "isutori-portal"] {
        assert!(!is_allowed(&link("isutori-worker", ours)), "{ours}");
    }
    assert!(!is_allowed(&link("isutori-portal", "isutori-bench")));
    assert!(!is_allowed(&link("isutori-worker", "isutori-course")));
    assert!(!is_allowed(&link("isutori-course", "isutori-portal")));
    assert!(!is_allowed(&link("isutori-bench", "suwaru-twin")));
    assert!(is_allowed(&test("isutori-bench", "suwaru-twin")));
    assert!(!is_allowed(&link("isutori-dataset", "isutori-services")));
    assert!(is_allowed(&test("isutori-dataset", "isutori-services")));
    assert!(!is_allowed(&test("suwaru", "isutori-services")));
    assert!(!is_allowed(&test("isutori", "suwaru")));
}

/// The lock file holds what any of our features needs on any system.
#[test]
fn nothing_needs_openssl_or_cmake() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let lock = fs::read_to_string(lock).expect("the lock file");
    let locks = |name: &str| lock.contains(&format!("name = \"{name}\"\n"));

    assert!(locks("sqlx"), "the lock file is read wrongly");
    for unwanted in UNWANTED {
        assert!(!locks(unwanted), "{unwanted}");
    }
}
