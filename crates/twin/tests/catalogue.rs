//! docs/self-test.md lists every break. To write it, run the test with `ISUTORI_WRITE_DOCS=1`.

use std::{env, fs, path::Path};

use suwaru_twin::{Break, Mutant};

fn page() -> String {
    let catalogue = Break::catalogue();
    let mut page = format!(
        "# What the benchmark notices\n\n\
         A benchmark promises nothing that it does not check, and a check that cannot fail is none. \
         So [the twin](../crates/twin) breaks one rule of [the contract](app.md) after another: \
         the {} below, made from its list. A test (`bench/tests/twin`) runs the consistency check \
         against each of them and asks for exactly this class and code. \
         About 190 more are made in front of the real app by a proxy (`bench/tests/site`).\n\n\
         | what the site does wrong | class | code | the twin's switch |\n|---|---|---|---|\n",
        catalogue.len()
    );
    for Mutant {
        breaks,
        sentence,
        class,
        code,
    } in catalogue
    {
        let name = format!("{breaks:?}");
        let name = name.split(['(', ' ']).next().unwrap_or_default().to_owned();
        page.push_str(&format!("| {sentence} | {class} | `{code}` | `{name}` |\n"));
    }
    page
}

#[test]
fn the_list_of_breaks_is_published() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/self-test.md");
    if env::var_os("ISUTORI_WRITE_DOCS").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == page(),
        "docs/self-test.md is not the twin's list; write it anew with ISUTORI_WRITE_DOCS=1"
    );
}
