//! What was told and asked in the demo.

use crate::{
    announcements::{self, Draft},
    clock::Millis,
    error::Error,
    people, questions,
    state::AppState,
    teams::{self, Team},
};

const MINUTE: Millis = 60_000;

fn draft(team: Option<i64>, title: &str, text: &str) -> Result<Draft, Error> {
    let draft = Draft::parse(team, title, text);
    draft.map_err(|refused| Error::Internal(refused.to_string()))
}

/// Announcements, of which `member` has read the first, answers, and questions that wait; one team
/// is pinned.
pub(super) async fn talk(
    state: &AppState,
    teams: &[Team],
    member: &str,
    now: Millis,
) -> Result<(), Error> {
    let told = [
        (
            "Welcome",
            "The contest is on. **Read the manual first**, then [register your hosts](/team#hosts).\n\nQuestions? [Ask](/team/questions).",
            300,
        ),
        (
            "お昼の休憩",
            "12:00から13:00まで会場で昼食をとれます。ベンチマークは止まりません。",
            200,
        ),
    ];
    let mut transaction = state.store.begin_write().await?;
    for (title, text, minutes) in told {
        let at = now - minutes * MINUTE;
        let id = announcements::tell(&mut transaction, &draft(None, title, text)?, at).await?;
        if let Some((person, _)) = people::credentials(&mut transaction, member).await? {
            announcements::mark_read(&mut transaction, person, id, 1).await?;
        }
    }
    let late = draft(
        Some(teams[0].id),
        "",
        "One of your hosts was restarted at our side. The run that it cost was made again.",
    )?;
    announcements::tell(&mut transaction, &late, now - 90 * MINUTE).await?;
    let asked = [
        (
            &teams[2],
            "we want to use redis as a session store, is it ok if we install it on web2??",
            150,
            Some((
                "May we install other software on our hosts?",
                "Yes. What you install has to come back **after a reboot**.",
                true,
            )),
        ),
        (
            &teams[0],
            "The benchmark says `timeout` on /recent, but curl is quick. Why?",
            80,
            Some((
                "",
                "Look at the 99th percentile on the run's page: few requests are slow, and they are the ones that time out.",
                false,
            )),
        ),
        (&teams[5], "ホストのディスクを増やせますか?", 4, None),
        (
            &teams[0],
            "Does the final run start from the initial data?",
            1,
            None,
        ),
    ];
    for (team, text, minutes, answer) in asked {
        let at = now - minutes * MINUTE;
        let refused = |error: questions::Refused| Error::Internal(error.to_string());
        let id = questions::ask(&mut transaction, team.id, text, at).await;
        let question = questions::find(&mut transaction, id.map_err(refused)?).await?;
        if let (Some(question), Some((title, text, is_for_all))) = (question, answer) {
            let draft = draft((!is_for_all).then_some(team.id), title, text)?;
            let at = at + 5 * MINUTE;
            let answered = questions::answer(&mut transaction, &question, 0, &draft, at).await;
            answered.map_err(|refused| Error::Internal(refused.to_string()))?;
        }
    }
    let pinned = Team {
        pinned: 1,
        ..teams[5].clone()
    };
    teams::change(&mut transaction, &pinned).await?;
    transaction.commit().await?;
    Ok(())
}
