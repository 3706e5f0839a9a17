//! Somebody logs in.

use crate::{chromium::Chromium, program::Demo};

#[tokio::test]
async fn a_wrong_password_is_refused_and_the_right_one_leads_where_one_wanted_to_go() {
    let (chromium, demo) = (Chromium::start().await, Demo::start().await);
    let browser = chromium.open("member", &demo.url).await;
    browser.go("/team/pastes").await;
    assert_eq!(browser.path().await, "/login");

    browser.type_into("[name=name]", "member1").await;
    browser.type_into("[name=password]", "a guess").await;
    browser.submit("/login").await;
    let refusal = browser.text("[role=alert]").await;
    assert_eq!(refusal, "This name and password do not fit.");
    let kept = browser.find("[name=name]").await.prop("value").await;
    assert_eq!(kept.expect("a field").as_deref(), Some("member1"));

    browser.type_into("[name=password]", &demo.password).await;
    browser.submit("/login").await;
    assert_eq!(browser.path().await, "/team/pastes");

    browser.submit("/logout").await;
    browser.go("/team").await;
    assert_eq!(browser.path().await, "/login");
}
