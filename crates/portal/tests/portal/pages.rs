//! What pages show and refuse.

use std::{net::SocketAddr, time::Duration};

use isutori_portal::{
    contest, pastes,
    people::{self, Role},
    router::router,
    secret,
    state::Settings,
    teams,
};
use isutori_protocol::{
    Verdict,
    contest::{Enqueue, Heartbeat, LogLine},
};
use reqwest::{Method, StatusCode, header};

use crate::{
    app::{Portal, judged},
    browser::{Browser, form_token, join, location},
    on_both_stores,
};

on_both_stores!(
    a_form_without_its_token_is_refused,
    somebody_logs_in_and_out,
    logging_in_is_limited_by_name_and_by_address,
    an_invite_is_used_once_and_a_team_is_never_too_large,
    what_contestants_write_is_text,
    a_frozen_leaderboard_says_so_and_shows_no_more,
    what_a_browser_has_is_not_sent_again,
    files_of_a_run_are_no_pages_of_ours,
    hosts_are_limited_and_settled_at_the_end,
    a_new_token_ends_the_one_before,
    a_run_is_told_with_its_attempts_and_the_one_before,
    the_staff_edits_the_contest_and_every_change_is_told,
    a_list_of_teams_is_imported_whole_or_not_at_all,
    pages_speak_the_visitors_language,
    whoever_listens_is_told_of_changes,
    the_demo_can_be_looked_at,
    links_and_cookies_follow_the_public_address,
    a_proxy_says_who_asks,
);

async fn a_form_without_its_token_is_refused(portal: Portal) {
    let team = portal.team("chairs").await;
    let member = Browser::member(&portal, team.id).await;
    let other = Browser::member(&portal, team.id).await;
    let status = async |fields: &[(&str, &str)]| {
        let answer = member.post_bare("/team/hosts/remove", fields).await;
        answer.status()
    };
    let name = ("name", "web");
    assert_eq!(status(&[name]).await, StatusCode::FORBIDDEN);
    assert_eq!(
        status(&[name, ("form_token", "")]).await,
        StatusCode::FORBIDDEN
    );
    let theirs = ("form_token", other.form_token.as_str());
    assert_eq!(status(&[name, theirs]).await, StatusCode::FORBIDDEN);
    assert!(member.page("/team").await.contains("chairs.example"));
    let own = ("form_token", member.form_token.as_str());
    assert_eq!(status(&[name, own]).await, StatusCode::SEE_OTHER);
    assert!(!member.page("/team").await.contains("chairs.example"));
}

async fn somebody_logs_in_and_out(portal: Portal) {
    let kept = secret::hash_password("sit down").expect("a hash");
    let person = join(&portal.state, Role::Staff, &kept).await;
    let name = name(&portal, person).await;
    let mut browser = Browser::nobody(&portal).await;
    let fields = |password| {
        [
            ("name", name.as_str()),
            ("password", password),
            ("next", "/screen"),
        ]
    };
    let wrong = browser.post("/login", &fields("stand up")).await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let again = wrong.text().await.expect("a page");
    assert!(again.contains("do not fit") && again.contains(&format!("value=\"{name}\"")));
    let right = browser.post("/login", &fields("sit down")).await;
    assert_eq!(location(&right), "/screen");
    browser.accept(&right);
    browser.form_token = form_token(&browser.page("/staff").await);
    let out = browser.post("/logout", &[]).await;
    assert_eq!(location(&out), "/");
    // The session itself is gone, not only the cookie.
    assert_eq!(
        location(&browser.get("/staff").await),
        "/login?next=%2Fstaff"
    );
}

async fn name(portal: &Portal, person: i64) -> String {
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let session = people::begin_session(&mut connection, person, now).await;
    let person = people::session(&mut connection, &session.expect("a session"), now).await;
    person.expect("a session").expect("a person").name
}

async fn logging_in_is_limited_by_name_and_by_address(portal: Portal) {
    let browser = Browser::nobody(&portal).await;
    let status = async |name: &str| {
        let fields = [("name", name), ("password", "wrong wrong")];
        browser.post("/login", &fields).await.status()
    };
    for _ in 0..10 {
        assert_eq!(status("somebody").await, StatusCode::FORBIDDEN);
    }
    assert_eq!(status("somebody").await, StatusCode::TOO_MANY_REQUESTS);
    for number in 0..49 {
        let name = format!("name{number}");
        assert_eq!(status(&name).await, StatusCode::FORBIDDEN, "{number}");
    }
    assert_eq!(status("another").await, StatusCode::TOO_MANY_REQUESTS);
    portal.wait(Duration::from_secs(61));
    assert_eq!(status("somebody").await, StatusCode::FORBIDDEN);
}

async fn an_invite_is_used_once_and_a_team_is_never_too_large(portal: Portal) {
    let team = portal.team("chairs").await;
    let invite = async || {
        let mut connection = portal.state.connection().await.expect("a connection");
        let now = portal.state.clock.now();
        let role = Role::Member(team.id);
        let token = people::invite(&mut connection, role, now).await;
        format!("/invite/{}", token.expect("an invite"))
    };
    let accept = async |path: &str, name: &str, password: &str| {
        let browser = Browser::nobody(&portal).await;
        let fields = [("name", name), ("password", password)];
        let answer = browser.post(path, &fields).await;
        let (status, location) = (answer.status(), location(&answer).to_owned());
        (status, location, answer.text().await.expect("a page"))
    };
    let joined = async |path: &str, name: &str| {
        let (status, location, _) = accept(path, name, "long enough").await;
        status == StatusCode::SEE_OTHER && location == "/team"
    };
    let refused = async |path: &str, name: &str, password: &str, why: &str| {
        let (status, _, page) = accept(path, name, password).await;
        status == StatusCode::CONFLICT && page.contains(why)
    };
    let [first, second, third] = [invite().await, invite().await, invite().await];
    let nobody = Browser::nobody(&portal).await;
    assert!(nobody.page(&first).await.contains("chairs"));
    assert!(refused(&first, "anna", "short", "8 to 200 characters").await);
    assert!(joined(&first, "anna").await);
    assert!(refused(&first, "bert", "long enough", "used already").await);
    assert_eq!(nobody.get(&first).await.status(), StatusCode::CONFLICT);
    assert!(refused(&second, "anna", "long enough", "name is taken").await);
    // An invite that was refused can still be used.
    assert!(joined(&second, "bert").await);
    assert!(refused(&third, "carl", "long enough", "team is full").await);
    let mut connection = portal.state.connection().await.expect("a connection");
    let members = people::members(&mut connection, team.id).await;
    assert_eq!(members.expect("members"), ["anna", "bert"]);
}

async fn what_contestants_write_is_text(portal: Portal) {
    const ATTACK: &str = "</pre><script>alert(1)</script>\"'&<b>";
    let team = portal.team("chairs").await;
    let worker = portal.worker("w").await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let row = teams::find(&mut connection, team.id).await;
    let mut row = row.expect("a team").expect("a team");
    row.name = ATTACK.chars().take(40).collect();
    teams::change(&mut connection, &row).await.expect("a name");
    let now = portal.state.clock.now();
    let paste = pastes::keep(&mut connection, team.id, ATTACK, now).await;
    let paste = paste.expect("a paste");
    drop(connection);
    let wish = Enqueue {
        note: Some(ATTACK.to_owned()),
        commit: Some(ATTACK.to_owned()),
        ..Enqueue::default()
    };
    team.try_to_enqueue(&wish).await;
    let assignment = worker.claim().await.expect("a job");
    let line = |language: &str| LogLine {
        sequence: 0,
        language: language.to_owned(),
        text: ATTACK.to_owned(),
    };
    let beat = Heartbeat {
        lease: assignment.lease,
        progress: None,
        log: vec![line("en"), line("ja")],
    };
    let request = worker.ask(Method::POST, "/api/worker/heartbeat");
    request.json(&beat).send().await.expect("an answer");
    let outcome = isutori_protocol::contest::Outcome::Judged {
        result: Box::new(isutori_protocol::RunResult {
            seed: assignment.seed,
            ..isutori_protocol::sample::hostile()
        }),
    };
    worker.finish(assignment.lease, outcome).await;
    let (member, staff) = (
        Browser::member(&portal, team.id).await,
        Browser::staff(&portal).await,
    );
    let job = format!("/team/jobs/{}", assignment.lease.job);
    let pages = [
        (&member, "/".to_owned()),
        (&member, "/screen".to_owned()),
        (&member, "/team".to_owned()),
        (&member, job.clone()),
        (&member, "/team/pastes".to_owned()),
        (&member, format!("/team/pastes/{paste}")),
        (&staff, "/staff".to_owned()),
        (&staff, "/staff/teams".to_owned()),
        (&staff, format!("/staff/teams/{}", team.id)),
        (&staff, job),
    ];
    for (browser, path) in pages {
        let page = browser.page(&path).await;
        assert!(page.contains("&#60;script&#62;"), "{path}: {page}");
        assert!(!page.contains("<script>"), "{path}");
        assert!(!page.contains("<img"), "{path}");
    }
}

async fn a_frozen_leaderboard_says_so_and_shows_no_more(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let worker = portal.worker("w").await;
    a.enqueue().await;
    worker.judge(Verdict::Pass, 4_321).await;
    let nobody = Browser::nobody(&portal).await;
    assert!(!nobody.page("/").await.contains("Frozen"));
    portal.wait(Duration::from_secs(6 * 3_600 + 1_800));
    b.enqueue().await;
    worker.judge(Verdict::Pass, 98_765).await;

    for path in ["/", "/screen", "/board"] {
        let page = nobody.page(path).await;
        assert!(page.contains("Frozen") && page.contains("4,321"), "{path}");
        assert!(!page.contains("98,765"), "{path}");
    }
    assert!(!nobody.page("/board.json").await.contains("98765"));
    let stranger = Browser::member(&portal, a.id).await;
    assert!(!stranger.page("/").await.contains("98,765"));
    let own = Browser::member(&portal, b.id).await;
    assert!(own.page("/").await.contains("98,765"));
    assert!(own.page("/team").await.contains("98,765"));
    let staff = Browser::staff(&portal).await;
    assert!(staff.page("/").await.contains("98,765"));
    // The screen is for everybody, whoever has opened it.
    assert!(!staff.page("/screen").await.contains("98,765"));

    staff.post("/staff/release", &[("release", "1")]).await;
    assert!(nobody.page("/").await.contains("98,765"));
    staff.post("/staff/release", &[("release", "0")]).await;
    assert!(!nobody.page("/").await.contains("98,765"));
}

async fn what_a_browser_has_is_not_sent_again(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    let nobody = Browser::nobody(&portal).await;
    for path in ["/board.json", "/board"] {
        let first = nobody.get(path).await;
        let tag = first.headers()[header::ETAG].clone();
        assert_eq!(first.headers()[header::CACHE_CONTROL], "no-cache");
        let again = async || {
            let request = nobody.ask(Method::GET, path);
            let request = request.header(header::IF_NONE_MATCH, tag.clone());
            request.send().await.expect("an answer")
        };
        let same = again().await;
        assert_eq!(same.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(same.headers()[header::ETAG], tag);
        assert_eq!(same.bytes().await.expect("nothing").len(), 0);
        team.enqueue().await;
        worker.judge(Verdict::Pass, 7).await;
        assert_eq!(again().await.status(), StatusCode::OK, "{path}");
    }
}

async fn files_of_a_run_are_no_pages_of_ours(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    team.enqueue().await;
    let assignment = worker.claim().await.expect("a job");
    let job = assignment.lease.job;
    for name in [
        "report.html",
        "result.json",
        "failures/1.json",
        "x.log",
        "x.bin",
    ] {
        let path = format!("/api/worker/files/{job}/1/{name}");
        let request = worker.ask(Method::PUT, &path);
        let request = request.header("content-encoding", "gzip").body("zipped");
        request.send().await.expect("an answer");
    }
    worker
        .finish(assignment.lease, judged(&assignment, Verdict::Pass, 1))
        .await;
    let member = Browser::member(&portal, team.id).await;
    for (name, kind) in [
        ("report.html", "text/html; charset=utf-8"),
        ("result.json", "application/json"),
        ("failures/1.json", "application/json"),
        ("x.log", "text/plain; charset=utf-8"),
        ("x.bin", "application/octet-stream"),
    ] {
        let answer = member.get(&format!("/team/jobs/{job}/files/{name}")).await;
        let headers = answer.headers();
        assert_eq!(headers[header::CONTENT_TYPE], kind);
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let policy = headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("a policy");
        assert!(
            policy.starts_with("sandbox; default-src 'none';"),
            "{policy}"
        );
        assert!(!policy.contains("script"), "{policy}");
        assert_eq!(answer.bytes().await.expect("a body"), "zipped");
    }
    let page = member.get("/team").await;
    let policy = &page.headers()[header::CONTENT_SECURITY_POLICY];
    let policy = policy.to_str().expect("a policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"));
}

async fn hosts_are_limited_and_settled_at_the_end(portal: Portal) {
    let [a, b] = [portal.team("a").await, portal.team("b").await];
    let member = Browser::member(&portal, a.id).await;
    let put = async |name: &str, url: &str| {
        let fields = [("name", name), ("url", url)];
        member.post("/team/hosts", &fields).await.status()
    };
    let done = StatusCode::SEE_OTHER;
    assert_eq!(put("web2", "http://10.0.0.2:80/").await, done);
    assert_eq!(
        put("web3", "http://10.0.0.2").await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        put("web3", "http://B.example").await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(put("web3", "http://x/y").await, StatusCode::BAD_REQUEST);
    assert_eq!(put("web3", "https://10.0.0.3:8443").await, done);
    assert_eq!(
        put("web4", "http://10.0.0.4").await,
        StatusCode::BAD_REQUEST
    );
    // One that is there moves.
    assert_eq!(put("web3", "http://10.0.0.4").await, done);

    portal.wait(Duration::from_secs(8 * 3_600));
    assert_eq!(put("web3", "http://10.0.0.5").await, StatusCode::CONFLICT);
    let removed = member.post("/team/hosts/remove", &[("name", "web3")]).await;
    assert_eq!(removed.status(), StatusCode::CONFLICT);
    let staff = Browser::staff(&portal).await;
    let path = format!("/staff/teams/{}/hosts", a.id);
    let fields = [("name", "web3"), ("url", "http://10.0.0.5")];
    assert_eq!(staff.post(&path, &fields).await.status(), done);
    let mut connection = portal.state.connection().await.expect("a connection");
    let hosts = teams::hosts(&mut connection, a.id).await.expect("hosts");
    let urls: Vec<&str> = hosts.iter().map(|host| host.url.as_str()).collect();
    assert_eq!(
        urls,
        ["http://a.example", "http://10.0.0.2", "http://10.0.0.5"]
    );
    let others = teams::hosts(&mut connection, b.id).await.expect("hosts");
    assert_eq!(others.len(), 1);
}

async fn a_new_token_ends_the_one_before(portal: Portal) {
    let team = portal.team("a").await;
    let member = Browser::member(&portal, team.id).await;
    let answer = member.post("/team/token", &[]).await;
    let page = answer.text().await.expect("a page");
    let (_, rest) = page.split_once("class=\"secret\">").expect("a secret");
    let token = rest.split('<').next().expect("a token");
    let status = async |token: &str| {
        let request = portal.request(Method::GET, "/api/team").bearer_auth(token);
        request.send().await.expect("an answer").status()
    };
    assert_eq!(status(token).await, StatusCode::OK);
    assert_eq!(status(&team.token).await, StatusCode::UNAUTHORIZED);
}

async fn a_run_is_told_with_its_attempts_and_the_one_before(portal: Portal) {
    let team = portal.team("a").await;
    let worker = portal.worker("w").await;
    let member = Browser::member(&portal, team.id).await;
    let enqueue = async || {
        let fields = [
            ("host", "web"),
            ("chooses", "1"),
            ("note", "try"),
            ("commit", "abc"),
        ];
        let answer = member.post("/team/jobs", &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        location(&answer).to_owned()
    };
    let first = enqueue().await;
    let waiting = member.page(&first).await;
    assert!(waiting.contains("Next in the queue") && waiting.contains("try"));
    worker.judge(Verdict::Pass, 100).await;
    let second = enqueue().await;
    let lost = worker.claim().await.expect("a job");
    portal.wait(Duration::from_secs(120));
    worker.judge(Verdict::Void, 0).await;
    worker.judge(Verdict::Pass, 150).await;
    assert_ne!(lost.lease.attempt, 3);
    let page = member.page(&second).await;
    assert!(page.contains("lost: the worker went away"), "{page}");
    assert!(page.contains("void: made again or not counted"));
    assert!(page.contains("+50.0 %, faster"));
    assert!(page.contains(&format!("{first}\">Run")));
    let none = member.post("/team/jobs", &[("chooses", "1")]).await;
    assert_eq!(none.status(), StatusCode::BAD_REQUEST);
}

async fn the_staff_edits_the_contest_and_every_change_is_told(portal: Portal) {
    let staff = Browser::staff(&portal).await;
    let toml = staff.page("/staff/contest.toml").await;
    let changed = toml.replace("name = \"Test\"", "name = \"Best\"");
    let answer = staff.post("/staff/contest", &[("toml", &changed)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(staff.page("/staff/contest.toml").await, changed);
    let audit = staff.page("/staff/audit").await;
    assert!(
        audit.contains("name = &#34;Test&#34; → &#34;Best&#34;"),
        "{audit}"
    );
    let nonsense = changed.replace("team_size = 2", "team_size = 0");
    let answer = staff.post("/staff/contest", &[("toml", &nonsense)]).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("1 to 100 people") && page.contains("team_size = 0"));
    assert_eq!(staff.page("/staff/contest.toml").await, changed);
}

async fn a_list_of_teams_is_imported_whole_or_not_at_all(portal: Portal) {
    let staff = Browser::staff(&portal).await;
    let import = async |csv: &str| {
        let answer = staff.post("/staff/teams/import", &[("csv", csv)]).await;
        let status = answer.status();
        (status, answer.text().await.expect("a page"))
    };
    let list = "team,zone,host,url\nann,north,web1,http://10.0.0.1\nann,north,web2,http://10.0.0.2\n\"b, c\"\n";
    assert_eq!(import(list).await.0, StatusCode::SEE_OTHER);
    let (status, page) = import("dora\nemil,,web,http://10.0.0.2\n").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        page.contains("2: This address is registered already"),
        "{page}"
    );
    let mut connection = portal.state.connection().await.expect("a connection");
    let teams = teams::all(&mut connection).await.expect("teams");
    let names: Vec<_> = teams
        .iter()
        .map(|team| (&*team.name, team.zone.as_deref()))
        .collect();
    assert_eq!(names, [("ann", Some("north")), ("b, c", None)]);
    assert_eq!(
        teams::hosts(&mut connection, teams[0].id)
            .await
            .expect("hosts")
            .len(),
        2
    );
    let page = staff.page("/staff/teams").await;
    assert!(page.contains("no member, no judged run"), "{page}");
}

async fn pages_speak_the_visitors_language(portal: Portal) {
    let client = reqwest::Client::new();
    let page = async |query: &str, accept: &str, cookie: &str| {
        let request = client.get(format!("{}/{query}", portal.url));
        let request = request.header(header::ACCEPT_LANGUAGE, accept);
        let request = request.header(header::COOKIE, cookie);
        let answer = request.send().await.expect("an answer");
        let is_kept = answer.headers().contains_key(header::SET_COOKIE);
        let page = answer.text().await.expect("a page");
        (page.contains("<html lang=\"ja\">"), is_kept)
    };
    let japanese = "isutori-language=ja";
    assert_eq!(page("", "de", "").await, (false, false));
    assert_eq!(page("", "ja", "").await, (true, false));
    assert_eq!(page("", "en", japanese).await, (true, false));
    assert_eq!(page("?lang=en", "ja", japanese).await, (false, true));
    let mut contest = portal.contest();
    contest.language = contest::Language::Ja;
    portal.set_up(contest).await;
    assert_eq!(page("", "de", "").await, (true, false));
}

async fn whoever_listens_is_told_of_changes(portal: Portal) {
    let team = portal.team("a").await;
    let nobody = Browser::nobody(&portal).await;
    let mut events = nobody.get("/events").await;
    assert_eq!(events.headers()[header::CONTENT_TYPE], "text/event-stream");
    let first = events.chunk().await.expect("events").expect("an event");
    assert_eq!(first, "data: {\"change\": 0}\n\n");
    team.enqueue().await;
    let next = events.chunk().await.expect("events").expect("an event");
    assert_eq!(next, "data: {\"change\": 1}\n\n");
}

async fn the_demo_can_be_looked_at(portal: Portal) {
    isutori_portal::demo::fill(&portal.state)
        .await
        .expect("a demo");
    let nobody = Browser::nobody(&portal).await;
    let page = nobody.page("/").await;
    assert!(page.contains("Stools and Benches") && page.contains("<svg class=\"graph\""));
    assert!(!page.contains("Staff&#39;s own"));
    let staff = Browser::staff(&portal).await;
    assert!(staff.page("/staff").await.contains("no space left"));
    let runs = staff.page("/staff/export/runs.csv").await;
    assert!(runs.lines().count() > 60);
}

/// The same portal, behind what the settings describe. Gives its URL.
async fn also(portal: &Portal, settings: Settings) -> String {
    let state = portal.state.clone().with_settings(settings);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn links_and_cookies_follow_the_public_address(portal: Portal) {
    let team = portal.team("a").await;
    let settings = Settings {
        public_url: Some("https://contest.example/".to_owned()),
        ..Settings::default()
    };
    let public = also(&portal, settings).await;
    let mut member = Browser::member(&portal, team.id).await;
    let page = member.post("/team/invite", &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains(&format!("{}/invite/", portal.url)), "{page}");
    member.url = public;
    let page = member.post("/team/invite", &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("https://contest.example/invite/"), "{page}");
    let secure = |answer: reqwest::Response| {
        let cookie = answer.headers()[header::SET_COOKIE]
            .to_str()
            .expect("a cookie");
        cookie.ends_with("; Secure")
    };
    assert!(secure(member.get("/login").await));
    member.url = portal.url.clone();
    assert!(!secure(member.get("/login").await));
}

async fn a_proxy_says_who_asks(portal: Portal) {
    let settings = Settings {
        is_behind_proxy: true,
        ..Settings::default()
    };
    let mut browser = Browser::nobody(&portal).await;
    browser.url = also(&portal, settings).await;
    let status = async |name: u32, address: &str| {
        let request = browser.ask(Method::POST, "/login");
        let request = request.header("x-forwarded-for", address);
        let name = format!("name{name}");
        let fields = [("name", name.as_str()), ("form_token", &browser.form_token)];
        request
            .form(&fields)
            .send()
            .await
            .expect("an answer")
            .status()
    };
    // What stands before the proxy's own word anybody can write.
    for name in 0..60 {
        let address = format!("10.9.9.{name}, 10.0.0.1");
        assert_eq!(
            status(name, &address).await,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
    assert_eq!(status(60, "10.0.0.1").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(status(60, "10.0.0.2").await, StatusCode::FORBIDDEN);
}
