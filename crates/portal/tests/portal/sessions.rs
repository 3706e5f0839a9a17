//! Who comes in: forms, logins, invitations.

use std::{net::SocketAddr, time::Duration};

use isutori_portal::{
    people::{self, Role},
    router::router,
    secret,
    state::Settings,
};
use reqwest::{Method, StatusCode, header};

use crate::{
    app::Portal,
    browser::{Browser, form_token, join, location},
    on_both_stores,
};

on_both_stores!(
    a_form_without_its_token_is_refused,
    somebody_logs_in_and_out,
    logging_in_is_limited_by_name_and_by_address,
    an_invite_is_used_once_and_a_team_is_never_too_large,
    links_and_cookies_follow_the_public_address,
    a_proxy_says_who_asks,
);

async fn a_form_without_its_token_is_refused(portal: Portal) {
    let team = portal.team("chairs").await;
    let member = Browser::member(&portal, team.id).await;
    let other = Browser::member(&portal, team.id).await;
    let status = async |fields: &[(&str, &str)]| {
        let answer = member.post_bare("/team/hosts/remove", fields).await;
        answer.status()
    };
    let name = ("name", "web");
    assert_eq!(status(&[name]).await, StatusCode::FORBIDDEN);
    assert_eq!(
        status(&[name, ("form_token", "")]).await,
        StatusCode::FORBIDDEN
    );
    let theirs = ("form_token", other.form_token.as_str());
    assert_eq!(status(&[name, theirs]).await, StatusCode::FORBIDDEN);
    assert!(member.page("/team").await.contains("chairs.example"));
    let own = ("form_token", member.form_token.as_str());
    assert_eq!(status(&[name, own]).await, StatusCode::SEE_OTHER);
    assert!(!member.page("/team").await.contains("chairs.example"));
}

async fn somebody_logs_in_and_out(portal: Portal) {
    let kept = secret::hash_password("sit down").expect("a hash");
    let person = join(&portal.state, Role::Staff, &kept).await;
    let name = name(&portal, person).await;
    let mut browser = Browser::nobody(&portal).await;
    let fields = |password| {
        [
            ("name", name.as_str()),
            ("password", password),
            ("next", "/screen"),
        ]
    };
    let wrong = browser.post("/login", &fields("stand up")).await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let again = wrong.text().await.expect("a page");
    assert!(again.contains("do not fit") && again.contains(&format!("value=\"{name}\"")));
    let right = browser.post("/login", &fields("sit down")).await;
    assert_eq!(location(&right), "/screen");
    browser.accept(&right);
    browser.form_token = form_token(&browser.page("/staff").await);
    let out = browser.post("/logout", &[]).await;
    assert_eq!(location(&out), "/");
    // The session itself is gone, not only the cookie.
    assert_eq!(
        location(&browser.get("/staff").await),
        "/login?next=%2Fstaff"
    );
}

async fn logging_in_is_limited_by_name_and_by_address(portal: Portal) {
    let browser = Browser::nobody(&portal).await;
    let status = async |name: &str| {
        let fields = [("name", name), ("password", "wrong wrong")];
        browser.post("/login", &fields).await.status()
    };
    for _ in 0..10 {
        assert_eq!(status("somebody").await, StatusCode::FORBIDDEN);
    }
    assert_eq!(status("somebody").await, StatusCode::TOO_MANY_REQUESTS);
    for number in 0..49 {
        let name = format!("name{number}");
        assert_eq!(status(&name).await, StatusCode::FORBIDDEN, "{number}");
    }
    assert_eq!(status("another").await, StatusCode::TOO_MANY_REQUESTS);
    portal.wait(Duration::from_secs(61));
    assert_eq!(status("somebody").await, StatusCode::FORBIDDEN);
}

async fn an_invite_is_used_once_and_a_team_is_never_too_large(portal: Portal) {
    let team = portal.team("chairs").await;
    let invite = async || {
        let mut connection = portal.state.connection().await.expect("a connection");
        let now = portal.state.clock.now();
        let role = Role::Member(team.id);
        let token = people::invite(&mut connection, role, now).await;
        format!("/invite/{}", token.expect("an invite"))
    };
    let accept = async |path: &str, name: &str, password: &str| {
        let browser = Browser::nobody(&portal).await;
        let fields = [("name", name), ("password", password)];
        let answer = browser.post(path, &fields).await;
        let (status, location) = (answer.status(), location(&answer).to_owned());
        (status, location, answer.text().await.expect("a page"))
    };
    let joined = async |path: &str, name: &str| {
        let (status, location, _) = accept(path, name, "long enough").await;
        status == StatusCode::SEE_OTHER && location == "/team"
    };
    let refused = async |path: &str, name: &str, password: &str, why: &str| {
        let (status, _, page) = accept(path, name, password).await;
        status == StatusCode::CONFLICT && page.contains(why)
    };
    let [first, second, third] = [invite().await, invite().await, invite().await];
    let nobody = Browser::nobody(&portal).await;
    assert!(nobody.page(&first).await.contains("chairs"));
    assert!(refused(&first, "anna", "short", "8 to 200 characters").await);
    assert!(joined(&first, "anna").await);
    assert!(refused(&first, "bert", "long enough", "used already").await);
    assert_eq!(nobody.get(&first).await.status(), StatusCode::CONFLICT);
    assert!(refused(&second, "anna", "long enough", "name is taken").await);
    // An invite that was refused can still be used.
    assert!(joined(&second, "bert").await);
    assert!(refused(&third, "carl", "long enough", "team is full").await);
    let mut connection = portal.state.connection().await.expect("a connection");
    let members = people::members(&mut connection, team.id).await;
    assert_eq!(members.expect("members"), ["anna", "bert"]);
}

async fn links_and_cookies_follow_the_public_address(portal: Portal) {
    let team = portal.team("a").await;
    let settings = Settings {
        public_url: Some("https://contest.example/".to_owned()),
        ..Settings::default()
    };
    let public = also(&portal, settings).await;
    let mut member = Browser::member(&portal, team.id).await;
    let page = member.post("/team/invite", &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains(&format!("{}/invite/", portal.url)), "{page}");
    member.url = public;
    let page = member.post("/team/invite", &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("https://contest.example/invite/"), "{page}");
    let secure = |answer: reqwest::Response| {
        let cookie = answer.headers()[header::SET_COOKIE]
            .to_str()
            .expect("a cookie");
        cookie.ends_with("; Secure")
    };
    assert!(secure(member.get("/login").await));
    member.url = portal.url.clone();
    assert!(!secure(member.get("/login").await));
}

async fn a_proxy_says_who_asks(portal: Portal) {
    let settings = Settings {
        is_behind_proxy: true,
        ..Settings::default()
    };
    let mut browser = Browser::nobody(&portal).await;
    browser.url = also(&portal, settings).await;
    let status = async |name: u32, address: &str| {
        let request = browser.ask(Method::POST, "/login");
        let request = request.header("x-forwarded-for", address);
        let name = format!("name{name}");
        let fields = [("name", name.as_str()), ("form_token", &browser.form_token)];
        request
            .form(&fields)
            .send()
            .await
            .expect("an answer")
            .status()
    };
    // What stands before the proxy's own word anybody can write.
    for name in 0..60 {
        let address = format!("10.9.9.{name}, 10.0.0.1");
        assert_eq!(
            status(name, &address).await,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
    assert_eq!(status(60, "10.0.0.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status(60, "10.0.0.2").await, StatusCode::FORBIDDEN);
}

async fn name(portal: &Portal, person: i64) -> String {
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let session = people::begin_session(&mut connection, person, now).await;
    let person = people::session(&mut connection, &session.expect("a session"), now).await;
    person.expect("a session").expect("a person").name
}

/// The same portal, behind what the settings describe. Gives its URL.
async fn also(portal: &Portal, settings: Settings) -> String {
    let state = portal.state.clone().with_settings(settings);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}
