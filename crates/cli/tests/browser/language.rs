//! Somebody changes the language.

use crate::{chromium::Chromium, program::Demo};

#[tokio::test]
async fn the_language_is_a_link_away_and_stays() {
    let (chromium, demo) = (Chromium::start().await, Demo::start().await);
    let browser = chromium.open("visitor", &demo.url).await;
    browser.go("/").await;
    assert_eq!(browser.text("h1").await, "Leaderboard");

    browser.click("[hreflang=ja]").await;
    browser.wait_for("h1", "順位表").await;
    browser.go("/login").await;
    browser.wait_for("h1", "ログイン").await;
    let language = browser.run("return document.documentElement.lang;").await;
    assert_eq!(language, "ja");

    browser.click("[hreflang=en]").await;
    browser.wait_for("h1", "Log in").await;
    browser.go("/").await;
    assert_eq!(browser.text("h1").await, "Leaderboard");
}
