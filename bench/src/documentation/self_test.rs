//! docs/self-test.md: every rule that the twin can break, the check that notices, and what that
//! costs. To write it, run the test with `ISUTORI_WRITE_DOCS=1`.

use std::{env, fs, path::Path};

use isutori_engine::score::{TIMEOUT_WEIGHT, WRONG_WEIGHT};
use suwaru_twin::{Break, Mutant};

use crate::{
    language::Language,
    meanings::{self, Meaning},
};

fn page() -> String {
    let catalogue = Break::catalogue();
    let mut page = format!(
        "# What the benchmark notices\n\n\
         A benchmark promises nothing that it does not check, and a check that cannot fail is none. \
         So [the twin](../crates/twin) breaks one rule of [the contract](app.md) after another: \
         the {} below, made from its list. A test (`bench/tests/twin`) runs the consistency check \
         against each of them and asks for exactly this class and code. \
         About 190 more are made in front of the real app by a proxy (`bench/tests/site`).\n\n\
         | rule | code | what the mutant does | its switch | class | what that costs |\n\
         |---|---|---|---|---|---|\n",
        catalogue.len()
    );
    for mutant in catalogue {
        page.push_str(&line(&mutant));
    }
    page.push_str(
        "\n## What the codes mean\n\n\
         The sentence of a failure says what was seen; this is the rule behind it, as the report \
         and the logs say it.\n\n\
         | code | English | 日本語 |\n|---|---|---|\n",
    );
    for meaning in meanings::ALL {
        let [english, japanese] = Language::ALL.map(|language| meaning.in_words(language));
        page.push_str(&format!(
            "| `{}` | {english} | {japanese} |\n",
            meaning.code
        ));
    }
    page
}

fn line(mutant: &Mutant) -> String {
    let Mutant {
        sentence,
        class,
        code,
        ..
    } = mutant;
    let name = mutant.name();
    let rule = meanings::of(code).map(|meaning: Meaning| meaning.in_words(Language::English));
    let rule = rule.expect("every code has a meaning");
    let cost = match *class {
        "critical" => "the run fails".to_owned(),
        "timeout" => format!("{TIMEOUT_WEIGHT} % for each 1 % of the requests"),
        _ => format!("{WRONG_WEIGHT} % for each 1 % of the requests"),
    };
    format!("| {rule} | `{code}` | {sentence} | `{name}` | {class} | {cost} |\n")
}

#[test]
fn the_list_of_breaks_is_published() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/self-test.md");
    if env::var_os("ISUTORI_WRITE_DOCS").is_some() {
        fs::write(&path, page()).expect("the page can be written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == page(),
        "docs/self-test.md is not the twin's list; write it anew with ISUTORI_WRITE_DOCS=1"
    );
}
