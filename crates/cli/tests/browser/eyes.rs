//! Looks at a page as people do who have a small screen or weak eyes, and as the browser does.

use serde_json::Value;

use crate::{browser::Browser, chromium::Chromium, program::Demo};

/// The width of a common phone, in CSS pixels.
const PHONE: u32 = 390;

/// Complaints of the browser that lie in the nature of a page that says what there is not.
const OF_REFUSALS: &str = "Failed to load resource: the server responded with a status of 4";

/// All that is wrong with how the open page looks.
pub async fn look(browser: &Browser) -> Vec<String> {
    let mut wrong = Vec::new();
    for (width, height) in [(1280, 900), (PHONE, 844)] {
        browser.be_wide(width, height).await;
        let needed = browser
            .run("return document.documentElement.scrollWidth;")
            .await;
        if needed.as_u64() > Some(u64::from(width)) {
            wrong.push(format!(
                "{needed} pixels wide on a screen of {width}: {}",
                widest(browser).await
            ));
        }
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            let hard = browser.run(include_str!("eyes.js")).await;
            let hard = hard.as_array().cloned().unwrap_or_default();
            wrong.extend(
                hard.iter()
                    .map(|text| format!("{scheme}, {width}: contrast {text}")),
            );
        }
    }
    let complaints = browser.complaints().await;
    wrong.extend(
        complaints
            .into_iter()
            .filter(|text| !text.contains(OF_REFUSALS)),
    );
    wrong
}

/// The elements that stand out to the right.
async fn widest(browser: &Browser) -> Value {
    let script = format!(
        "return [...document.querySelectorAll('main *, header *')]
            .filter((element) => element.getBoundingClientRect().right > {PHONE}
                && !element.closest('.scroll'))
            .map((element) => element.outerHTML.slice(0, 80));"
    );
    browser.run(&script).await
}

#[tokio::test]
async fn a_page_that_is_hard_to_read_is_noticed() {
    let (chromium, demo) = (Chromium::start().await, Demo::start().await);
    let browser = chromium.open("visitor", &demo.url).await;
    for (harm, complaint) in [
        ("h1.style.color = '#888'", "contrast"),
        ("h1.style.opacity = 0.5", "contrast"),
        (
            "h1.style.width = '700px'; h1.style.background = 'inherit'",
            "700",
        ),
        ("console.error('trouble')", "trouble"),
        (
            "h1.innerHTML = '<img src=\"http://127.0.0.1:1/\">'",
            "Content Security Policy",
        ),
        (
            "h1.setAttribute('style', 'color: red')",
            "Content Security Policy",
        ),
    ] {
        browser.go("/login").await;
        assert_eq!(look(&browser).await, Vec::<String>::new());
        browser
            .run(&format!(
                "const h1 = document.querySelector('h1'); {harm}; return null;"
            ))
            .await;
        let wrong = look(&browser).await;
        assert!(
            wrong.iter().any(|text| text.contains(complaint)),
            "{harm}: {wrong:?}"
        );
    }
}
