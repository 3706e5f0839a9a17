//! Lists: their order, their pages, their footprints.

use sqlx::SqlitePool;

use crate::app::{FRIENDS, INITIAL_TIME, PRIVATE, PUBLIC, insert_comment, insert_entry, spawn_app};

const DAY: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn recent_entries_are_paged_newest_first() {
    let app = spawn_app().await;
    let mut public = vec![PUBLIC];
    for i in 0..40 {
        // Two of a time each, so that ids decide.
        public.push(insert_entry(&app.db, 2, 0, INITIAL_TIME + 100 + i / 2).await);
        insert_entry(&app.db, 2, 1, INITIAL_TIME + 100 + i).await;
    }
    public.reverse();
    let mut browser = app.visit();
    let mut seen = Vec::new();
    for (number, prev, next) in [(1, false, true), (2, true, true), (3, true, false)] {
        let page = browser.get(&format!("/recent/{number}")).await;
        assert_eq!(page.attributes(".total", "data-count"), ["41"]);
        assert_eq!(page.has("a[rel=prev]"), prev, "{number}");
        assert_eq!(page.has("a[rel=next]"), next, "{number}");
        if next {
            assert_eq!(
                page.attributes("a[rel=next]", "href"),
                [format!("/recent/{}", number + 1)]
            );
        }
        seen.extend(page.attributes("article.entry", "data-id"));
    }
    let expected: Vec<String> = public.iter().map(i64::to_string).collect();
    assert_eq!(seen, expected);
    assert_eq!(browser.get("/recent/4").await.status, 404);
}

#[tokio::test]
async fn an_entry_in_a_list_tells_what_it_is() {
    let app = spawn_app().await;
    let mut bob = app.log_in("bob").await;
    let id = bob
        .write_entry(
            "Stools",
            &format!("{}\n{}", "あ".repeat(60), "い".repeat(60)),
            "friends",
        )
        .await;
    insert_comment(&app.db, id.parse().unwrap(), 1, INITIAL_TIME).await;
    insert_comment(&app.db, id.parse().unwrap(), 2, INITIAL_TIME).await;
    let page = bob.get("/diary/bob").await;
    assert_eq!(
        page.attributes("article.entry", "data-visibility"),
        ["friends"]
    );
    assert_eq!(
        page.attributes("article.entry a.title", "href"),
        [format!("/entries/{id}")]
    );
    assert_eq!(
        page.text("article.entry a.person[href='/people/bob']"),
        "BOB"
    );
    assert_eq!(
        page.attributes("article.entry .comments", "data-count"),
        ["2"]
    );
    assert_eq!(
        page.text("article.entry p.excerpt"),
        format!("{} {}…", "あ".repeat(60), "い".repeat(39))
    );
    let time = &page.attributes("article.entry time", "datetime")[0];
    assert_eq!(time.len(), "2026-03-31T23:59:59.123Z".len());
}

#[tokio::test]
async fn comments_are_shown_oldest_first() {
    let app = spawn_app().await;
    let later = insert_comment(&app.db, PUBLIC, 2, INITIAL_TIME + DAY).await;
    let earlier = insert_comment(&app.db, PUBLIC, 3, INITIAL_TIME).await;
    let page = app.visit().get(&format!("/entries/{PUBLIC}")).await;
    let expected = [earlier, PUBLIC, later].map(|id| id.to_string());
    assert_eq!(page.attributes("li.comment", "data-id"), expected);
    assert_eq!(page.attributes("#comments", "data-count"), ["3"]);
    assert_eq!(
        page.attributes("article time", "datetime"),
        ["2026-01-01T00:00:00.001Z"]
    );
    assert!(!page.has("form#comment"));
}

async fn insert_footprint(db: &SqlitePool, visitor: i64, time: i64) {
    sqlx::query("INSERT INTO footprints (owner_id, visitor_id, created_at) VALUES (1, ?, ?)")
        .bind(visitor)
        .bind(time)
        .execute(db)
        .await
        .unwrap();
}

#[tokio::test]
async fn footprints_are_one_for_each_visitor_and_day() {
    let app = spawn_app().await;
    for (visitor, time) in [(2, 5), (3, 7), (2, 9), (2, DAY), (3, DAY - 1)] {
        insert_footprint(&app.db, visitor, INITIAL_TIME + time).await;
    }
    let page = app.log_in("alice").await.get("/footprints").await;
    assert_eq!(page.texts("li.footprint a.person"), ["BOB", "CAROL", "BOB"]);
    assert_eq!(
        page.attributes("li.footprint", "data-day"),
        ["2026-01-02", "2026-01-01", "2026-01-01"]
    );
    assert_eq!(
        page.attributes("li.footprint time", "datetime"),
        [
            "2026-01-02T00:00:00.000Z",
            "2026-01-01T23:59:59.999Z",
            "2026-01-01T00:00:00.009Z"
        ]
    );
}

#[tokio::test]
async fn long_lists_stop_where_the_contract_says() {
    let app = spawn_app().await;
    for day in 1..=60 {
        insert_footprint(&app.db, 2, INITIAL_TIME + day * DAY).await;
        insert_entry(&app.db, 1, 0, INITIAL_TIME + day * DAY).await;
        insert_comment(&app.db, PUBLIC, 2, INITIAL_TIME + day * DAY).await;
        insert_comment(&app.db, PUBLIC, 1, INITIAL_TIME + day * DAY).await;
    }
    let mut alice = app.log_in("alice").await;
    assert_eq!(
        alice.get("/footprints").await.texts("li.footprint").len(),
        50
    );
    let home = alice.get("/").await;
    assert_eq!(home.texts("#footprints li.footprint").len(), 10);
    assert_eq!(home.texts("#my-entries article").len(), 5);
    assert_eq!(home.texts("#comments-to-me li.comment").len(), 10);
    assert_eq!(home.texts("#friends-comments li.comment").len(), 10);
    let home = app.log_in("bob").await.get("/").await;
    assert_eq!(home.texts("#friends-entries article").len(), 10);
    let profile = alice.get("/people/alice").await;
    assert_eq!(profile.texts("#entries article").len(), 5);
}

#[tokio::test]
async fn only_others_who_saw_something_leave_footprints() {
    let app = spawn_app().await;
    let paths = [
        "/people/alice".to_owned(),
        "/diary/alice".to_owned(),
        format!("/entries/{PUBLIC}"),
    ];
    for path in &paths {
        app.visit().get(path).await;
        app.log_in("alice").await.get(path).await;
    }
    let mut carol = app.log_in("carol").await;
    carol.get(&format!("/entries/{PRIVATE}")).await;
    carol.get(&format!("/entries/{FRIENDS}")).await;
    carol.get("/diary/alice?page=7").await;
    carol.get("/recent/1").await;
    assert_eq!(app.count("footprints").await, 0);
    for (path, count) in paths.iter().zip(1..) {
        assert_eq!(carol.get(path).await.status, 200);
        assert_eq!(
            app.count("footprints WHERE owner_id = 1 AND visitor_id = 3")
                .await,
            count
        );
    }
    let page = app.log_in("alice").await.get("/").await;
    assert_eq!(page.texts("#footprints li.footprint a.person"), ["CAROL"]);
}
