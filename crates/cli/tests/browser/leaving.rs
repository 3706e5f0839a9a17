//! Somebody goes from page to page.

use crate::{chromium::Chromium, program::Demo};

/// Counts the streams of events that a page still has when it is left.
const COUNT: &str = "
    window.streams = [];
    window.EventSource = class extends EventSource {
        constructor(...args) {
            super(...args);
            streams.push(this);
        }
    };
    document.addEventListener('visibilitychange', () => {
        const open = streams.filter((events) => events.readyState !== EventSource.CLOSED);
        sessionStorage.setItem('open', open.length);
    });";

/// Chromium keeps pages that were left for a minute, and has six connections for a site: after a
/// few clicks the next page did not come.
#[tokio::test]
async fn a_page_that_was_left_listens_no_more_and_does_again_when_one_comes_back() {
    let (chromium, demo) = (Chromium::start().await, Demo::start().await);
    let browser = chromium.open("visitor", &demo.url).await;
    browser.run_in_all(COUNT).await;
    browser.go("/").await;
    browser.wait_until("streams.at(-1)?.readyState === 1").await;

    browser.go("/login").await;
    let open = browser.run("return sessionStorage.getItem('open');").await;
    assert_eq!(open, "0");

    browser.client.back().await.expect("a page");
    browser.wait_until("streams.at(-1)?.readyState === 1").await;
}
