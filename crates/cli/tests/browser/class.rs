//! A class: its pages, and hints by keyboard alone.

use fantoccini::key::Key;

use crate::{
    chromium::Chromium,
    keyboard::{press, tab_to},
    program::Demo,
    walk::walk,
};

/// A member of a team that is stuck, and of one that has not the run that is shown.
const STUCK: &str = "member11";

#[tokio::test]
async fn every_page_of_a_class_can_be_read_by_its_teams() {
    let known = ["/team", "/team/hints", "/team/jobs/N"];
    walk(
        Demo::of_class(),
        Some(STUCK),
        &["/staff/hints"],
        &[],
        &known,
    )
    .await;
}

#[tokio::test]
async fn every_page_of_a_class_can_be_read_by_its_teacher() {
    let known = ["/staff", "/staff/class", "/staff/hints", "/team/jobs/N"];
    walk(Demo::of_class(), Some("staff"), &[], &[], &known).await;
}

#[tokio::test]
async fn a_class_is_held_with_a_keyboard_alone() {
    let (chromium, demo) = (Chromium::start().await, Demo::of_class().await);
    let [teacher, team] = [
        chromium.open("teacher", &demo.url).await,
        chromium.open("team", &demo.url).await,
    ];
    teacher.log_in("staff", &demo.password).await;
    team.log_in(STUCK, &demo.password).await;

    // What the teacher opens comes to the team, which is on its page already.
    team.go("/team/hints").await;
    team.wait_for("#rung-3", "Where to look").await;
    teacher.go("/staff/hints").await;
    tab_to(&teacher, "Open step 3: Rung 3").await;
    press(&teacher, Key::Enter).await;
    teacher.wait_for("#rung-3", "3 / 3").await;
    team.wait_for("#pages", "Hints (6)").await;
    for step in ["What is wrong", "How to cure it"] {
        tab_to(&team, &format!("Read: Rung 3, {step}")).await;
        press(&team, Key::Enter).await;
        team.wait_until(&format!(
            "[...document.querySelectorAll('#rung-3 li')]
                .some((li) => li.innerText.includes('{step}') && !li.querySelector('button'))"
        ))
        .await;
    }

    // And what the team reads comes to the teacher.
    teacher.go("/staff/class").await;
    teacher.wait_for("#class", "rung 3: 3 of 3").await;
    tab_to(&team, "Read: Rung 1, What is wrong").await;
    press(&team, Key::Enter).await;
    teacher.wait_for("#class", "rung 1: 2 of 3").await;

    // The run that is shown is taken back.
    team.go("/team").await;
    team.wait_for("#shown", "Stools and Benches").await;
    let button = "return document.querySelector('#shown button').ariaLabel;";
    let button = teacher.run(button).await;
    tab_to(&teacher, button.as_str().expect("a label")).await;
    press(&teacher, Key::Enter).await;
    team.wait_until("!document.querySelector('#shown').innerText.trim()")
        .await;
}
