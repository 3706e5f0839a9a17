//! A class in full swing, to be looked at.

use isutori_protocol::Verdict::{self, Fail, Pass};
use jiff::SignedDuration;

use super::{Accounts, BUILD, Demo, HOUR, MINUTE, make_people, make_teams, make_workers, moment};
use crate::{
    class::{
        hints::{self, Refused, Step},
        shown,
    },
    clock::Millis,
    contest::{self, Contest, HintPlan, Language, Practice, Rule, RunSettings, SinceStart},
    error::Error,
    queue,
    state::AppState,
    teams::Team,
    workers,
};

/// The class began so many minutes ago.
const BEGAN: i64 = 95;

/// How many minutes ago a run began, how it was judged, its score, and what the team said of it.
type Past = (i64, Verdict, u64, &'static str);

/// Each team, with its runs.
const TEAMS: [(&str, &[Past]); 6] = [
    (
        "Stools and Benches",
        &[
            (90, Pass, 1_010, "first run"),
            (77, Pass, 1_060, "indexes"),
            (60, Pass, 5_650, "friends at once"),
            (46, Pass, 6_840, "entries joined"),
            (29, Pass, 9_150, "pictures made once"),
            (11, Pass, 10_720, "sessions kept"),
        ],
    ),
    (
        "座布団",
        &[
            (86, Pass, 990, "最初の実行"),
            (71, Pass, 1_055, "インデックス"),
            (53, Pass, 1_068, "プールを大きく"),
            (37, Pass, 1_049, "もう一度"),
            (19, Pass, 1_061, "ワーカーを増やす"),
        ],
    ),
    (
        "Rocking Chairs",
        &[
            (81, Pass, 1_020, "first run"),
            (55, Fail, 0, "entries in memory"),
            (33, Fail, 0, "again"),
            (9, Fail, 0, "with a lock"),
        ],
    ),
    (
        "Standing Ovation",
        &[
            (88, Pass, 1_000, "first run"),
            (59, Pass, 1_090, "index on comments"),
            (15, Pass, 5_720, "no more N+1"),
        ],
    ),
    (
        "縁側",
        &[
            (74, Pass, 1_030, "最初の実行"),
            (25, Pass, 1_070, "インデックス"),
        ],
    ),
    ("Musical Chairs", &[(66, Pass, 1_015, "first run")]),
];

/// When hints open by themselves: after how many minutes the steps of the first rungs do.
const HINTS: [&[i64]; 4] = [&[10, 20, 30], &[20, 40, 60], &[45, 60, 120], &[80, 140]];

/// Which team has read which step of which rung, how many minutes ago.
const READ: [(usize, usize, usize, i64); 8] = [
    (1, 1, 1, 80),
    (1, 2, 1, 64),
    (1, 2, 2, 50),
    (1, 3, 1, 12),
    (2, 2, 1, 30),
    (3, 1, 1, 62),
    (4, 2, 1, 31),
    (0, 5, 1, 24),
];

/// Fills an empty portal with a class that began an hour and a half ago: teams that climb, are
/// stuck, fail or have not begun, hints that are open and read, and a run that everyone is shown.
///
/// # Errors
/// The database's; also when the portal is not empty, as names are taken then.
pub async fn fill(state: &AppState) -> Result<Accounts, Error> {
    let now = state.clock.now();
    let contest = contest_at(now)?;
    let mut connection = state.connection().await?;
    contest::write(&mut connection, &contest).await?;
    drop(connection);
    let teams = make_teams(state, &contest, &TEAMS.map(|team| team.0), now).await?;
    let accounts = make_people(state, &teams, now).await?;
    let mut demo = Demo {
        state,
        contest: &contest,
        workers: make_workers(state, now).await?,
        runs: 0,
    };
    past(&mut demo, &teams, now).await?;
    demo.fault(&teams[5], now).await?;
    demo.begin(0, &teams[3], now).await?;
    demo.enqueue(&teams[4], "三台目のホスト", now - MINUTE)
        .await?;
    open_and_read(state, &contest, &teams, now).await?;
    let mut connection = state.connection().await?;
    for worker in &demo.workers {
        workers::see(&mut connection, worker.id, now).await?;
    }
    let best = queue::of_team(&mut connection, teams[0].id, 1).await?;
    for job in best {
        shown::show(&mut connection, job.id, true, now - 5 * MINUTE).await?;
    }
    state.events.tell();
    Ok(accounts)
}

fn contest_at(now: Millis) -> Result<Contest, Error> {
    let after = |minutes: &i64| SinceStart(SignedDuration::from_mins(*minutes));
    let hints = (1..).zip(HINTS).map(|(rung, steps)| HintPlan {
        rung,
        after: steps.iter().map(after).collect(),
    });
    Ok(Contest {
        name: "Isutori class".to_owned(),
        language: Language::En,
        starts_at: moment(now - BEGAN * MINUTE)?,
        ends_at: moment(now + 3 * HOUR)?,
        freezes_at: None,
        team_size: 3,
        hosts: 3,
        rule: Rule::Best,
        ai_policy: String::new(),
        run: RunSettings {
            build: Some(BUILD.to_owned()),
            ..RunSettings::default()
        },
        final_measurement: Default::default(),
        practice: Some(Practice {
            untouched: Some(1_000),
            hints: hints.collect(),
        }),
        prizes: Vec::new(),
        environment: Default::default(),
    })
}

async fn past(demo: &mut Demo<'_>, teams: &[Team], now: Millis) -> Result<(), Error> {
    let of_team = |(team, (_, runs)): (usize, (&str, &'static [Past]))| {
        runs.iter().map(move |run| (team, run))
    };
    let mut plan: Vec<(usize, &Past)> = TEAMS.into_iter().enumerate().flat_map(of_team).collect();
    plan.sort_by_key(|(_, (minutes, ..))| -minutes);
    for (team, (minutes, verdict, score, note)) in plan {
        let at = now - minutes * MINUTE;
        demo.enqueue(&teams[team], note, at).await?;
        demo.judge(&teams[team], at, *verdict, *score).await?;
    }
    Ok(())
}

/// The teacher opens a hint for the team that is ahead, and teams read.
async fn open_and_read(
    state: &AppState,
    contest: &Contest,
    teams: &[Team],
    now: Millis,
) -> Result<(), Error> {
    let refused = |refused: Refused| Error::Internal(refused.to_string());
    let mut transaction = state.store.begin_write().await?;
    let ahead = Some(teams[0].id);
    let step = |rung, step| Step { rung, step };
    for (said, minutes) in [(step(5, 1), 26), (step(5, 2), 6)] {
        let at = now - minutes * MINUTE;
        let said = hints::say(&mut transaction, contest, said, ahead, true, at).await;
        said.map_err(refused)?;
    }
    for (team, rung, number, minutes) in READ {
        let (team, at) = (teams[team].id, now - minutes * MINUTE);
        let read = hints::read(&mut transaction, contest, team, step(rung, number), at).await;
        read.map_err(refused)?;
    }
    transaction.commit().await?;
    Ok(())
}
