//! Somebody looks at the leaderboard while it changes.

use isutori_portal::{
    contest, demo,
    serve::{Listen, open_folder, serve},
    state::AppState,
    teams,
};
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
};

use crate::{browser::Browser, chromium::Chromium};

/// A portal within the test, so that its leaderboard can be changed at will.
struct Stage {
    state: AppState,
    url: String,
    _stop: watch::Sender<bool>,
    _serving: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Stage {
    async fn set() -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open_folder(folder.path()).await.expect("a database");
        let state = AppState::new(store);
        demo::fill(&state).await.expect("a demo");
        let (stop, stopped) = watch::channel(false);
        let (ready, listening) = oneshot::channel();
        let serving = state.clone();
        let serving = tokio::spawn(async move {
            let listen: Listen = "127.0.0.1:0".parse().expect("an address");
            let ready = |listen: &Listen| ready.send(listen.to_string()).expect("a test");
            let served = serve(serving, &listen, stopped, ready).await;
            served.expect("a portal");
        });
        Stage {
            state,
            url: listening.await.expect("an address"),
            _stop: stop,
            _serving: serving,
            _folder: folder,
        }
    }

    async fn judge(&self, team: i64, score: i64) {
        let sql =
            "INSERT INTO jobs (team_id, kind, state, targets, enqueued_at, finished_at, verdict,
            score) VALUES ($1, 'run', 'finished', '[]', $2, $2, 'pass', $3)";
        let mut connection = self.state.connection().await.expect("a connection");
        let judge = sqlx::query(sql)
            .bind(team)
            .bind(self.state.clock.now())
            .bind(score);
        judge.execute(&mut *connection).await.expect("a run");
        self.state.events.tell_team(team);
    }

    async fn hide(&self, team: i64) {
        let mut connection = self.state.connection().await.expect("a connection");
        let found = teams::find(&mut connection, team).await.expect("a team");
        let hidden = teams::Team {
            hidden: 1,
            ..found.expect("a team")
        };
        let changed = teams::change(&mut connection, &hidden).await;
        changed.expect("a team");
        self.state.events.tell();
    }

    async fn freeze(&self) {
        let mut contest = self.state.contest().await.expect("a contest").contest;
        let now = jiff::Timestamp::from_millisecond(self.state.clock.now());
        contest.freezes_at = Some(now.expect("a time"));
        let mut connection = self.state.connection().await.expect("a connection");
        let written = contest::write(&mut connection, &contest).await;
        written.expect("a contest");
        self.state.events.tell();
    }
}

/// The page's leaderboard and the one that is asked for, without what only the page has: marks of
/// rows and moments in the visitor's zone. Lines of the graph may lie over each other differently.
const COMPARE: &str = "
    const request = new XMLHttpRequest();
    request.open('GET', '/board', false);
    request.send();
    const whole = new DOMParser().parseFromString(request.responseText, 'text/html');
    const plain = (page) => {
        const board = page.getElementById('board').cloneNode(true);
        for (const row of board.querySelectorAll('tr, .line')) row.classList.remove('changed', 'own', 'pinned', 'left', 'high');
        for (const row of board.querySelectorAll('tr[class=\"\"]')) row.removeAttribute('class');
        for (const time of board.querySelectorAll('time')) { time.textContent = ''; time.removeAttribute('title'); }
        const graph = board.querySelector('svg.graph');
        const lines = [...graph.querySelectorAll('g[id]')];
        for (const line of lines.sort((a, b) => (a.id < b.id ? -1 : 1))) graph.append(line);
        return board.innerHTML.replace(/\\s+/g, ' ').replace(/> </g, '><');
    };
    return [plain(document), plain(whole)];";

/// How often the page itself asked for the whole.
const ASKED: &str = "return performance.getEntriesByType('resource').filter(
    (entry) => entry.initiatorType === 'fetch' && new URL(entry.name).pathname === '/board').length;";

/// Waits until the page has the leaderboard of this moment, and compares the two.
async fn check(browser: &Browser, what: &str) {
    browser
        .wait_until(
            "(() => {
                const request = new XMLHttpRequest();
                request.open('GET', '/board', false);
                request.send();
                const tag = document.querySelector('#board > [data-tag]').dataset.tag;
                return request.responseText.includes(`data-tag=\"${tag}\"`);
            })()",
        )
        .await;
    let both = browser.run(COMPARE).await;
    assert_eq!(both[0], both[1], "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_of_differences_is_the_leaderboard() {
    let (chromium, stage) = (Chromium::start().await, Stage::set().await);
    let browser = chromium.open("visitor", &stage.url).await;
    browser.go("/?pin=2").await;
    check(&browser, "at first").await;

    stage.judge(8, 4_000).await;
    check(&browser, "a team moves").await;
    stage.judge(10, 3_000).await;
    check(&browser, "a team has its first score").await;
    stage.judge(1, 1).await;
    stage.judge(2, 4_500).await;
    stage.judge(3, 4_490).await;
    check(&browser, "several teams move").await;
    stage.judge(7, 1_000_000).await;
    check(&browser, "another scale, and a prize is won").await;
    stage.hide(4).await;
    check(&browser, "a team is gone").await;
    stage.freeze().await;
    check(&browser, "frozen").await;

    assert_eq!(browser.run(ASKED).await, 0);
    let pinned = browser
        .run("return [...document.querySelectorAll('tr.pinned')].map((row) => row.id);")
        .await;
    assert_eq!(pinned, serde_json::json!(["team-2"]));
}
