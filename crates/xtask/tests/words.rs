//! Holds what must not be written in this repository.

use std::path::Path;
use std::process::Command;

/// Folders that exist on somebody's machine, put together here so as not to name them.
const MACHINES: [&str; 3] = [
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/"),
];

/// A trademark: documents may tell of the contests, but no name of ours may use it.
const TRADEMARK: &str = concat!("isu", "con");

/// Files under version control, or about to be, as paths from the root.
fn list_files(root: &Path) -> Vec<String> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{output:?}");
    let names = String::from_utf8(output.stdout).expect("names in UTF-8");
    names.split_terminator('\0').map(str::to_owned).collect()
}

fn find_faults(file: &str, text: &str) -> Vec<String> {
    let is_document = file.ends_with(".md");
    let mut faults = Vec::new();
    if file.to_lowercase().contains(TRADEMARK) {
        faults.push(format!("{file}: the name holds a trademark"));
    }
    if !is_document && text.to_lowercase().contains(TRADEMARK) {
        faults.push(format!("{file}: code holds a trademark"));
    }
    let machines = MACHINES.iter().filter(|machine| text.contains(*machine));
    faults.extend(machines.map(|machine| format!("{file}: tells of {machine}")));
    faults
}

#[test]
fn files_hold_no_unwanted_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = list_files(&root);
    assert!(files.len() > 20, "git told of too few files: {files:?}");

    // What cannot be read as text is a picture or the like, or was just deleted.
    let read = |file: &String| std::fs::read_to_string(root.join(file)).ok();
    let faults: Vec<String> = files
        .iter()
        .filter_map(|file| Some(find_faults(file, &read(file)?)))
        .flatten()
        .collect();

    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn unwanted_words_are_noticed() {
    let trademark = TRADEMARK.to_uppercase();
    let machine = MACHINES[0];

    assert_eq!(find_faults("src/main.rs", &trademark).len(), 1);
    assert_eq!(find_faults("docs/history.md", &trademark).len(), 0);
    assert_eq!(find_faults(&format!("{TRADEMARK}.md"), "").len(), 1);
    assert_eq!(find_faults("docs/history.md", machine).len(), 1);
}
