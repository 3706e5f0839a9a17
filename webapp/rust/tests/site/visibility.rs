//! Who sees what.

use crate::{
    app::{
        ENTRIES, FRIENDS, INITIAL_TIME, MISSING, PRIVATE, PUBLIC, insert_comment, insert_entry,
        spawn_app,
    },
    browser::{Answer, Browser},
};

/// The ids of the entries in a list, in order.
fn ids(answer: &Answer, list: &str) -> Vec<String> {
    answer.attributes(&format!("{list} article.entry"), "data-id")
}

fn as_text(ids: &[i64]) -> Vec<String> {
    ids.iter().map(i64::to_string).collect()
}

async fn assert_sees(browser: &mut Browser, who: &str, visible: &[i64]) {
    for id in ENTRIES {
        let expected = if visible.contains(&id) { 200 } else { 404 };
        let answer = browser.get(&format!("/entries/{id}")).await;
        assert_eq!(answer.status, expected, "{who} opens entry {id}");
    }
    let diary = browser.get("/diary/alice").await;
    assert_eq!(
        ids(&diary, "main"),
        as_text(visible),
        "{who} reads the diary"
    );
    assert_eq!(
        diary.text(".total"),
        visible.len().to_string(),
        "{who} counts the diary"
    );
    let profile = browser.get("/people/alice").await;
    assert_eq!(
        ids(&profile, "#entries"),
        as_text(visible),
        "{who} reads the profile"
    );
    let recent = browser.get("/recent/1").await;
    assert_eq!(
        ids(&recent, "main"),
        as_text(&[PUBLIC]),
        "{who} reads recent entries"
    );
}

#[tokio::test]
async fn entries_are_seen_by_those_who_may() {
    let app = spawn_app().await;
    let all = [PRIVATE, FRIENDS, PUBLIC];
    assert_sees(&mut app.log_in("alice").await, "the author", &all).await;
    assert_sees(&mut app.log_in("bob").await, "a friend", &[FRIENDS, PUBLIC]).await;
    assert_sees(&mut app.log_in("carol").await, "a stranger", &[PUBLIC]).await;
    assert_sees(&mut app.visit(), "anonymous", &[PUBLIC]).await;
}

#[tokio::test]
async fn only_those_who_see_an_entry_may_comment_on_it() {
    let app = spawn_app().await;
    for (name, visible) in [
        ("alice", vec![PUBLIC, FRIENDS, PRIVATE]),
        ("bob", vec![PUBLIC, FRIENDS]),
        ("carol", vec![PUBLIC]),
    ] {
        let mut browser = app.log_in(name).await;
        for id in ENTRIES {
            let before = app.count("comments").await;
            let answer = browser
                .post(&format!("/entries/{id}/comments"), &[("body", "Nice")])
                .await;
            let may = visible.contains(&id);
            assert_eq!(answer.status, if may { 303 } else { 404 }, "{name} on {id}");
            assert_eq!(app.count("comments").await - before, i64::from(may));
        }
    }
}

#[tokio::test]
async fn what_is_hidden_looks_like_what_is_missing() {
    let app = spawn_app().await;
    let mut carol = app.log_in("carol").await;
    let hidden = carol.get(&format!("/entries/{PRIVATE}")).await;
    let missing = carol.get(&format!("/entries/{MISSING}")).await;
    assert_eq!(hidden.status, 404);
    assert_eq!(hidden.body, missing.body);
    assert!(hidden.has("a.me[href='/people/carol']"));
}

#[tokio::test]
async fn the_profile_depends_on_who_looks() {
    let app = spawn_app().await;
    for (mut browser, friend, birthday, befriend, edit) in [
        (app.log_in("alice").await, "self", true, false, true),
        (app.log_in("bob").await, "yes", true, false, false),
        (app.log_in("carol").await, "no", false, true, false),
        (app.visit(), "anonymous", false, false, false),
    ] {
        let profile = browser.get("/people/alice").await;
        assert_eq!(profile.attributes("main", "data-friend"), [friend]);
        assert_eq!(profile.text("#nickname"), "ALICE");
        assert_eq!(profile.text("#introduction"), "I sit.");
        assert_eq!(profile.has("#birthday"), birthday, "{friend}");
        assert_eq!(profile.has("form#befriend"), befriend, "{friend}");
        assert_eq!(profile.has("form#edit-profile"), edit, "{friend}");
        assert_eq!(profile.has("a.me"), friend != "anonymous");
        assert_eq!(profile.has("form#logout"), friend != "anonymous");
    }
}

#[tokio::test]
async fn home_shows_what_friends_write_and_nothing_hidden() {
    let app = spawn_app().await;
    let hidden = insert_entry(&app.db, 3, 2, INITIAL_TIME + 10).await;
    let open = insert_entry(&app.db, 3, 0, INITIAL_TIME + 11).await;
    // alice commented on an entry that bob may not see, and on two that he may.
    insert_comment(&app.db, hidden, 1, INITIAL_TIME + 12).await;
    let on_open = insert_comment(&app.db, open, 1, INITIAL_TIME + 13).await;
    let by_stranger = insert_comment(&app.db, PUBLIC, 3, INITIAL_TIME + 14).await;

    let home = app.log_in("bob").await.get("/").await;
    assert_eq!(ids(&home, "#friends-entries"), as_text(&[FRIENDS, PUBLIC]));
    let comments =
        |answer: &Answer, list: &str| answer.attributes(&format!("{list} li.comment"), "data-id");
    assert_eq!(
        comments(&home, "#friends-comments"),
        as_text(&[on_open, FRIENDS, PUBLIC])
    );
    assert!(ids(&home, "#my-entries").is_empty());

    let home = app.log_in("alice").await.get("/").await;
    assert_eq!(
        ids(&home, "#my-entries"),
        as_text(&[PRIVATE, FRIENDS, PUBLIC])
    );
    assert!(ids(&home, "#friends-entries").is_empty());
    assert_eq!(comments(&home, "#comments-to-me"), as_text(&[by_stranger]));
    assert_eq!(
        home.attributes("#profile a[href='/friends']", "data-count"),
        ["1"]
    );
}

#[tokio::test]
async fn a_new_friend_sees_more_and_a_stranger_still_does_not() {
    let app = spawn_app().await;
    let mut carol = app.log_in("carol").await;
    let path = format!("/entries/{FRIENDS}");
    assert_eq!(carol.get(&path).await.status, 404);
    let answer = carol.post("/friends", &[("name", "alice")]).await;
    assert_eq!(answer.redirect(), "/people/alice");
    assert_eq!(carol.get(&path).await.status, 200);
    assert_eq!(carol.get(&format!("/entries/{PRIVATE}")).await.status, 404);
}
