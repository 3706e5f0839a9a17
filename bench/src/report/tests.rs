//! The page of sample runs: whole, self-contained, and proof against hostile text.

use isutori_protocol::sample::{
    disturbed, endpoint, failed, full, hostile, passed, timeline, void,
};
use scraper::{Html, Selector};

use super::*;

fn page(result: &RunResult) -> String {
    render(result, Some(&timeline(result)), Some(&passed())).expect("a page")
}

fn count(page: &str, selector: &str) -> usize {
    let selector = Selector::parse(selector).expect("a selector");
    Html::parse_document(page).select(&selector).count()
}

fn text(page: &str, selector: &str) -> String {
    let selector = Selector::parse(selector).expect("a selector");
    let page = Html::parse_document(page);
    let elements = page.select(&selector);
    elements.flat_map(|element| element.text()).collect()
}

/// The parser of browsers mends everything, so it must have had nothing to mend.
fn assert_well_formed(page: &str) {
    let parsed = Html::parse_document(page);
    assert_eq!(parsed.errors, [""; 0], "{page}");
}

/// Nothing is fetched and nothing is run.
fn assert_self_contained(page: &str) {
    for element in [
        "script", "link", "iframe", "object", "embed", "img", "base", "form",
    ] {
        assert_eq!(count(page, element), 0, "{element}");
    }
    let parsed = Html::parse_document(page);
    let elements = parsed
        .tree
        .nodes()
        .filter_map(|node| node.value().as_element());
    for (name, value) in elements.flat_map(|element| element.attrs()) {
        let fetches = matches!(
            name,
            "src" | "href" | "srcset" | "data" | "xlink:href" | "action"
        );
        assert!(!fetches && !name.starts_with("on"), "{name}={value}");
    }
    let style = text(page, "style");
    assert!(
        !style.contains("url(") && !style.contains("@import"),
        "{style}"
    );
}

#[test]
fn every_kind_of_run_has_a_page() {
    for run in [passed(), full(), failed(), void(), disturbed(), hostile()] {
        let page = page(&run);
        assert_well_formed(&page);
        assert_self_contained(&page);
        assert_eq!(text(&page, "header .verdict"), run.verdict.word());
        assert!(count(&page, "figure svg") >= 5);
    }
}

#[test]
fn hostile_text_stays_text() {
    let run = hostile();
    let attack = run.note.clone().expect("a note");

    let page = page(&run);

    assert_eq!(text(&page, "header .note"), attack);
    assert_eq!(
        text(&page, ".failures code"),
        attack.repeat(run.failures.len())
    );
    assert!(text(&page, ".reasons").contains(&attack));
    assert!(text(&page, ".warning").contains(&attack));
    assert!(text(&page, "table").contains(&attack));
    assert!(text(&page, "svg").contains(&attack));
    assert!(!page.contains("<script") && !page.contains("<img"));
}

#[test]
fn the_page_tells_what_the_result_does() {
    let run = full();

    let page = page(&run);

    let told = text(&page, "body");
    let expected = [
        "10,740",
        "12,345 points × 0.870",
        "a sentence that explains the verdict",
        "the machine was not quiet",
        "index on comments",
        "834256160",
        "small-1-v1-ff716553d3ae3fde",
        "GET /entries/:id",
        "an example of entry.body",
        "Kept whole: failures/001.json, failures/002.json",
        "17.5 ms at most",
        "70.0 ms (p95), 90.0 ms at most",
        "computing 75 %, waiting for a processor 25 %",
        "3 % of the load",
        "1,100 of 20,000",
        "82 ms (152 ms)",
        "In brackets",
        "before PASS 12,345, now PASS 10,740: -13.0 %",
        "within noise",
        "the later run was disturbed",
    ];
    for words in expected {
        assert!(told.contains(words), "{words:?} is not in {told}");
    }
}

#[test]
fn a_run_that_never_came_to_its_load_has_a_page_without_plots() {
    let run = RunResult {
        endpoints: Vec::new(),
        ..failed()
    };

    let page = render(&run, None, None).expect("a page");

    assert_well_formed(&page);
    assert_eq!(count(&page, "figure"), 0);
    assert!(text(&page, "main").contains("The load never began"));
}

/// A file may hold anything that is of the right shape.
#[test]
fn absurd_figures_do_no_harm() {
    let mut run = full();
    run.endpoints = vec![endpoint("GET /", u64::from(u32::MAX), 3, 1e300)];
    let machine = run.health.machine.as_mut().expect("a machine");
    machine.capacity_seconds = 0.0;
    let mut timeline = timeline(&run);
    timeline.bucket_limits_ms.truncate(3);
    timeline.seconds[7].until = 0.0;
    timeline.seconds[9].endpoint_p50_ms.clear();
    timeline.seconds[11].buckets = vec![u64::MAX; 2];
    timeline.seconds.truncate(12);

    let page = render(&run, Some(&timeline), Some(&run)).expect("a page");

    assert_well_formed(&page);
}
