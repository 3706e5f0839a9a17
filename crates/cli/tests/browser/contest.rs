//! A whole contest with real parts: organiser, contestant and audience each in a browser of their
//! own, two more teams by their programs, two workers, the real benchmark and real sites.

use isutori_services::Process;
use jiff::{SignedDuration, Timestamp};

use crate::{
    browser::Browser,
    chromium::Chromium,
    program::{LIMIT, Place, free_port, said},
};

#[tokio::test]
async fn a_contest_goes_from_setup_to_released_results() {
    let (chromium, place) = (Chromium::start().await, Place::new());
    let listen = format!("127.0.0.1:{}", free_port());
    let url = format!("http://{listen}");
    let serve = |log| {
        let data = place.path("portal").display().to_string();
        place.isutori(
            log,
            &["portal", "serve", "--data", &data, "--listen", &listen],
        )
    };
    let mut portal = serve("portal.log");
    let link = said(&mut portal, "the first of the staff comes in once by ").await;
    let mut sites = Vec::new();
    for team in ["Chairs", "Stools", "Benches"] {
        sites.push(place.suwaru(team).await);
    }
    let [organiser, contestant, audience] = [
        chromium.open("organiser", &url).await,
        chromium.open("contestant", &url).await,
        chromium.open("audience", &url).await,
    ];

    organiser.accept(&link, "organiser").await;
    set_up(&organiser, Timestamp::now() + hours(6)).await;
    let invitation = make_teams(&organiser, &sites).await;
    let _workers = start_workers(&organiser, &place, &url).await;
    contestant.accept(&invitation, "chair").await;
    contestant.type_into("#hosts [name=name]", "web").await;
    contestant.type_into("#hosts [name=url]", &sites[0].1).await;
    contestant.submit("/team/hosts").await;
    audience.go("/").await;
    assert_eq!(row(&audience, "Chairs").await[2], "–");
    audience
        .run("window.isUntouched = true; return null;")
        .await;

    // The first runs, with the portal killed in the middle.
    let others = [
        enqueue(&place, &url, "Stools").await,
        enqueue(&place, &url, "Benches").await,
    ];
    enqueue_in_page(&contestant, "as it came").await;
    contestant.wait_for(".now dd", "consistency check").await;
    portal.kill();
    let _portal = serve("portal-again.log");
    let first = verdict(&contestant).await;
    assert_was_live(&contestant).await;
    assert_report(&contestant).await;
    for mut other in others {
        let status = other.wait(LIMIT).await.expect("a verdict");
        assert!(status.success(), "{}", other.failure("did not pass"));
    }
    for team in ["Chairs", "Stools", "Benches"] {
        audience
            .wait_until(&format!("{}[4] === '1'", row_of(team)))
            .await;
    }
    assert_eq!(row(&audience, "Chairs").await[2], first);
    organiser.go("/staff").await;
    organiser.wait_for("#workers", "two").await;

    // The leaderboard freezes.
    set_up(&organiser, Timestamp::now()).await;
    audience.wait_for("#board", "Frozen").await;
    contestant.go("/team").await;
    enqueue_in_page(&contestant, "with an idea").await;
    let second = verdict(&contestant).await;
    contestant.go("/team").await;
    contestant.wait_for("#runs tbody tr", "with an idea").await;
    assert_eq!(contestant.text("#runs .figures dd").await, second);
    contestant.find(".notice.frozen").await;
    let untouched = audience.run("return window.isUntouched === true;").await;
    assert_eq!(
        untouched, true,
        "the leaderboard moved without being loaded again"
    );
    audience.go("/").await;
    let frozen = row(&audience, "Chairs").await;
    assert_eq!((&frozen[2], &frozen[4]), (&first, &"1".to_owned()));

    // The results are released.
    audience
        .run("window.isUntouched = true; return null;")
        .await;
    organiser.go("/staff").await;
    organiser.submit("/staff/release").await;
    audience
        .wait_until(&format!("{}[4] === '2'", row_of("Chairs")))
        .await;
    audience
        .wait_until("window.isUntouched && !document.body.innerText.includes('Frozen')")
        .await;
    assert_eq!(row(&audience, "Chairs").await[2], second);
    let mut places = Vec::new();
    for team in ["Chairs", "Stools", "Benches"] {
        places.push(row(&audience, team).await[0].trim().to_owned());
    }
    places.sort();
    assert_eq!(places[0], "1", "{places:?}");
    assert!(!places.contains(&"–".to_owned()), "{places:?}");
    for browser in [&organiser, &contestant, &audience] {
        // That the portal was away is known.
        let mut complaints = browser.complaints().await;
        complaints.retain(|complaint| !complaint.contains("net::ERR_"));
        assert_eq!(complaints, Vec::<String>::new());
    }
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// Imports a contest that is on.
async fn set_up(organiser: &Browser, freezes_at: Timestamp) {
    let (starts_at, ends_at) = (Timestamp::now() - hours(1), Timestamp::now() + hours(7));
    let toml = format!(
        "name = \"Sitting\"\nstarts_at = \"{starts_at}\"\nends_at = \"{ends_at}\"\n\
         freezes_at = \"{freezes_at}\"\n[run]\nsize = \"small\"\ndata_seed = 1\nload_seconds = 4\ntime_limit_seconds = 300\nmemory_limit_mib = 4096\n"
    );
    organiser.go("/staff/contest").await;
    organiser.type_into("[name=toml]", &toml).await;
    organiser.submit("/staff/contest").await;
    organiser.wait_for("header .name", "Sitting").await;
}

/// Makes a team by a form and the others by a list, and gives an invitation to the first.
async fn make_teams(organiser: &Browser, sites: &[(Process, String)]) -> String {
    organiser.go("/staff/teams").await;
    organiser.type_into("[name=name]", "Chairs").await;
    organiser.submit("/staff/teams").await;
    organiser.go("/staff/teams").await;
    let list = format!("Stools,,web,{}\nBenches,,web,{}", sites[1].1, sites[2].1);
    organiser.type_into("[name=csv]", &list).await;
    organiser.submit("/staff/teams/import").await;
    organiser.go("/staff/teams").await;
    organiser.wait_for("#unprepared", "Chairs").await;
    organiser.wait_for("#all", "Benches").await;
    organiser.go("/staff/teams/1").await;
    organiser.wait_for("h1", "Chairs").await;
    organiser.submit("/staff/teams/1/invite").await;
    organiser.text(".secret").await
}

/// Makes a token, starts two workers with it, and sees them come.
async fn start_workers(organiser: &Browser, place: &Place, url: &str) -> Vec<Process> {
    organiser.go("/staff").await;
    organiser.submit("/staff/worker-token").await;
    let token = organiser.text(".secret").await;
    organiser.go("/staff").await;
    let mut workers = Vec::new();
    for name in ["one", "two"] {
        let runs = place.path(name).display().to_string();
        workers.push(place.isutori(
            &format!("worker-{name}.log"),
            &[
                "worker",
                "run",
                "--portal",
                url,
                "--token",
                &token,
                "--name",
                name,
                "--runs",
                &runs,
                "--concurrency",
                "2",
            ],
        ));
        organiser.wait_for("#workers", name).await;
    }
    workers
}

/// A team's program enqueues, and waits.
async fn enqueue(place: &Place, url: &str, team: &str) -> Process {
    let data = place.path("portal").display().to_string();
    let token = place
        .run(&["portal", "token", "--data", &data, "--team", team])
        .await;
    place.isutori(
        &format!("team-{team}.log"),
        &[
            "team",
            "enqueue",
            "--wait",
            "--portal",
            url,
            "--token",
            token.trim(),
        ],
    )
}

async fn enqueue_in_page(contestant: &Browser, note: &str) {
    contestant.type_into("[name=note]", note).await;
    contestant.submit("/team/jobs").await;
    contestant.wait_for("main", note).await;
    contestant.run(include_str!("recorder.js")).await;
}

/// Waits for the run to end, which must have passed, and gives its score. The page is not loaded
/// again.
async fn verdict(contestant: &Browser) -> String {
    contestant
        .wait_until("document.querySelector('h1 .verdict, h1 .errored, h1 .cancelled')")
        .await;
    let page = contestant.text("main").await;
    assert_eq!(contestant.text("h1 span").await, "PASS", "{page}");
    contestant.text(".figures .big").await
}

/// The page of a run has shown how it went: it was seen to move on by itself. How many steps are
/// seen is the machine's matter, as the page shows the state when it is told of a change, and
/// whoever asks late finds several changes in one.
async fn assert_was_live(contestant: &Browser) {
    let seen = contestant.run("return window.seen;").await;
    for shown in ["phases", "scores", "lines"] {
        assert!(
            seen[shown].as_array().is_some_and(|list| list.len() > 1),
            "{shown}: {seen}"
        );
    }
}

async fn assert_report(contestant: &Browser) {
    contestant.click("a[href$='/report.html']").await;
    contestant.wait_for("body", "PASS").await;
    contestant.find("svg").await;
    contestant.client.back().await.expect("a page");
}

/// The cells of a team's row in the leaderboard, as an expression.
fn row_of(team: &str) -> String {
    format!(
        "[...[...document.querySelectorAll('#board tbody tr')]
            .find((row) => row.innerText.includes('{team}')).children].map((cell) => cell.innerText)"
    )
}

async fn row(browser: &Browser, team: &str) -> Vec<String> {
    let row = browser.run(&format!("return {};", row_of(team))).await;
    serde_json::from_value(row).expect("a row")
}
