//! What is registered and edited: hosts, teams, the contest.

use std::time::Duration;

use isutori_portal::teams;
use reqwest::{Method, StatusCode, header};

use crate::{app::Portal, browser::Browser, on_both_stores};

on_both_stores!(
    hosts_are_limited_and_settled_at_the_end,
    the_staff_edits_the_contest_and_every_change_is_told,
    a_list_of_teams_is_imported_whole_or_not_at_all,
    refusals_are_in_the_visitors_language,
);

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
    let urls: Vec<&str> = hosts
        .iter()
        .filter_map(|host| host.url.as_deref())
        .collect();
    assert_eq!(
        urls,
        ["http://a.example", "http://10.0.0.2", "http://10.0.0.5"]
    );
    let others = teams::hosts(&mut connection, b.id).await.expect("hosts");
    assert_eq!(others.len(), 1);
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
    assert!(
        page.contains("team_size: a team has 1 to 100 people.") && page.contains("team_size = 0")
    );
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
        page.contains("Line 2: This address is registered already"),
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

async fn refusals_are_in_the_visitors_language(portal: Portal) {
    let staff = Browser::staff(&portal).await;
    let refusal = async |path: &str, field: &str, text: &str| {
        let request = staff.ask(Method::POST, path);
        let request = request.header(header::ACCEPT_LANGUAGE, "ja");
        let fields = [(field, text), ("form_token", &staff.form_token)];
        let answer = request.form(&fields).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        answer.text().await.expect("a page")
    };
    let toml = staff.page("/staff/contest.toml").await;
    let nonsense = toml.replace("team_size = 2", "team_size = 0");
    let page = refusal("/staff/contest", "toml", &nonsense).await;
    assert!(
        page.contains("チームの人数は1人以上100人以下です。"),
        "{page}"
    );
    let unread = toml.replace("team_size = 2", "team_size = \"two\"");
    let page = refusal("/staff/contest", "toml", &unread).await;
    let line = toml.lines().position(|line| line == "team_size = 2");
    let line = line.expect("a line") + 1;
    let sentence = format!("contest.tomlの{line}行目を読み取れません");
    assert!(page.contains(&sentence), "{page}");
    let list = "a,,web,http://10.0.0.1\n,north\nb,,web,ftp://b\nc,,web,http://10.0.0.1\n";
    let page = refusal("/staff/teams/import", "csv", list).await;
    for sentence in [
        "2行目: チーム名は1文字以上40文字以下です。1列目に書いてください。",
        "3行目: アドレスは http:// か https://",
        "4行目: このアドレスはすでに登録されています。",
    ] {
        assert!(page.contains(sentence), "{sentence}: {page}");
    }
    assert!(!page.contains("1行目"));
    let page = refusal("/staff/teams/import", "csv", "").await;
    assert!(page.contains("一覧に何もありません。"));
}
