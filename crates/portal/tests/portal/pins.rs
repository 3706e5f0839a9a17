//! Teams that somebody wants to keep in view.

use isutori_portal::teams;
use reqwest::{Method, StatusCode, header};

use crate::{app::Portal, browser::Browser, on_both_stores};

on_both_stores!(
    anybody_pins_teams_by_an_address,
    the_big_screen_always_shows_pinned_teams,
    what_a_browser_has_of_a_view_is_not_sent_again,
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

/// The names in the table, a star before those that are highlighted.
fn rows(page: &str) -> Vec<String> {
    let rows = page.split("<tr class=\"").skip(1);
    let rows = rows.map(|row| {
        let star = if row.starts_with("pinned") { "*" } else { "" };
        let (_, name) = row.split_once("<span>").expect("a name");
        format!("{star}{}", name.split('<').next().expect("a name"))
    });
    rows.collect()
}

async fn anybody_pins_teams_by_an_address(portal: Portal) {
    let ids = crowd(&portal, 4).await;
    let nobody = Browser::nobody(&portal).await;
    let page = nobody.page("/").await;
    assert_eq!(rows(&page), ["Team 00", "Team 01", "Team 02", "Team 03"]);
    let pin = format!("/?pin={}", ids[2]);
    let link = format!("href=\"{pin}\" aria-label=\"Pin Team 02\"");
    assert!(page.contains(&link), "{page}");
    let page = nobody.page(&pin).await;
    assert_eq!(rows(&page), ["Team 00", "Team 01", "*Team 02", "Team 03"]);
    assert!(page.contains("href=\"/\" aria-label=\"Unpin Team 02\""));
    assert!(page.contains(&format!("data-live=\"/board?pin={}\"", ids[2])));
    assert!(page.contains(&format!("href=\"/screen?pin={}\"", ids[2])));
    let top = format!("/board?pin={}&top=1", ids[2]);
    let page = nobody.page(&top).await;
    assert_eq!(rows(&page), ["Team 00", "*Team 02"]);
    assert!(page.contains("2 more teams."));
    // One's own team is never left out.
    let member = Browser::member(&portal, ids[3]).await;
    let page = member.page("/?top=1").await;
    assert_eq!(rows(&page), ["Team 00", "Team 03"]);
    assert!(
        nobody
            .page("/?pin=x&pin=99999&top=-1")
            .await
            .contains("Team 03")
    );
}

async fn the_big_screen_always_shows_pinned_teams(portal: Portal) {
    let ids = crowd(&portal, 23).await;
    let nobody = Browser::nobody(&portal).await;
    let staff = Browser::staff(&portal).await;
    let page = nobody.page("/screen").await;
    assert_eq!(rows(&page).len(), 20);
    assert!(page.contains("3 more teams.") && !page.contains("href=\"/?"));
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
    // The staff's pins are for the screen, not for everybody's own page.
    assert!(!nobody.page("/").await.contains("class=\"pinned\""));
    change(ids[21], "Team 21", "hidden").await;
    let page = nobody.page(&format!("/screen?pin={}", ids[21])).await;
    assert!(!page.contains("Team 21"));
}

async fn what_a_browser_has_of_a_view_is_not_sent_again(portal: Portal) {
    let ids = crowd(&portal, 2).await;
    let nobody = Browser::nobody(&portal).await;
    let path = format!("/board?pin={}", ids[0]);
    let answer = nobody.get(&path).await;
    let tag = answer.headers()[header::ETAG].clone();
    let status = async |path: &str| {
        let request = nobody.ask(Method::GET, path);
        let request = request.header(header::IF_NONE_MATCH, tag.clone());
        request.send().await.expect("an answer").status()
    };
    assert_eq!(status(&path).await, StatusCode::NOT_MODIFIED);
    assert_eq!(status("/board").await, StatusCode::OK);
}
