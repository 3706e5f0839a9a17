//! What the staff tells and what teams ask: who sees what of it.

use std::time::Duration;

use isutori_portal::{announcements, questions};
use reqwest::StatusCode;

use crate::{
    app::Portal,
    browser::{Browser, location},
    on_both_stores,
};

on_both_stores!(
    announcements_reach_whom_they_are_for,
    what_was_not_seen_stays_unread,
    an_amended_or_withdrawn_announcement_is_so_for_everybody,
    an_answer_to_a_team_is_nobody_elses,
    a_published_answer_shows_neither_the_teams_words_nor_the_team,
    an_answer_is_amended_by_one_at_a_time,
    a_question_whose_answer_is_withdrawn_waits_again,
    the_staff_is_warned_of_questions_that_wait,
    a_team_asks_no_more_than_it_may_however_many_ask_at_once,
    what_is_asked_and_told_is_text,
);

const DONE: StatusCode = StatusCode::SEE_OTHER;

async fn announce(staff: &Browser, team: &str, title: &str) {
    let fields = [("team", team), ("title", title), ("text", "It is **so**.")];
    let answer = staff.post("/staff/announcements", &fields).await;
    assert_eq!(answer.status(), DONE);
}

/// What the form on a page marks as read.
fn marks(page: &str) -> Vec<&str> {
    let parts = page.split("name=\"seen\" value=\"").skip(1);
    parts
        .map(|part| part.split('"').next().expect("a mark"))
        .collect()
}

async fn mark(browser: &Browser, marks: &[&str]) {
    let mut fields = vec![("back", "/team")];
    fields.extend(marks.iter().map(|mark| ("seen", *mark)));
    let answer = browser.post("/team/announcements/read", &fields).await;
    assert_eq!(location(&answer), "/team");
}

async fn ask(member: &Browser, text: &str) -> StatusCode {
    let answer = member.post("/team/questions", &[("text", text)]).await;
    answer.status()
}

/// Answers the first question there is.
async fn answer(staff: &Browser, whom: &str, title: &str, version: &str) -> StatusCode {
    let fields = [
        ("whom", whom),
        ("title", title),
        ("text", "You may."),
        ("version", version),
    ];
    let answer = staff.post("/staff/questions/1", &fields).await;
    answer.status()
}

async fn announcements_reach_whom_they_are_for(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let changes = portal.state.events.count();
    announce(&staff, "", "To all").await;
    announce(&staff, &a.id.to_string(), "One team").await;
    assert_eq!(portal.state.events.count(), changes + 2);
    let nobody = Browser::nobody(&portal).await;
    let page = nobody.page("/announcements").await;
    assert!(page.contains("To all") && page.contains("It is <strong>so</strong>."));
    assert!(
        !page.contains("One team") && !page.contains("unread"),
        "{page}"
    );
    let member = Browser::member(&portal, a.id).await;
    for path in ["/announcements", "/team"] {
        let page = member.page(path).await;
        assert!(
            page.contains("To all") && page.contains("One team"),
            "{path}"
        );
        assert_eq!(marks(&page).len(), 2, "{path}");
    }
    assert!(member.page("/").await.contains("Announcements <b>(2)</b>"));
    let page = Browser::member(&portal, b.id).await.page("/team").await;
    assert!(page.contains("To all") && !page.contains("One team"));
    let audit = staff.page("/staff/audit").await;
    assert!(audit.contains("to a: One team\nIt is **so**."), "{audit}");
    for (title, text) in [("", "text"), ("title", ""), ("x".repeat(201).as_str(), "x")] {
        let fields = [("team", ""), ("title", title), ("text", text)];
        let answer = staff.post("/staff/announcements", &fields).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }
    assert!(!staff.page("/staff/announcements").await.contains("xxx"));
    let unknown = [("team", "999"), ("title", "x"), ("text", "x")];
    let answer = staff.post("/staff/announcements", &unknown).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

async fn what_was_not_seen_stays_unread(portal: Portal) {
    let team = portal.team("a").await;
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, team.id).await;
    let colleague = Browser::member(&portal, team.id).await;
    announce(&staff, "", "First").await;
    announce(&staff, "", "Second").await;
    let page = member.page("/team").await;
    let seen = marks(&page);
    // Meanwhile one is changed, and one more comes.
    let fields = [("title", "Once"), ("text", "other"), ("version", "1")];
    staff.post("/staff/announcements/1", &fields).await;
    announce(&staff, "", "Third").await;
    mark(&member, &seen).await;
    let page = member.page("/team").await;
    assert_eq!(marks(&page), ["3.1", "1.2"], "{page}");
    assert!(!page.contains("Second"));
    mark(&member, &marks(&page)).await;
    let page = member.page("/team").await;
    assert!(marks(&page).is_empty() && !page.contains("Announcements <b>"));
    assert!(member.page("/announcements").await.contains("Third"));
    // One person has read it, not the team; and an old form takes nothing back.
    mark(&member, &seen).await;
    assert!(marks(&member.page("/team").await).is_empty());
    assert_eq!(marks(&colleague.page("/team").await).len(), 3);
    // Nobody reads what is not there yet.
    mark(&colleague, &["1.7", "9.1", "x", "1"]).await;
    assert_eq!(marks(&colleague.page("/team").await).len(), 3);
}

async fn an_amended_or_withdrawn_announcement_is_so_for_everybody(portal: Portal) {
    let team = portal.team("a").await;
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, team.id).await;
    announce(&staff, "", "Lunch").await;
    mark(&member, &["1.1"]).await;
    let amend = async |version: &str| {
        let fields = [("title", "Dinner"), ("text", "Now"), ("version", version)];
        let answer = staff.post("/staff/announcements/1", &fields).await;
        answer.status()
    };
    assert_eq!(amend("1").await, DONE);
    assert_eq!(amend("1").await, StatusCode::CONFLICT);
    let page = member.page("/team").await;
    assert!(
        page.contains("Dinner") && page.contains("amended"),
        "{page}"
    );
    assert_eq!(marks(&page), ["1.2"]);
    let audit = staff.page("/staff/audit").await;
    assert!(
        audit.contains("to everybody: Lunch\nIt is **so**.\n→\nto everybody: Dinner\nNow"),
        "{audit}"
    );
    let withdraw = "/staff/announcements/1/withdraw";
    assert_eq!(staff.post(withdraw, &[]).await.status(), DONE);
    for browser in [&member, &Browser::nobody(&portal).await] {
        assert!(!browser.page("/announcements").await.contains("Dinner"));
    }
    assert!(!member.page("/team").await.contains("(1)"));
    assert_eq!(amend("2").await, StatusCode::CONFLICT);
    assert_eq!(amend("3").await, DONE);
    assert!(member.page("/announcements").await.contains("Dinner"));
}

async fn an_answer_to_a_team_is_nobody_elses(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, a.id).await;
    let stranger = Browser::member(&portal, b.id).await;
    let changes = portal.state.events.count();
    assert_eq!(ask(&member, "Why\r\nso slow?").await, DONE);
    let page = member.page("/team/questions").await;
    assert!(page.contains("Waits for an answer") && page.contains("Why\nso slow?"));
    assert!(!stranger.page("/team/questions").await.contains("so slow"));
    assert_eq!(answer(&staff, "team", "", "0").await, DONE);
    assert_eq!(portal.state.events.count(), changes + 2);
    let page = member.page("/team/questions").await;
    assert!(page.contains("You may.") && !page.contains("Waits for an answer"));
    assert_eq!(marks(&page), ["1.1"]);
    assert!(member.page("/team").await.contains("so slow?"));
    let nobody = Browser::nobody(&portal).await;
    for (browser, path) in [
        (&stranger, "/announcements"),
        (&stranger, "/team"),
        (&stranger, "/team/questions"),
        (&nobody, "/announcements"),
    ] {
        let page = browser.page(path).await;
        assert!(
            !page.contains("You may") && !page.contains("so slow"),
            "{path}"
        );
    }
}

async fn a_published_answer_shows_neither_the_teams_words_nor_the_team(portal: Portal) {
    let [a, b] = [portal.team("chairs").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, a.id).await;
    let stranger = Browser::member(&portal, b.id).await;
    ask(&member, "can we use our secret trick?").await;
    for title in ["", " Can we use OUR secret\ttrick?"] {
        let status = answer(&staff, "all", title, "0").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{title}");
    }
    assert!(marks(&member.page("/team").await).is_empty());
    assert_eq!(
        answer(&staff, "all", "Are tricks allowed?", "0").await,
        DONE
    );
    let nobody = Browser::nobody(&portal).await;
    for (browser, path) in [
        (&nobody, "/announcements"),
        (&stranger, "/announcements"),
        (&stranger, "/team"),
        (&stranger, "/team/questions"),
    ] {
        let page = browser.page(path).await;
        assert!(
            !page.contains("secret") && !page.contains("chairs"),
            "{path}"
        );
        let is_there = page.contains("Are tricks allowed?") && page.contains("You may.");
        assert_eq!(is_there, path != "/team/questions", "{path}");
    }
    for path in ["/announcements", "/team", "/team/questions"] {
        let page = member.page(path).await;
        assert!(page.contains("secret trick") && page.contains("Are tricks allowed?"));
    }
    let questions = staff.page("/staff/export/questions.csv").await;
    assert!(questions.contains("chairs,") && questions.contains(",can we use our secret trick?,1"));
    let told = staff.page("/staff/export/announcements.csv").await;
    assert!(told.contains("Are tricks allowed?,You may."), "{told}");
}

async fn an_answer_is_amended_by_one_at_a_time(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let stranger = Browser::member(&portal, b.id).await;
    ask(&Browser::member(&portal, a.id).await, "May we?").await;
    assert_eq!(answer(&staff, "team", "", "0").await, DONE);
    // Another of the staff has not seen that answer.
    assert_eq!(answer(&staff, "team", "", "0").await, StatusCode::CONFLICT);
    assert!(!stranger.page("/announcements").await.contains("You may."));
    assert_eq!(answer(&staff, "all", "Is it allowed?", "1").await, DONE);
    assert!(
        stranger
            .page("/announcements")
            .await
            .contains("Is it allowed?")
    );
    assert_eq!(answer(&staff, "team", "", "1").await, StatusCode::CONFLICT);
    assert_eq!(answer(&staff, "team", "", "2").await, DONE);
    assert!(!stranger.page("/announcements").await.contains("You may."));
    let audit = staff.page("/staff/audit").await;
    assert!(
        audit.contains("question 1 of a: May we?\n→\nto a: \nYou may."),
        "{audit}"
    );
    assert!(audit.contains("to everybody: Is it allowed?\nYou may.\n→\nto a: \nYou may."));
}

async fn a_question_whose_answer_is_withdrawn_waits_again(portal: Portal) {
    let team = portal.team("a").await;
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, team.id).await;
    ask(&member, "May we?").await;
    answer(&staff, "team", "", "0").await;
    let waiting = async || {
        let mut connection = portal.state.connection().await.expect("a connection");
        let waiting = questions::waiting(&mut connection).await;
        waiting.expect("a count").count
    };
    assert_eq!(waiting().await, 0);
    staff.post("/staff/announcements/1/withdraw", &[]).await;
    assert_eq!(waiting().await, 1);
    let page = member.page("/team/questions").await;
    assert!(page.contains("Waits for an answer") && !page.contains("You may."));
    let form = staff.page("/staff/questions/1").await;
    assert!(form.contains("name=\"version\" value=\"2\"") && form.contains("You may."));
    assert_eq!(answer(&staff, "team", "", "2").await, DONE);
    assert_eq!(waiting().await, 0);
    assert!(member.page("/team/questions").await.contains("You may."));
}

async fn the_staff_is_warned_of_questions_that_wait(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, a.id).await;
    ask(&member, "First?").await;
    portal.wait(Duration::from_secs(100));
    ask(&Browser::member(&portal, b.id).await, "Second?").await;
    let page = staff.page("/staff/questions").await;
    assert!(page.find("First?") < page.find("Second?"), "{page}");
    assert!(page.contains(">Questions <b>(2)</b>") && !page.contains("questions wait"));
    assert!(
        page.contains("1:4") && !page.contains("class=\"tag bad\""),
        "{page}"
    );
    portal.wait(Duration::from_secs(30));
    for path in ["/staff", "/staff/audit", "/", "/announcements"] {
        let page = staff.page(path).await;
        assert!(
            page.contains("2 questions wait, the longest for 2:1"),
            "{path}: {page}"
        );
    }
    let page = staff.page("/staff/questions").await;
    assert_eq!(page.matches("class=\"tag bad\"").count(), 1, "{page}");
    assert!(!member.page("/team").await.contains("questions wait"));
    answer(&staff, "team", "", "0").await;
    let page = staff.page("/staff").await;
    assert!(
        page.contains("<b>(1)</b>") && !page.contains("waited for"),
        "{page}"
    );
    portal.wait(Duration::from_secs(100));
    assert!(
        staff
            .page("/staff")
            .await
            .contains("A question has waited for 2:1")
    );
}

async fn a_team_asks_no_more_than_it_may_however_many_ask_at_once(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let member = Browser::member(&portal, a.id).await;
    let asking = (0..40).map(|number| {
        let member = &member;
        async move { ask(member, &format!("Question {number}?")).await }
    });
    let statuses = futures::future::join_all(asking).await;
    let done = statuses.iter().filter(|status| **status == DONE).count();
    assert_eq!(done as i64, questions::MOST_WAITING, "{statuses:?}");
    let refused = member
        .post("/team/questions", &[("text", "One more?")])
        .await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("Five questions of this team wait already"),
        "{page}"
    );
    let stranger = Browser::member(&portal, b.id).await;
    let long = "あ".repeat(questions::LONGEST);
    assert_eq!(ask(&stranger, &long).await, DONE);
    for text in ["", " \r\n ", &format!("{long}?")] {
        assert_eq!(ask(&stranger, text).await, StatusCode::BAD_REQUEST);
    }
    answer(&Browser::staff(&portal).await, "team", "", "0").await;
    assert_eq!(ask(&member, "And now?").await, DONE);
}

async fn what_is_asked_and_told_is_text(portal: Portal) {
    const ATTACK: &str = "</p><script>alert(1)</script>\"'&<b>";
    let team = portal.team("a").await;
    let staff = Browser::staff(&portal).await;
    let member = Browser::member(&portal, team.id).await;
    ask(&member, ATTACK).await;
    let fields = [
        ("whom", "all"),
        ("title", "</h2><script>alert(2)</script>"),
        ("text", ATTACK),
        ("version", "0"),
    ];
    staff.post("/staff/questions/1", &fields).await;
    ask(&member, ATTACK).await;
    for (browser, path) in [
        (&member, "/team"),
        (&member, "/team/questions"),
        (&member, "/announcements"),
        (&staff, "/staff/questions"),
        (&staff, "/staff/questions/1"),
        (&staff, "/staff/announcements"),
        (&staff, "/staff/announcements/1"),
        (&staff, "/staff/audit"),
    ] {
        let page = browser.page(path).await;
        assert!(page.contains("&#60;script&#62;"), "{path}: {page}");
        assert!(!page.contains("<script>"), "{path}");
    }
    let mut connection = portal.state.connection().await.expect("a connection");
    let told = announcements::all(&mut connection)
        .await
        .expect("announcements");
    assert_eq!(told.len(), 1);
}
