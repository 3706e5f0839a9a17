//! Where the time of an access log was spent.

use serde_json::Value;

use crate::place::Place;

const LTSV: &str = "\
time:2026-04-01T00:00:00Z\thost:-\tmethod:GET\turi:/people/aki\troute:/people/{name}\tstatus:200\tsize:10\treqtime:0.200\tua:x
time:2026-04-01T00:00:00Z\thost:-\tmethod:GET\turi:/people/ken?page=2\tstatus:200\tsize:30\treqtime:0.400\tua:x
time:2026-04-01T00:00:01Z\thost:-\tmethod:POST\turi:/entries/12/comments\tstatus:302\tsize:-\treqtime:0.100\tua:x
nonsense
";
const JSON: &str = r#"{"method":"GET","uri":"/people/yo","status":500,"size":0,"reqtime":0.9}
"#;

#[test]
fn routes_are_ranked_by_the_time_they_took() {
    let place = Place::new();
    let [ltsv, json] = [("a.log", LTSV), ("b.log", JSON)].map(|(name, text)| {
        let file = place.write(name, text.as_bytes());
        file.display().to_string()
    });

    let ran = place.run(&["access-log", &ltsv, &json]).expect_code(0);

    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "4 requests, 1.600 s together");
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let expected = "1.500 94% 3 0.500 0.400 0.900 0.900 0.900 2 0 0 1 13 GET /people/:name";
    assert_eq!(words(lines[3]), words(expected));
    let expected = "0.100 6% 1 0.100 0.100 0.100 0.100 0.100 0 1 0 0 0 POST /entries/:id/comments";
    assert_eq!(words(lines[4]), words(expected));
    assert!(
        ran.stderr
            .contains("1 lines are no requests; the first is line 4")
    );

    let sorted = ["access-log", &ltsv, "--json", "--sort", "count"];
    let report: Value = place.run(&sorted).expect_code(0).json();
    assert_eq!(report["requests"], 3);
    assert_eq!(report["routes"][0]["route"], "/people/:name");
}

#[test]
fn what_is_no_access_log_is_refused_with_what_to_do() {
    let place = Place::new();
    let combined = r#"192.0.2.1 - - [01/Apr/2026:00:00:00 +0900] "GET / HTTP/1.1" 200 12"#;
    let file = place.write("access.log", combined.as_bytes());
    let file = file.display().to_string();

    let refused = place.run(&["access-log", &file]).expect_code(2).stderr;
    assert!(refused.contains("no requests in 1 lines; the first is line 1: no status"));
    assert!(refused.contains("log_format ltsv"), "{refused}");
    let missing = place.run(&["access-log", "nowhere.log"]).expect_code(2);
    assert!(missing.stderr.contains("cannot read nowhere.log"));
    let pattern = place.run(&["access-log", &file, "--route", "people"]);
    assert!(
        pattern
            .expect_code(2)
            .stderr
            .contains("a pattern begins with /")
    );
}
