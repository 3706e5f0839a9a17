//! docs/result.md names every field of the files that a run leaves behind for programs.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json, to_value};

use crate::sample;

/// The keys of all objects, as paths such as `health.machine.site_seconds`; lists add nothing.
fn collect_keys(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                collect_keys(field, &path, keys);
                keys.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, path, keys)),
        _ => {}
    }
}

fn keys_of(value: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    collect_keys(value, "", &mut keys);
    keys
}

/// The first column of the tables below the head `## FILE`, up to the next head.
fn documented(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/result.md");
    let text = fs::read_to_string(path).expect("docs/result.md");
    let head = format!("## {file}");
    let section = text.lines().skip_while(|line| *line != head).skip(1);
    section
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(field, _)| field.to_owned())
        .collect()
}

#[test]
fn every_field_of_a_result_is_documented() {
    let result = to_value(sample::full()).expect("JSON");
    assert_eq!(keys_of(&result), documented("result.json"));
}

#[test]
fn every_field_of_a_timeline_is_documented() {
    let timeline = to_value(sample::timeline(&sample::full())).expect("JSON");
    assert_eq!(keys_of(&timeline), documented("timeline.json"));
}

#[test]
fn every_field_of_a_failure_is_documented() {
    let failure = to_value(sample::kept_failure()).expect("JSON");
    assert_eq!(keys_of(&failure), documented("failures/NNN.json"));
    let mut fields = failure.as_object().expect("an object").values();
    assert!(fields.all(|field| !field.is_null()), "{failure}");
}

/// A field that the sample left out would never be looked for.
#[test]
fn the_full_sample_leaves_nothing_out() {
    let result = to_value(sample::full()).expect("JSON");
    let is_empty = |value: &&Value| value.is_null() || **value == json!([]);
    let fields = result.as_object().expect("an object").values();
    let health = result["health"].as_object().expect("an object").values();
    assert_eq!(fields.chain(health).find(is_empty), None);
    let keys = keys_of(&result);
    for optional in ["note", "health.machine.site_seconds", "health.disturbance"] {
        assert!(keys.contains(optional), "{optional} is not in {keys:?}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    let result = sample::full();
    let written = (sample::timeline(&result), sample::kept_failure(), result);
    let text = serde_json::to_string(&written).expect("JSON");
    let read = serde_json::from_str(&text).expect("the same types");
    assert!(written == read, "{text}");
}
