//! Somebody without a mouse.

use fantoccini::{
    actions::{InputSource, KeyAction, KeyActions},
    key::Key,
};
use serde_json::Value;

use crate::{browser::Browser, chromium::Chromium, program::Demo};

/// A member of a team without a run under way.
const MEMBER: &str = "member21";

/// What has the focus: its text, and whether one sees where it is.
const FOCUSED: &str = r#"
    const at = document.activeElement;
    const style = getComputedStyle(at);
    const { left, top, right, bottom } = at.getBoundingClientRect();
    const isMarked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const isInView = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
    return { tag: at.tagName, text: (at.ariaLabel || at.innerText || at.name).trim(),
             isSeen: isMarked && isInView, isInMain: at.closest('main') !== null };
"#;

#[tokio::test]
async fn whoever_has_a_keyboard_alone_can_do_everything() {
    let (chromium, demo) = (Chromium::start().await, Demo::start().await);
    let browser = chromium.open("member", &demo.url).await;
    browser.log_in(MEMBER, &demo.password).await;

    // All that can be used is reached, and seen when it is.
    browser.go("/team").await;
    let usable = browser
        .run(
            "return [...document.querySelectorAll('a[href], button, summary, textarea, select, \
             [tabindex=\"0\"], input:not([type=hidden])')].length;",
        )
        .await;
    let usable = usable.as_u64().expect("a number");
    assert!(usable > 20, "{usable}");
    for number in 0..usable {
        press(&browser, Key::Tab).await;
        let focused = browser.run(FOCUSED).await;
        assert_eq!(focused["isSeen"], true, "{number}: {focused}");
        assert_ne!(focused["tag"], "BODY", "{number} of {usable}");
    }

    // The first thing is a way around the links that are on every page.
    browser.go("/team").await;
    press(&browser, Key::Tab).await;
    let focused = browser.run(FOCUSED).await;
    assert_eq!(focused["text"], "To the content");
    press(&browser, Key::Enter).await;
    press(&browser, Key::Tab).await;
    let focused = browser.run(FOCUSED).await;
    assert_eq!(focused["isInMain"], true, "{focused}");

    tab_to(&browser, "note").await;
    browser
        .client
        .active_element()
        .await
        .expect("a field")
        .send_keys("by keyboard")
        .await
        .expect("a field");
    tab_to(&browser, "Enqueue a run").await;
    press(&browser, Key::Enter).await;
    browser.wait_for("h1", "waiting").await;
    browser.wait_for("main", "by keyboard").await;
    tab_to(&browser, "Cancel").await;
    press(&browser, Key::Enter).await;
    browser.wait_for("#runs tbody tr", "cancelled").await;
}

pub async fn tab_to(browser: &Browser, text: &str) {
    let mut passed = Vec::new();
    for _ in 0..100 {
        let focused: Value = browser.run(FOCUSED).await;
        if focused["text"] == text {
            return;
        }
        passed.push(focused["text"].to_string());
        press(browser, Key::Tab).await;
    }
    panic!("{text} is not among {passed:?}");
}

pub async fn press(browser: &Browser, key: Key) {
    let value = key.into();
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value })
        .then(KeyAction::Up { value });
    let pressed = browser.client.perform_actions(keys).await;
    pressed.expect("a keyboard");
}
