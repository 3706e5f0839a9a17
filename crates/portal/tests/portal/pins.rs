//! Teams that somebody wants to keep in view.

use std::time::Duration;

use isutori_portal::teams;
use isutori_protocol::Verdict;
use reqwest::{Method, StatusCode, header};

use crate::{
    app::Portal,
    browser::{Browser, location},
    on_both_stores,
};

on_both_stores!(
    anybody_pins_teams_by_an_address,
    the_line_of_a_pinned_team_is_thick,
    the_big_screen_always_shows_pinned_teams,
    what_a_browser_has_of_it_is_not_sent_again,
);

/// So many more teams without a run.
async fn crowd(portal: &Portal, count: usize) -> Vec<i64> {
    let mut connection = portal.state.connection().await.expect("a connection");
    let mut ids = Vec::new();
    for number in 0..count {
        let name = format!("Team {number:02}");
        let id = teams::create(&mut connection, &name, 0).await;
        ids.push(id.expect("a team"));
    }
    ids
}

/// The names in the table that are shown, a star before those that are highlighted; on a big screen
/// also those that the staff keeps there.
fn rows(page: &str) -> Vec<String> {
    let is_screen = page.contains("class=\"screen\"");
    let rows = page.split("<tr id=\"team-").skip(1);
    let rows = rows.filter_map(|row| {
        let (head, _) = row.split_once('>').expect("a row");
        let is_kept = is_screen && row.contains("class=\"pin kept\"");
        let is_high = head.contains("pinned") || is_kept;
        let (_, team) = row.split_once("class=\"team\"").expect("a team");
        let (_, name) = team.split_once("<span>").expect("a name");
        let name = name.split('<').next().expect("a name");
        let star = if is_high { "*" } else { "" };
        (is_kept || !head.contains("left")).then(|| format!("{star}{name}"))
    });
    rows.collect()
}

async fn anybody_pins_teams_by_an_address(portal: Portal) {
    let ids = crowd(&portal, 4).await;
    let nobody = Browser::nobody(&portal).await;
    let page = nobody.page("/").await;
    assert_eq!(rows(&page), ["Team 00", "Team 01", "Team 02", "Team 03"]);
    let button = format!("form=\"pins\" name=\"toggle\" value=\"{}\"", ids[2]);
    assert!(page.contains(&button), "{page}");
    let answer = nobody.get(&format!("/?top=3&toggle={}", ids[2])).await;
    let pinned = format!("/?pin={}&top=3", ids[2]);
    assert_eq!(location(&answer), pinned);
    let page = nobody.page(&pinned).await;
    assert_eq!(rows(&page), ["Team 00", "Team 01", "*Team 02"]);
    assert!(page.contains("The first 3, and those that are pinned."));
    assert!(page.contains(&format!("name=\"pin\" value=\"{}\"", ids[2])));
    let live = format!(
        "data-live=\"/board{}\" data-pinned=\"{}\" data-top=\"3\"",
        pinned.trim_start_matches('/').replace('&', "&amp;"),
        ids[2]
    );
    assert!(page.contains(&live), "{page}");
    assert!(page.contains(&format!(
        "href=\"/screen{}\"",
        pinned[1..].replace('&', "&#38;")
    )));
    let answer = nobody.get(&format!("{pinned}&toggle={}", ids[2])).await;
    assert_eq!(location(&answer), "/?top=3");
    let page = nobody.page(&format!("/board?pin={}&top=1", ids[2])).await;
    assert_eq!(rows(&page), ["Team 00", "*Team 02"]);
    // One's own team is never left out.
    let member = Browser::member(&portal, ids[3]).await;
    assert_eq!(rows(&member.page("/?top=1").await), ["Team 00", "Team 03"]);
    let page = nobody.page("/?pin=x&pin=99999&top=-1").await;
    assert_eq!(rows(&page).len(), 4);
}

async fn the_line_of_a_pinned_team_is_thick(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let worker = portal.worker("w").await;
    for team in [&a, &b] {
        team.enqueue().await;
        worker.judge(Verdict::Pass, 100).await;
    }
    let nobody = Browser::nobody(&portal).await;
    let page = nobody.page(&format!("/?pin={}", b.id)).await;
    assert_eq!(page.matches("class=\"high line").count(), 1, "{page}");
    assert!(page.contains(&format!("id=\"line-{}\" class=\"high line", b.id)));
}

async fn the_big_screen_always_shows_pinned_teams(portal: Portal) {
    let ids = crowd(&portal, 23).await;
    let nobody = Browser::nobody(&portal).await;
    let staff = Browser::staff(&portal).await;
    let page = nobody.page("/screen").await;
    assert_eq!(rows(&page).len(), 20);
    assert!(page.contains("class=\"board some\""));
    let change = async |team: i64, name: &str, box_: &str| {
        let path = format!("/staff/teams/{team}");
        let answer = staff.post(&path, &[("name", name), (box_, "1")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    };
    change(ids[22], "Team 22", "pinned").await;
    assert!(staff.page("/staff/audit").await.contains("pinned = "));
    let page = nobody.page("/screen").await;
    assert_eq!(rows(&page).len(), 21);
    assert_eq!(rows(&page)[20], "*Team 22");
    let page = nobody.page(&format!("/screen?top=2&pin={}", ids[1])).await;
    assert_eq!(rows(&page), ["Team 00", "*Team 01", "*Team 22"]);
    let live = format!("data-live=\"/board?audience&amp;pin={}&amp;top=2\"", ids[1]);
    assert!(page.contains(&live), "{page}");
    // The staff's pins are for the screen, not for everybody's own page.
    assert!(!rows(&nobody.page("/").await).concat().contains('*'));
    change(ids[21], "Team 21", "hidden").await;
    let page = nobody.page(&format!("/screen?pin={}", ids[21])).await;
    assert!(!page.contains("Team 21"));
}

async fn what_a_browser_has_of_it_is_not_sent_again(portal: Portal) {
    let ids = crowd(&portal, 2).await;
    let nobody = Browser::nobody(&portal).await;
    let path = format!("/board?pin={}", ids[0]);
    let answer = nobody.get(&path).await;
    let tag = answer.headers()[header::ETAG].clone();
    let status = async || {
        let request = nobody.ask(Method::GET, &path);
        let request = request.header(header::IF_NONE_MATCH, tag.clone());
        request.send().await.expect("an answer").status()
    };
    assert_eq!(status().await, StatusCode::NOT_MODIFIED);
    portal.change_team(ids[1], |team| team.hidden = 1).await;
    // Nobody was told.
    portal.wait(Duration::from_secs(6));
    assert_eq!(status().await, StatusCode::OK);
}
