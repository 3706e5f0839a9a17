//! What forms accept and what they refuse.

use crate::app::{PUBLIC, spawn_app};

#[tokio::test]
async fn a_form_without_its_sessions_token_changes_nothing() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let bobs_token = app.log_in("bob").await.csrf;
    let entry = [("title", "T"), ("body", "B"), ("visibility", "public")];
    let profile = [("nickname", "N"), ("introduction", ""), ("birthday", "")];
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("/entries", &entry),
        ("/entries/1/comments", &[("body", "B")]),
        ("/friends", &[("name", "carol")]),
        ("/people/alice", &profile),
        ("/logout", &[]),
    ];
    for (path, fields) in forms {
        for token in [None, Some(""), Some(bobs_token.as_str())] {
            let mut fields = fields.to_vec();
            fields.extend(token.map(|token| ("csrf", token)));
            let answer = alice.post_exactly(path, &fields).await;
            assert_eq!(answer.status, 403, "{path} with {token:?}");
            assert!(!answer.error().is_empty());
        }
    }
    assert_eq!(app.count("entries").await, 3);
    assert_eq!(app.count("comments").await, 3);
    assert_eq!(app.count("friendships").await, 1);
    assert_eq!(alice.get("/people/alice").await.text("#nickname"), "ALICE");

    let mut nobody = app.visit();
    let answer = nobody
        .post_exactly("/login", &[("name", "alice"), ("password", "x")])
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(app.login_log().await.len(), 2);
}

#[tokio::test]
async fn nobody_has_an_impossible_name() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    for name in ["nosuch", "x", "Not A Name"] {
        let answer = alice.post("/friends", &[("name", name)]).await;
        assert_eq!(answer.status, 404, "{name}");
    }
}

#[tokio::test]
async fn fields_keep_to_their_limits() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let of = |count: usize| "椅".repeat(count);
    let good_and_bad = [
        (
            "/entries",
            "title",
            vec![of(1), of(100)],
            vec![String::new(), " \r\n".into(), of(101)],
        ),
        (
            "/entries",
            "body",
            vec![of(1), of(20_000)],
            vec![String::new(), of(20_001), "a\0b".into()],
        ),
        (
            "/entries",
            "visibility",
            vec!["private".into()],
            vec!["secret".into(), "0".into()],
        ),
        (
            "/entries/1/comments",
            "body",
            vec![of(1), of(1_000)],
            vec![String::new(), of(1_001)],
        ),
        (
            "/people/alice",
            "nickname",
            vec![of(30)],
            vec![String::new(), of(31)],
        ),
        (
            "/people/alice",
            "introduction",
            vec![String::new(), of(500)],
            vec![of(501)],
        ),
        (
            "/people/alice",
            "birthday",
            vec![String::new(), "2024-02-29".into()],
            vec!["2023-02-29".into(), "31.12.1999".into()],
        ),
    ];
    for (path, field, good, bad) in good_and_bad {
        let cases = good
            .into_iter()
            .map(|v| (v, 303))
            .chain(bad.into_iter().map(|v| (v, 422)));
        for (value, status) in cases {
            let answer = alice.post(path, &with_field(path, field, &value)).await;
            let shown: String = value.chars().take(10).collect();
            assert_eq!(answer.status, status, "{field} = {shown:?}… at {path}");
            if status == 422 {
                assert!(!answer.error().is_empty());
            }
        }
        let without: Vec<_> = with_field(path, field, "")
            .into_iter()
            .filter(|(name, _)| *name != field)
            .collect();
        assert_eq!(
            alice.post(path, &without).await.status,
            422,
            "{path} without {field}"
        );
    }
}

/// A form that is right but for one field.
fn with_field<'a>(path: &str, field: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = match path {
        "/entries" => vec![("title", "T"), ("body", "B"), ("visibility", "public")],
        "/people/alice" => vec![("nickname", "N"), ("introduction", ""), ("birthday", "")],
        "/signup" => vec![
            ("name", "hana"),
            ("nickname", "N"),
            ("password", "long enough"),
        ],
        _ => vec![("body", "B")],
    };
    fields.retain(|(name, _)| *name != field);
    fields.push((field, value));
    fields
}

#[tokio::test]
async fn sign_up_keeps_to_the_limits() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    browser.get("/signup").await;
    let long = "x".repeat(101);
    for (field, value) in [
        ("name", "ab"),
        ("name", "1ab"),
        ("name", "Hana"),
        ("name", "a23456789012345678901"),
        ("nickname", " "),
        ("password", "1234567"),
        ("password", &long),
    ] {
        let answer = browser
            .post("/signup", &with_field("/signup", field, value))
            .await;
        assert_eq!(answer.status, 422, "{field} = {value:?}");
        assert!(answer.has("form#signup"));
    }
    assert_eq!(app.count("people").await, 3);
}

#[tokio::test]
async fn text_is_shown_as_it_was_written() {
    let app = spawn_app().await;
    let mut alice = app.log_in("alice").await;
    let title = r#"<script>alert("1 & 2")</script>"#;
    let written = "  one <b>\r\n\r\n  two &amp; 'three'\r\n🪑 ";
    let stored = "one <b>\n\n  two &amp; 'three'\n🪑";

    let id = alice.write_entry(title, written, "public").await;
    alice
        .post(&format!("/entries/{id}/comments"), &[("body", written)])
        .await;
    let page = alice.get(&format!("/entries/{id}")).await;
    assert_eq!(page.text("h1.title"), title);
    assert_eq!(
        page.texts("article .body > p"),
        ["one <b>", "two & 'three'\n🪑"],
        "Markdown, in which HTML is text"
    );
    assert_eq!(page.text("li.comment .body"), stored);
    assert!(!page.has("main script"));

    let listed = alice.get("/diary/alice").await;
    assert_eq!(listed.texts(".entry a.title")[0], title);
    assert_eq!(
        listed.texts(".entry .excerpt")[0],
        stored.replace('\n', " ")
    );

    let fields = [
        ("nickname", title),
        ("introduction", written),
        ("birthday", ""),
    ];
    assert_eq!(
        alice.post("/people/alice", &fields).await.status,
        422,
        "31 characters"
    );
    let nickname = "<i>\"&'";
    let fields = [
        ("nickname", nickname),
        ("introduction", written),
        ("birthday", ""),
    ];
    assert_eq!(
        alice.post("/people/alice", &fields).await.redirect(),
        "/people/alice"
    );
    let profile = alice.get("/people/alice").await;
    assert_eq!(profile.text("#nickname"), nickname);
    assert_eq!(profile.text("a.me"), nickname);
    assert_eq!(profile.text("#introduction"), stored);
    assert_eq!(profile.text("#birthday"), "");
    assert_eq!(
        profile.attributes("input[name=nickname]", "value"),
        [nickname]
    );
}

#[tokio::test]
async fn friendship_is_made_once() {
    let app = spawn_app().await;
    let mut carol = app.log_in("carol").await;
    for _ in 0..2 {
        let answer = carol.post("/friends", &[("name", "alice")]).await;
        assert_eq!(answer.redirect(), "/people/alice");
    }
    let attempts: Vec<_> = ["bob", "carol"]
        .into_iter()
        .cycle()
        .take(8)
        .map(|name| (name, if name == "bob" { "carol" } else { "bob" }))
        .collect();
    let mut running = Vec::new();
    for (name, other) in attempts {
        let mut browser = app.log_in(name).await;
        running.push(tokio::spawn(async move {
            browser.post("/friends", &[("name", other)]).await.status
        }));
    }
    for attempt in running {
        assert_eq!(attempt.await.unwrap(), 303);
    }
    assert_eq!(app.count("friendships").await, 3);

    assert_eq!(
        carol.post("/friends", &[("name", "carol")]).await.status,
        422
    );
    assert_eq!(
        carol.post("/friends", &[("name", "nobody")]).await.status,
        404
    );
    let friends = carol.get("/friends").await;
    assert_eq!(friends.attributes("#friends", "data-count"), ["2"]);
    assert_eq!(friends.texts("li.friend a.person"), ["BOB", "ALICE"]);
    assert_eq!(friends.attributes("li.friend time", "datetime").len(), 2);
}

#[tokio::test]
async fn nobody_edits_anothers_profile() {
    let app = spawn_app().await;
    let fields = [("nickname", "N"), ("introduction", ""), ("birthday", "")];
    let mut bob = app.log_in("bob").await;
    assert_eq!(bob.post("/people/alice", &fields).await.status, 403);
    assert_eq!(bob.post("/people/nobody", &fields).await.status, 404);
    assert_eq!(bob.get("/people/alice").await.text("#nickname"), "ALICE");
    assert_eq!(
        bob.get(&format!("/entries/{PUBLIC}"))
            .await
            .text("article .person"),
        "ALICE"
    );
}
