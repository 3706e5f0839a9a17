//! The staff acts for a team.

use isutori_portal::people;
use reqwest::StatusCode;

use crate::{
    app::Portal,
    browser::{Browser, form_token, location},
    on_both_stores,
};

on_both_stores!(
    whoever_acts_for_a_team_does_what_it_can_and_no_more,
    a_form_from_before_is_not_sent_for_another_team,
    acting_ends_with_the_session,
    a_member_never_acts_for_another_team,
);

async fn whoever_acts_for_a_team_does_what_it_can_and_no_more(portal: Portal) {
    let [a, b] = [portal.team("chairs").await, portal.team("others").await];
    let job = b.enqueue().await.id;
    let mut actor = Browser::actor(&portal, a.id).await;
    for path in [
        "/",
        "/team",
        "/team/questions",
        "/announcements",
        "/team/pastes",
    ] {
        let page = actor.page(path).await;
        let banner = "You act for the team <b>chairs</b>";
        assert!(page.contains(banner), "{path}: {page}");
        assert!(page.contains("action=\"/acting/end\""), "{path}");
        assert!(!page.contains("href=\"/staff"), "{path}");
    }
    let refused = actor.get("/staff").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(
        refused
            .text()
            .await
            .expect("a page")
            .contains("<b>chairs</b>")
    );
    let other = actor.get(&format!("/team/jobs/{job}")).await;
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
    let fields = [("note", "by the staff")];
    let enqueued = actor.post("/team/jobs", &fields).await;
    let own = location(&enqueued).to_owned();
    assert!(actor.page(&own).await.contains("by the staff"));
    // What is refused was tried all the same.
    let again = actor.post("/team/jobs", &fields).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    actor.post("/team/token", &[]).await;
    let back = actor.post("/acting/end", &[]).await;
    assert_eq!(location(&back), "/staff/teams");
    let page = actor.page("/staff/audit").await;
    assert!(!page.contains("You act for"));
    actor.form_token = form_token(&page);
    let row = |what: &str, detail: &str| {
        let row = format!("<td>{what}</td><td class=\"text\">{detail}</td>");
        page.matches(&row).count()
    };
    assert_eq!(row("act for", "chairs"), 1, "{page}");
    let told = "chairs: /team/jobs\nnote = &#34;by the staff&#34;";
    assert_eq!(row("as a team", told), 2, "{page}");
    assert_eq!(row("as a team", "chairs: /team/token"), 1);
    assert_eq!(row("stop acting for", "chairs"), 1);
    assert!(!page.contains(&actor.form_token.repeat(2)));
    assert_eq!(page.matches(">as a team<").count(), 3);
    let again = actor.post("/acting/end", &[]).await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
    let closed = actor.get("/team").await;
    assert_eq!(closed.status(), StatusCode::FORBIDDEN);
}

async fn a_form_from_before_is_not_sent_for_another_team(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let mut actor = Browser::actor(&portal, a.id).await;
    let old = actor.form_token.clone();
    actor.post("/acting/end", &[]).await;
    actor.form_token = form_token(&actor.page("/staff").await);
    actor.post(&format!("/staff/teams/{}/act", b.id), &[]).await;
    let fields = [("name", "web"), ("form_token", old.as_str())];
    let refused = actor.post_bare("/team/hosts/remove", &fields).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(actor.page("/team").await.contains("http://b.example"));
}

async fn acting_ends_with_the_session(portal: Portal) {
    let team = portal.team("a").await;
    let actor = Browser::actor(&portal, team.id).await;
    let out = actor.post("/logout", &[]).await;
    assert_eq!(location(&out), "/");
    assert_eq!(location(&actor.get("/team").await), "/login?next=%2Fteam");
    // Another session of one of the staff acts for nobody.
    let staff = Browser::staff(&portal).await;
    assert!(!staff.page("/staff").await.contains("You act for"));
}

async fn a_member_never_acts_for_another_team(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let member = Browser::member(&portal, a.id).await;
    let begin = format!("/staff/teams/{}/act", b.id);
    assert_eq!(
        member.post(&begin, &[]).await.status(),
        StatusCode::FORBIDDEN
    );
    // Not even when the database says so.
    let mut connection = portal.state.connection().await.expect("a connection");
    people::act_for(&mut connection, member.session(), Some(b.id))
        .await
        .expect("a session");
    let page = member.page("/team").await;
    assert!(page.contains("http://a.example") && !page.contains("You act for"));
}
