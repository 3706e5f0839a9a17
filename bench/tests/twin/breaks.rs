//! Every rule that the twin can break is missed.

use std::time::Duration;

use futures::{StreamExt, stream};
use isutori_bench::run;
use isutori_protocol::Phase;
use suwaru_twin::{Break, Mutant, Rules};

use crate::{
    app::check_settings,
    sparring::{run_briefly, start},
};

/// A check mostly waits for the grace period, so that many share a processor.
const AT_ONCE: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_break_is_caught_by_the_check() {
    let complaints: Vec<String> = stream::iter(Break::catalogue())
        .map(escape_the_check)
        .buffer_unordered(AT_ONCE)
        .filter_map(async |complaint| complaint)
        .collect()
        .await;
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// What is to be complained of, if the check does not find what it must.
async fn escape_the_check(mutant: Mutant) -> Option<String> {
    let (_twin, target) = start(Rules::breaking([mutant.breaks]));
    let found = match run::check(&check_settings(&target)).await {
        Ok(Some(failure)) => {
            let found = (&*failure.class.to_string(), &*failure.code);
            if found == (mutant.class, mutant.code) {
                return None;
            }
            failure.to_string()
        }
        Ok(None) => "NOT CAUGHT".to_owned(),
        Err(error) => error.to_string(),
    };
    Some(complain(&mutant, &found))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_breaks_under_load_is_caught_as_well() {
    let catalogue = Break::catalogue().into_iter();
    let mutants: Vec<Mutant> = catalogue.filter(|m| is_everywhere(m.breaks)).collect();
    assert_eq!(mutants.len(), 4);
    assert_caught_under_load(mutants, Duration::from_secs(4)).await;
}

/// Nobody would have to come across these: others read what they like.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_only_late_is_noticed_because_somebody_goes_to_see() {
    let catalogue = Break::catalogue().into_iter();
    let mutants: Vec<Mutant> = catalogue.filter_map(very_late).collect();
    assert_eq!(mutants.len(), 2);
    assert_caught_under_load(mutants, Duration::from_secs(12)).await;
}

/// The same mutant, so late that a short load is over before it can be right.
fn very_late(mutant: Mutant) -> Option<Mutant> {
    let late = Duration::from_secs(20);
    let breaks = match mutant.breaks {
        Break::LateComments(_) => Break::LateComments(late),
        Break::LateEntries(_) => Break::LateEntries(late),
        _ => return None,
    };
    Some(Mutant { breaks, ..mutant })
}

async fn assert_caught_under_load(mutants: Vec<Mutant>, load: Duration) {
    let complaints: Vec<String> = stream::iter(mutants)
        .map(async |mutant| escape_the_load(mutant, load).await)
        .buffer_unordered(2)
        .filter_map(async |complaint| complaint)
        .collect()
        .await;
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Whether everybody comes across it within seconds.
fn is_everywhere(breaks: Break) -> bool {
    matches!(
        breaks,
        Break::NoStylesheet | Break::WrongAuthor | Break::WholeSeconds | Break::Fail(..)
    )
}

/// The same of a run, when the rule is broken during the load alone.
async fn escape_the_load(mutant: Mutant, load: Duration) -> Option<String> {
    let (twin, target) = start(Rules::default());
    let enter = |phase| {
        let breaks = (phase == Phase::Load).then_some(mutant.breaks);
        twin.go_by(Rules::breaking(breaks));
    };
    let result = run_briefly(&target, load, enter).await;
    let mut failures = result.failures.iter();
    let is_caught =
        failures.any(|failure| (&*failure.class, &*failure.code) == (mutant.class, mutant.code));
    (!is_caught).then(|| complain(&mutant, &format!("{:?}", result.failures)))
}

fn complain(mutant: &Mutant, found: &str) -> String {
    let Mutant {
        breaks,
        sentence,
        class,
        code,
    } = mutant;
    format!("{breaks:?} ({sentence}): expected {class} [{code}], got {found}")
}
