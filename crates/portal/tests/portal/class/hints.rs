//! Hints open with time, by the teacher's word, and are read by a team's click.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{DONE, MINUTE, class, of, stuck};
use crate::{
    app::{Portal, TeamCaller},
    browser::Browser,
    on_both_stores,
};

on_both_stores!(
    hints_open_with_time_and_are_read_by_a_click,
    the_teacher_opens_and_closes_and_the_last_word_counts,
);

/// What the steps of a rung's hint say in English: the longest part that a page writes as it is.
fn says(rung: usize) -> Vec<String> {
    let course = isutori_portal::class::course();
    let rung = course.rung(rung).expect("a rung");
    let english = |hint: &isutori_course::Text| {
        let text = hint.in_language(isutori_course::Language::English);
        let parts = text.split(['`', '&', '<', '>', '"', '\'', '*']);
        let longest = parts.max_by_key(|part| part.len()).expect("a part");
        assert!(longest.len() > 10, "{text}");
        longest.to_owned()
    };
    rung.hints.iter().map(english).collect()
}

/// Which steps of a rung's hint a page shows.
fn shown(page: &str, rung: usize) -> Vec<usize> {
    let steps = (1..).zip(says(rung));
    let shown = steps.filter(|(_, text)| page.contains(text.as_str()));
    shown.map(|(step, _)| step).collect()
}

async fn read(member: &Browser, rung: usize, step: usize) -> StatusCode {
    let (rung, step) = (rung.to_string(), step.to_string());
    let fields = [("rung", &*rung), ("step", &*step)];
    member.post("/team/hints", &fields).await.status()
}

/// The teacher opens or closes a step, for one team or for all.
async fn say(staff: &Browser, team: Option<i64>, step: usize, opens: bool) -> StatusCode {
    let (team, step) = (
        team.map_or(String::new(), |team| team.to_string()),
        step.to_string(),
    );
    let opens = if opens { "1" } else { "0" };
    let fields = [
        ("team", &*team),
        ("rung", "3"),
        ("step", &step),
        ("opens", opens),
    ];
    staff.post("/staff/hints", &fields).await.status()
}

async fn hints_open_with_time_and_are_read_by_a_click(portal: Portal) {
    portal.set_up(class(&portal)).await;
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let member = Browser::member(&portal, a.id).await;
    let page = member.page("/team/hints").await;
    assert!(page.contains("No hint is open yet."), "{page}");
    assert_eq!(read(&member, 2, 1).await, StatusCode::CONFLICT);

    portal.wait(20 * MINUTE);
    let page = member.page("/team/hints").await;
    assert!(page.contains("Rung 2: Indexes that are missing"), "{page}");
    assert!(page.contains("<b>(1)</b>"), "{page}");
    assert!(page.contains("The next step opens at"), "{page}");
    assert!(shown(&page, 2).is_empty());
    assert_eq!(read(&member, 2, 2).await, StatusCode::CONFLICT);
    assert_eq!(read(&member, 2, 1).await, DONE);
    let page = member.page("/team/hints").await;
    assert_eq!(shown(&page, 2), [1]);
    assert!(!page.contains("<b>(1)</b>"), "{page}");

    portal.wait(10 * MINUTE);
    assert_eq!(read(&member, 2, 2).await, DONE);
    // Once more changes nothing; no other step and no other rung is open.
    assert_eq!(read(&member, 2, 1).await, DONE);
    for (rung, step) in [(2, 3), (2, 0), (3, 1), (99, 1)] {
        assert_eq!(read(&member, rung, step).await, StatusCode::CONFLICT);
    }
    let ja = member.ask(Method::GET, "/team/hints?lang=ja").send().await;
    let ja = ja.expect("an answer").text().await.expect("a page");
    assert!(ja.contains("段2: 足りないインデックス"), "{ja}");

    let class = stuck(&portal).await;
    let hints = |team: &TeamCaller<'_>| of(&class, team)["hints"].clone();
    let read: Vec<_> = hints(&a)
        .as_array()
        .expect("hints")
        .iter()
        .map(|hint| (hint["rung"].clone(), hint["step"].clone()))
        .collect();
    assert_eq!(read, [(json!(2), json!(1)), (json!(2), json!(2))]);
    assert_eq!(hints(&b), json!([]));
    let staff = Browser::staff(&portal).await;
    assert!(staff.page("/staff/class").await.contains("rung 2: 2 of 3"));
    assert!(staff.page("/staff/hints").await.contains("1 team"));
}

async fn the_teacher_opens_and_closes_and_the_last_word_counts(portal: Portal) {
    let mut class = class(&portal);
    let practice = class.practice.as_mut().expect("a practice");
    practice.hints[0].rung = 3;
    portal.set_up(class).await;
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let staff = Browser::staff(&portal).await;
    let members = [
        Browser::member(&portal, a.id).await,
        Browser::member(&portal, b.id).await,
    ];
    // How many steps of rung 3 each can read.
    let open = async || {
        let mut open = [0, 0];
        for (member, open) in members.iter().zip(&mut open) {
            let page = member.page("/team/hints").await;
            while *open < 3 && read(member, 3, *open + 1).await == DONE {
                *open += 1;
            }
            assert_eq!(page.contains("Rung 3:"), *open > 0, "{page}");
        }
        open
    };
    assert_eq!(open().await, [0, 0]);
    assert_eq!(say(&staff, Some(a.id), 1, true).await, DONE);
    assert_eq!(open().await, [1, 0]);
    // The next one alone, and each once.
    for step in [1, 3] {
        let said = say(&staff, Some(a.id), step, true).await;
        assert_eq!(said, StatusCode::CONFLICT);
    }
    assert_eq!(say(&staff, None, 1, true).await, DONE);
    assert_eq!(say(&staff, None, 2, true).await, DONE);
    assert_eq!(open().await, [2, 2]);
    assert_eq!(say(&staff, None, 1, false).await, StatusCode::CONFLICT);
    assert_eq!(say(&staff, None, 2, false).await, DONE);
    assert_eq!(say(&staff, Some(b.id), 1, false).await, DONE);
    assert_eq!(open().await, [1, 0]);
    // What was read and is closed is not shown.
    let page = members[0].page("/team/hints").await;
    assert_eq!(shown(&page, 3), [1]);
    assert!(shown(&members[1].page("/team/hints").await, 3).is_empty());

    // Both steps open by themselves, as their times come later; and the teacher closes one again.
    portal.wait(30 * MINUTE);
    assert_eq!(open().await, [2, 2]);
    assert_eq!(say(&staff, None, 2, false).await, DONE);
    portal.wait(60 * MINUTE);
    assert_eq!(open().await, [1, 1]);
    assert_eq!(say(&staff, Some(404), 2, true).await, StatusCode::NOT_FOUND);

    let page = staff.page("/staff/hints").await;
    assert!(
        page.contains("1 / 3") && page.contains("Close step 1"),
        "{page}"
    );
    let path = format!("/staff/hints?team={}", a.id);
    let page = staff.page(&path).await;
    assert!(page.contains("2 / 3"), "{page}");
    let audit = staff.page("/staff/audit").await;
    assert!(
        audit.contains("rung 3, step 1: a<") && audit.contains("close hint"),
        "{audit}"
    );
    assert!(audit.contains("rung 3, step 2: all teams"), "{audit}");
}
