//! What was acknowledged is seen in the next request, however many write at once.

use crate::app::{PUBLIC, spawn_app};

#[tokio::test]
async fn what_was_written_is_there_after_the_redirect() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let mut bob = app.log_in("bob").await;

    let id = alice.write_entry("News", "A new chair", "friends").await;
    let page = bob.get("/").await;
    assert_eq!(
        page.attributes("#friends-entries article", "data-id")[0],
        id
    );

    bob.post(
        &format!("/entries/{id}/comments"),
        &[("body", "Congratulations")],
    )
    .await;
    let page = alice.get("/").await;
    assert_eq!(page.texts("#comments-to-me .excerpt"), ["Congratulations"]);
    assert_eq!(
        page.attributes("#my-entries article .comments", "data-count")[0],
        "1"
    );

    let fields = [
        ("nickname", "Bobby"),
        ("introduction", "New"),
        ("birthday", "2000-01-01"),
    ];
    bob.post("/people/bob", &fields).await;
    assert_eq!(bob.get("/").await.text("a.me"), "Bobby");
    let profile = alice.get("/people/bob").await;
    assert_eq!(profile.text("#birthday"), "2000-01-01");
    let page = alice.get(&format!("/entries/{id}")).await;
    assert_eq!(page.text("li.comment a.person"), "Bobby");
}

#[tokio::test]
async fn many_writers_at_once_are_all_served() {
    const WRITERS: usize = 32;
    const ROUNDS: usize = 5;
    let app = spawn_app().await;
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let mut browser = app.visit();
        writers.push(tokio::spawn(async move {
            let name = format!("writer_{writer}");
            browser.get("/signup").await;
            let fields = [
                ("name", name.as_str()),
                ("nickname", "W"),
                ("password", "long enough"),
            ];
            assert_eq!(browser.post("/signup", &fields).await.redirect(), "/");
            browser.get("/").await;
            for round in 0..ROUNDS {
                let id = browser
                    .write_entry(&format!("{name} {round}"), "Body", "public")
                    .await;
                let page = browser.get(&format!("/entries/{id}")).await;
                assert_eq!(page.text("h1.title"), format!("{name} {round}"));
                let path = format!("/entries/{PUBLIC}/comments");
                let answer = browser.post(&path, &[("body", "Comment")]).await;
                assert_eq!(answer.status, 303, "{}", answer.body);
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let written = i64::try_from(WRITERS * ROUNDS).unwrap();
    assert_eq!(app.count("entries").await, 3 + written);
    assert_eq!(app.count("comments").await, 3 + written);
}
