//! Sign-up, login, logout and sessions.

use crate::app::{PASSWORD, spawn_app, spawn_app_with};

fn signup(name: &str) -> [(&str, &str); 3] {
    [
        ("name", name),
        ("nickname", "はな <3"),
        ("password", "long enough"),
    ]
}

#[tokio::test]
async fn a_new_person_is_logged_in_and_can_come_back() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    assert!(browser.get("/signup").await.has("form#signup"));
    assert_eq!(
        browser.post("/signup", &signup("hana_1")).await.redirect(),
        "/"
    );
    let home = browser.get("/").await;
    assert_eq!(home.text("a.me[href='/people/hana_1']"), "はな <3");

    assert_eq!(browser.post("/logout", &[]).await.redirect(), "/login");
    assert_eq!(browser.get("/").await.redirect(), "/login");
    app.visit().log_in("hana_1", "long enough").await;
}

#[tokio::test]
async fn a_name_is_given_once_even_in_a_race() {
    let app = spawn_app().await;
    let attempts = (0..8).map(|_| {
        let mut browser = app.visit();
        tokio::spawn(async move {
            browser.get("/signup").await;
            browser
                .post("/signup", &signup("hana"))
                .await
                .status
                .as_u16()
        })
    });
    let attempts: Vec<_> = attempts.collect();
    let mut statuses = Vec::new();
    for attempt in attempts {
        statuses.push(attempt.await.unwrap());
    }
    statuses.sort();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(app.count("people WHERE name = 'hana'").await, 1);
}

#[tokio::test]
async fn a_taken_name_keeps_the_form() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    browser.get("/signup").await;
    let answer = browser.post("/signup", &signup("alice")).await;
    assert_eq!(answer.status, 409);
    assert!(answer.error().contains("taken"));
    assert_eq!(
        answer.attributes("#signup input[name=nickname]", "value"),
        ["はな <3"]
    );
}

#[tokio::test]
async fn login_attempts_are_logged() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    assert!(browser.get("/login").await.has("form#login"));
    for (name, password) in [
        ("alice", "wrong password"),
        ("nobody", PASSWORD),
        ("alice", PASSWORD),
    ] {
        let csrf = browser.csrf.clone();
        let request = browser
            .request("POST", "/login")
            .header("X-Forwarded-For", "6.6.6.6, 192.0.2.9")
            .form(&[("name", name), ("password", password), ("csrf", &csrf)]);
        let answer = browser.send(request).await;
        if name == "alice" && password == PASSWORD {
            assert_eq!(answer.redirect(), "/");
        } else {
            assert_eq!(answer.status, 401);
            assert!(answer.has("form#login"));
            assert!(answer.error().contains("wrong"));
        }
    }
    let address = "192.0.2.9".to_owned();
    assert_eq!(
        app.login_log().await,
        [
            (Some(1), "alice".to_owned(), address.clone(), 0),
            (None, "nobody".to_owned(), address.clone(), 0),
            (Some(1), "alice".to_owned(), address, 1),
        ]
    );
}

#[tokio::test]
async fn the_forwarded_address_of_a_stranger_is_not_believed() {
    let app = spawn_app_with(&[("TRUSTED_PROXIES", "none")]).await;
    let mut browser = app.visit();
    browser.get("/login").await;
    let csrf = browser.csrf.clone();
    let request = browser
        .request("POST", "/login")
        .header("X-Forwarded-For", "192.0.2.9")
        .form(&[("name", "alice"), ("password", "wrong"), ("csrf", &csrf)]);
    browser.send(request).await;
    assert_eq!(app.login_log().await[0].2, "127.0.0.1");
}

#[tokio::test]
async fn login_and_logout_make_the_old_cookie_worthless() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    browser.get("/login").await;
    let before = browser.cookie.clone();
    browser.log_in("alice", PASSWORD).await;
    assert_ne!(browser.cookie, before);

    let mut thief = browser.clone();
    assert_eq!(thief.get("/").await.status, 200);
    browser.post("/logout", &[]).await;
    assert_eq!(thief.get("/").await.redirect(), "/login");
}

#[tokio::test]
async fn the_cookie_is_made_for_forms_alone_and_kept_from_scripts() {
    let app = spawn_app().await;
    let mut browser = app.visit();
    assert!(
        !browser
            .get("/recent/1")
            .await
            .headers
            .contains_key("set-cookie")
    );
    let answer = browser.get("/login").await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn pages_of_ones_own_lead_to_the_login() {
    let app = spawn_app().await;
    for path in ["/", "/friends", "/footprints"] {
        assert_eq!(app.visit().get(path).await.redirect(), "/login", "{path}");
    }
    for path in [
        "/entries",
        "/friends",
        "/logout",
        "/people/alice",
        "/entries/1/comments",
    ] {
        assert_eq!(
            app.visit().post(path, &[]).await.redirect(),
            "/login",
            "{path}"
        );
    }
}
