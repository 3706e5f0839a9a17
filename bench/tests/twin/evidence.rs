//! What a run keeps, and what can be done with it later.

use std::{fs, time::Duration};

use isutori_bench::{
    past_run::{PastRun, PastRunError},
    replay::{Outcome, Replay, Replayed},
    run::Finished,
    verify::verify,
};
use isutori_protocol::{KeptFailure, Phase, RunResult, Verdict, Verified};
use suwaru_twin::{Break, Rules, Twin};
use tempfile::TempDir;

use crate::sparring::{run_into, start};

/// Enough to come across what is everywhere.
const SHORT: Duration = Duration::from_secs(3);
/// Enough to write something of most kinds.
const LONG: Duration = Duration::from_secs(8);

/// A run that is over, and its site.
struct Past {
    twin: Twin,
    finished: Finished,
    _runs: TempDir,
}

/// Makes a run against a twin that breaks a rule during one phase, and keeps it from then on.
async fn run_breaking(breaks: impl IntoIterator<Item = Break>, when: Phase) -> Past {
    run_for(SHORT, breaks, when).await
}

/// The same with so long a load.
async fn run_for(load: Duration, breaks: impl IntoIterator<Item = Break>, when: Phase) -> Past {
    let (twin, target) = start(Rules::default());
    let breaks: Vec<Break> = breaks.into_iter().collect();
    let runs = tempfile::tempdir().unwrap();
    let enter = |phase| {
        let breaks = (phase == when).then_some(breaks.iter().copied());
        twin.go_by(Rules::breaking(breaks.into_iter().flatten()));
    };
    let finished = run_into(runs.path(), &target, load, enter).await;
    twin.go_by(Rules::default());
    Past {
        twin,
        finished,
        _runs: runs,
    }
}

impl Past {
    fn open(&self) -> PastRun {
        PastRun::open(&self.finished.folder, &[], None).unwrap()
    }

    async fn replay(&self, number: u32) -> Replayed {
        let run = self.open();
        let replay = Replay::prepare(&run, number).unwrap();
        replay.play(|_| ()).await.unwrap()
    }

    async fn verify(&self) -> Verified {
        verify(&self.open(), true, Duration::ZERO, |_, _| ())
            .await
            .unwrap()
    }

    fn failure(&self, number: u32) -> KeptFailure {
        let path = self
            .finished
            .folder
            .join(format!("failures/{number:03}.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }
}

/// The number of the first file of a kind.
fn number_of(result: &RunResult, code: &str) -> u32 {
    let kind = result.failures.iter().find(|kind| kind.code == code);
    kind.unwrap_or_else(|| panic!("no {code} in {:?}", result.failures))
        .files[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_under_load_is_kept_and_happens_again_until_it_is_mended() {
    let past = run_breaking([Break::WrongAuthor], Phase::Load).await;
    let number = number_of(&past.finished.result, "entry.author");

    let kept = past.failure(number);
    assert_eq!((kept.number, kept.phase), (number, Phase::Load));
    assert!(
        kept.seconds.is_some_and(|s| (0.0..=3.1).contains(&s)),
        "{kept:?}"
    );
    let person = kept.person.unwrap();
    assert!(person.scenario.is_some() && person.step.is_some());
    assert_eq!(kept.request.unwrap().method, "GET");
    let response = kept.response.unwrap();
    assert_eq!(response.status, 200);
    let page = response.body.unwrap().text;
    assert!(page.contains("class=\"entry\""), "{page}");
    let tokens = page.split("name=\"csrf\" value=\"").skip(1);
    tokens.for_each(|rest| assert!(rest.starts_with('…'), "{rest}"));

    past.twin.go_by(Rules::breaking([Break::WrongAuthor]));
    let again = past.replay(number).await;
    assert_eq!(again.outcome, Outcome::Again, "{again:#?}");
    let last = again.asked.last().unwrap();
    assert_eq!(last.failure.as_ref().unwrap().code, "entry.author");

    past.twin.go_by(Rules::breaking([Break::NoStylesheet]));
    let other = past.replay(number).await;
    assert_eq!(other.outcome, Outcome::Other, "{other:#?}");
    let codes = |failure: Option<KeptFailure>| failure.unwrap().code;
    assert_eq!(codes(other.now), "page.assets");

    past.twin.go_by(Rules::default());
    let gone = past.replay(number).await;
    assert_eq!(gone.outcome, Outcome::Gone, "{gone:#?}");
    assert!(gone.asked.iter().any(|asked| asked.status == Some(200)));
}

/// The same person with the same account does the same things in the same order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_is_the_visit_of_the_person_who_failed() {
    let past = run_breaking([Break::Fail("/people/", 1)], Phase::Load).await;
    let number = number_of(&past.finished.result, "http.status");
    let person = past.failure(number).person.unwrap();

    let replayed = past.replay(number).await;

    assert_eq!(replayed.outcome, Outcome::Gone, "{replayed:#?}");
    let played = replayed.asked.iter().rev().find_map(|asked| asked.scenario);
    assert_eq!(played, person.scenario.as_deref());
    let account = person.account.unwrap_or_default();
    let logins = replayed.asked.iter().filter(|asked| asked.path == "/login");
    assert_eq!(logins.count() > 0, !account.is_empty(), "{replayed:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_of_the_check_is_looked_for_by_the_check() {
    let breaks = Break::ShowPrivateEntries;
    let past = run_breaking([breaks], Phase::ConsistencyCheck).await;
    let number = number_of(&past.finished.result, "entry.leaked");
    let kept = past.failure(number);
    assert_eq!((number, kept.phase), (1, Phase::ConsistencyCheck));
    assert!(kept.response.is_some());

    past.twin.go_by(Rules::breaking([breaks]));
    assert_eq!(past.replay(1).await.outcome, Outcome::Again);

    past.twin.go_by(Rules::default());
    assert_eq!(past.replay(1).await.outcome, Outcome::Gone);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_verified_until_it_is_gone() {
    let past = run_for(LONG, [], Phase::Load).await;
    let result = &past.finished.result;
    assert_eq!(result.verdict, Verdict::Pass, "{:?}", result.reasons);

    // Twice, because looking must not change what is looked at.
    for _ in 0..2 {
        let verified = past.verify().await;
        assert_eq!(verified.lost, []);
        assert_eq!(verified.broke_off, None);
        assert!(verified.acknowledged > 10, "{verified:?}");
        assert_eq!(verified.looked_for, verified.acknowledged);
    }

    past.twin
        .go_by(Rules::breaking([Break::ShowPrivateEntries]));
    assert_eq!(past.verify().await.lost, [], "nothing is lost");

    past.twin.go_by(Rules::breaking([Break::NoEllipsis]));
    assert!(past.verify().await.lost.len() > 1, "each is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_is_gone_has_lost_nothing() {
    let past = run_breaking([], Phase::Load).await;
    let Past {
        twin,
        finished,
        _runs,
    } = past;
    drop(twin);
    let run = PastRun::open(&finished.folder, &[], None).unwrap();

    let patience = Duration::from_millis(10);
    let verified = verify(&run, false, patience, |_, _| ()).await.unwrap();

    assert_eq!(verified.lost, []);
    assert_eq!(verified.broke_off.unwrap().code, "http.connect");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_final_check_is_made_again_by_verify() {
    let past = run_breaking([Break::NoEllipsis], Phase::FinalCheck).await;
    let number = number_of(&past.finished.result, "entry.altered");
    let kept = past.failure(number);
    assert_eq!((&*kept.class, kept.phase), ("critical", Phase::FinalCheck));

    let run = past.open();
    let refused = Replay::prepare(&run, number).err();

    assert!(matches!(refused, Some(PastRunError::FinalCheck(_))));
}
