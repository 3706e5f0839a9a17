//! The leaderboard as it is told to those who look on: what is different, and nothing else.

use std::{io::Read, time::Duration};

use flate2::read::GzDecoder;
use isutori_protocol::Verdict;
use reqwest::{Method, Response, header};
use serde_json::Value;

use crate::{app::Portal, browser::Browser, on_both_stores};

on_both_stores!(
    what_is_told_is_what_is_different,
    who_comes_back_is_told_what_was_missed,
    during_a_freeze_a_team_hears_of_itself_alone,
    what_is_hidden_is_told_to_its_own_team_alone,
    whoever_takes_it_zipped_gets_the_same,
);

/// The tag of the leaderboard that a page has.
async fn tag(browser: &Browser) -> String {
    let page = browser.page("/board").await;
    let (_, rest) = page.split_once("data-tag=\"").expect("a tag");
    rest.split_once('"').expect("its end").0.to_owned()
}

/// Listens from that leaderboard on.
async fn listen(browser: &Browser, tag: &str, last_told: Option<&str>) -> Response {
    let mut request = browser.ask(Method::GET, &format!("/events?board={tag}"));
    if let Some(last) = last_told {
        request = request.header("last-event-id", last);
    }
    request.send().await.expect("an answer")
}

/// The next event's id and data.
async fn next(events: &mut Response) -> (Option<String>, Value) {
    let mut text = String::new();
    while !text.ends_with("\n\n") {
        let more = events.chunk().await.expect("events").expect("an event");
        text.push_str(str::from_utf8(&more).expect("UTF-8"));
    }
    let field = |name: &str| {
        let mut lines = text.lines();
        lines
            .find_map(|line| line.strip_prefix(name))
            .map(str::to_owned)
    };
    let data = field("data: ").expect("data");
    (field("id: "), serde_json::from_str(&data).expect("JSON"))
}

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().expect("an object").keys().collect()
}

async fn what_is_told_is_what_is_different(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let c = portal.team("c").await;
    let worker = portal.worker("w").await;
    for (team, score) in [(&a, 9_000), (&b, 8_000), (&c, 6_000)] {
        team.enqueue().await;
        worker.judge(Verdict::Pass, score).await;
    }
    let nobody = Browser::nobody(&portal).await;
    let before = tag(&nobody).await;
    let mut events = listen(&nobody, &before, None).await;
    // What the leaderboard does not show is not told.
    b.enqueue().await;
    worker.judge(Verdict::Void, 0).await;
    worker.judge(Verdict::Pass, 5_000).await;

    let (id, told) = next(&mut events).await;

    let after = tag(&nobody).await;
    assert_eq!(id.as_ref(), Some(&after));
    let steps = told["board"].as_array().expect("steps");
    let [step] = &**steps else {
        panic!("{told}");
    };
    assert_eq!(
        (&step["from"], &step["to"]),
        (&before.into(), &after.into())
    );
    let (b, number, place) = (b.id.to_string(), b.id, 2);
    assert_eq!(keys(&step["rows"]), [&b]);
    assert_eq!(step["moves"], serde_json::json!([[number, place]]));
    assert_eq!(keys(&step["lines"]), [&b]);
    assert!(step["parts"].as_object().expect("an object").is_empty());
    let row = step["rows"][&b].as_str().expect("a row");
    assert!(row.contains("5,000"), "{row}");
}

async fn who_comes_back_is_told_what_was_missed(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let worker = portal.worker("w").await;
    let nobody = Browser::nobody(&portal).await;
    let mut tags = vec![tag(&nobody).await];
    for (team, score) in [(&a, 700), (&b, 600), (&a, 900)] {
        team.enqueue().await;
        worker.judge(Verdict::Pass, score).await;
        tags.push(tag(&nobody).await);
    }

    let mut events = listen(&nobody, &tags[0], Some(&tags[1])).await;
    let (id, told) = next(&mut events).await;
    let steps = told["board"].as_array().expect("steps");
    let tos: Vec<&str> = steps
        .iter()
        .filter_map(|step| step["to"].as_str())
        .collect();
    assert_eq!(tos, [&*tags[2], &*tags[3]]);
    assert_eq!(id.as_deref(), Some(&*tags[3]));

    let mut events = listen(&nobody, "0123", None).await;
    let (_, told) = next(&mut events).await;
    assert_eq!(told, serde_json::json!({"reload": true}));
}

async fn during_a_freeze_a_team_hears_of_itself_alone(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let worker = portal.worker("w").await;
    for team in [&a, &b] {
        team.enqueue().await;
        worker.judge(Verdict::Pass, 4_000).await;
    }
    portal.wait(Duration::from_secs(6 * 3_600 + 1_800));
    let nobody = Browser::nobody(&portal).await;
    let own = Browser::member(&portal, b.id).await;
    let (of_all, of_own) = (tag(&nobody).await, tag(&own).await);
    let mut events = listen(&own, &of_own, None).await;

    a.enqueue().await;
    worker.judge(Verdict::Pass, 98_765).await;
    assert_eq!(
        (tag(&nobody).await, tag(&own).await),
        (of_all.clone(), of_own)
    );
    b.enqueue().await;
    worker.judge(Verdict::Pass, 4_321).await;

    let (_, told) = next(&mut events).await;
    let told = told.to_string();
    assert!(told.contains("4,321") && !told.contains("98,765"), "{told}");
    assert_eq!(tag(&nobody).await, of_all);
}

async fn what_is_hidden_is_told_to_its_own_team_alone(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    portal.change_team(b.id, |team| team.hidden = 1).await;
    let nobody = Browser::nobody(&portal).await;
    let (other, own) = (
        Browser::member(&portal, a.id).await,
        Browser::member(&portal, b.id).await,
    );
    let staff = Browser::staff(&portal).await;
    let worker = portal.worker("w").await;
    let of_all = tag(&nobody).await;
    assert_eq!(tag(&other).await, of_all);
    let tags = (tag(&own).await, tag(&staff).await);

    b.enqueue().await;
    worker.judge(Verdict::Pass, 4_321).await;

    assert_eq!(
        (tag(&nobody).await, tag(&other).await),
        (of_all.clone(), of_all)
    );
    let now = (tag(&own).await, tag(&staff).await);
    assert!(now.0 != tags.0 && now.1 != tags.1);
}

async fn whoever_takes_it_zipped_gets_the_same(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    team.enqueue().await;
    worker.judge(Verdict::Pass, 4_321).await;
    let nobody = Browser::nobody(&portal).await;
    for path in ["/board", "/board.json"] {
        let plain = nobody.page(path).await;
        let request = nobody.ask(Method::GET, path);
        let request = request.header(header::ACCEPT_ENCODING, "br, gzip");
        let zipped = request.send().await.expect("an answer");
        assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
        let zipped = zipped.bytes().await.expect("bytes");
        let mut text = String::new();
        let read = GzDecoder::new(&*zipped).read_to_string(&mut text);
        read.expect("a zipped text");
        assert_eq!(text, plain);
    }
}
