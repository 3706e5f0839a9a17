//! Who may open what: every page, with everybody who might ask.

use isutori_portal::{
    announcements::{self, Draft},
    audit,
    contest::{HintPlan, Practice, SinceStart},
    measurement::{self, Plan},
    pastes, questions, queue,
};
use isutori_protocol::contest::Outcome;
use jiff::SignedDuration;
use reqwest::{Method, Response, StatusCode};

use crate::{
    app::{Portal, judged, zipped},
    browser::{Browser, location},
    on_both_stores,
};

on_both_stores!(every_page_lets_in_whom_it_is_for);

#[derive(Clone, Copy, Debug, PartialEq)]
enum For {
    /// Anybody.
    All,
    /// Members, on behalf of their own team.
    Members,
    /// Members of the team that it belongs to.
    Owners,
    /// They, and the staff.
    OwnersAndStaff,
    /// The staff.
    Staff,
    /// The staff, while it acts for a team.
    Actors,
}

use For::{Actors, All, Members, Owners, OwnersAndStaff, Staff};

/// A form, and what it says.
type Fields = &'static [(&'static str, &'static str)];

const PAGES: [(&str, For); 34] = [
    ("/", All),
    ("/board", All),
    ("/board.json", All),
    ("/screen", All),
    ("/announcements", All),
    ("/events", All),
    ("/login", All),
    ("/invite/{token}", All),
    ("/team", Members),
    ("/team/jobs/{id}", OwnersAndStaff),
    ("/team/jobs/{id}/files/{*name}", OwnersAndStaff),
    ("/team/pastes", Members),
    ("/team/pastes/{id}", Owners),
    ("/team/questions", Members),
    ("/team/hints", Members),
    ("/staff", Staff),
    ("/staff/class", Staff),
    ("/staff/hints", Staff),
    ("/staff/teams", Staff),
    ("/staff/teams/{id}", Staff),
    ("/staff/final", Staff),
    ("/staff/contest", Staff),
    ("/staff/contest.toml", Staff),
    ("/staff/announcements", Staff),
    ("/staff/announcements/{id}", Staff),
    ("/staff/questions", Staff),
    ("/staff/questions/{id}", Staff),
    ("/staff/audit", Staff),
    ("/staff/export/standings.csv", Staff),
    ("/staff/export/standings.json", Staff),
    ("/staff/export/runs.csv", Staff),
    ("/staff/export/announcements.csv", Staff),
    ("/staff/export/questions.csv", Staff),
    ("/static/{hash}/{name}", All),
];

const TOML: &str = r#"
name = "Another"
starts_at = "2026-01-01T00:00:00Z"
ends_at = "2036-01-01T00:00:00Z"
"#;

const FORMS: [(&str, For, Fields); 38] = [
    ("/login", All, &[("name", "x"), ("password", "y")]),
    ("/logout", All, &[]),
    ("/invite/{token}", All, &[]),
    ("/team/jobs", Members, &[]),
    ("/team/jobs/{id}/cancel", Owners, &[]),
    (
        "/team/hosts",
        Members,
        &[("name", "b"), ("url", "http://b")],
    ),
    ("/team/hosts/remove", Members, &[("name", "b")]),
    ("/team/invite", Members, &[]),
    ("/team/token", Members, &[]),
    ("/team/questions", Members, &[("text", "May we?")]),
    ("/team/announcements/read", Members, &[("seen", "1.1")]),
    ("/team/host-token", Members, &[]),
    ("/team/rehearsal", Members, &[]),
    ("/team/hints", Members, &[("rung", "1"), ("step", "1")]),
    (
        "/staff/hints",
        Staff,
        &[("rung", "2"), ("step", "1"), ("opens", "1")],
    ),
    ("/staff/jobs/{id}/show", Staff, &[("shown", "1")]),
    ("/staff/jobs", Staff, &[("team", "1")]),
    ("/staff/jobs/{id}/cancel", Staff, &[]),
    ("/staff/workers/{id}/drain", Staff, &[("draining", "1")]),
    ("/staff/worker-token", Staff, &[]),
    ("/staff/teams", Staff, &[("name", "new")]),
    (
        "/staff/teams/import",
        Staff,
        &[("csv", "one\ntwo,z,web,http://two")],
    ),
    ("/staff/teams/{id}", Staff, &[("name", "renamed")]),
    ("/staff/teams/{id}/act", Staff, &[]),
    ("/acting/end", Actors, &[]),
    ("/staff/teams/{id}/invite", Staff, &[]),
    (
        "/staff/teams/{id}/hosts",
        Staff,
        &[("name", "c"), ("url", "http://c")],
    ),
    ("/staff/teams/{id}/hosts/remove", Staff, &[("name", "c")]),
    ("/staff/contest", Staff, &[("toml", TOML)]),
    (
        "/staff/announcements",
        Staff,
        &[("title", "Hear"), ("text", "this")],
    ),
    (
        "/staff/announcements/{id}",
        Staff,
        &[("title", "Hear"), ("text", "that"), ("version", "1")],
    ),
    ("/staff/announcements/{id}/withdraw", Staff, &[]),
    (
        "/staff/questions/{id}",
        Staff,
        &[("text", "You may."), ("version", "0")],
    ),
    ("/staff/final", Staff, &[("team", "1"), ("deadline", "10")]),
    ("/staff/final/{id}/abort", Staff, &[]),
    ("/staff/final/{id}/count", Staff, &[("counts", "0")]),
    ("/staff/release", Staff, &[("release", "1")]),
    ("/staff/invite", Staff, &[]),
];

/// No page is left out: they are compared with the router's own list, in which there are routes of
/// programs as well.
#[test]
fn the_walk_knows_every_page() {
    let router = include_str!("../../src/router.rs");
    let paths = router.split('"').skip(1).step_by(2);
    let is_of_programs = |path: &&str| path.starts_with("/api/") || *path == "/metrics";
    let paths = paths.filter(|path| path.starts_with('/') && !is_of_programs(path));
    for path in paths {
        let is_known =
            PAGES.iter().any(|page| page.0 == path) || FORMS.iter().any(|form| form.0 == path);
        assert!(is_known, "{path}");
    }
}

fn is_let_in(answer: &Response) -> bool {
    let status = answer.status();
    let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
    !location(answer).starts_with("/login")
        && !refused.contains(&status)
        && !status.is_server_error()
        && status != StatusCode::METHOD_NOT_ALLOWED
}

struct Walk<'a> {
    portal: &'a Portal,
    own: i64,
    other: i64,
    judged: i64,
    paste: i64,
    announcement: i64,
    question: i64,
}

impl Walk<'_> {
    /// The path with what is there.
    fn path(&self, path: &str) -> String {
        let number = match path {
            path if path.contains("pastes") => self.paste,
            path if path.contains("announcements") => self.announcement,
            path if path.contains("questions") => self.question,
            path if path.contains("teams") => self.own,
            path if path.contains("workers") || path.contains("final") => 1,
            _ => self.judged,
        };
        path.replace("{id}", &number.to_string())
            .replace("{*name}", "report.html")
            .replace("{token}", "guessed")
    }

    async fn ask(&self, browser: &Browser, path: &str, fields: Option<Fields>) -> Response {
        let path = self.path(path);
        match fields {
            None => browser.get(&path).await,
            Some(fields) => browser.post(&path, fields).await,
        }
    }

    async fn check(&self, path: &str, whom: For, fields: Option<Fields>) {
        let place = format!("{} {path}", if fields.is_some() { "POST" } else { "GET" });
        let nobody = Browser::nobody(self.portal).await;
        let answer = self.ask(&nobody, path, fields).await;
        if whom == All {
            // A guessed invite and a wrong password are no matter of who asks.
            assert!(!location(&answer).starts_with("/login"), "{place}");
            return;
        }
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{place}");
        assert!(location(&answer).starts_with("/login"), "{place}");

        let stranger = Browser::member(self.portal, self.other).await;
        let answer = self.ask(&stranger, path, fields).await;
        match whom {
            Members => assert!(is_let_in(&answer), "{place}: {}", answer.status()),
            Owners | OwnersAndStaff => {
                assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{place}");
            }
            _ => assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{place}"),
        }
        let member = Browser::member(self.portal, self.own).await;
        let answer = self.ask(&member, path, fields).await;
        match whom {
            Staff | Actors => assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{place}"),
            _ => assert!(is_let_in(&answer), "{place}: {}", answer.status()),
        }
        let staff = Browser::staff(self.portal).await;
        let before = self.deeds().await;
        let answer = self.ask(&staff, path, fields).await;
        match whom {
            Staff | OwnersAndStaff => {
                assert!(is_let_in(&answer), "{place}: {}", answer.status());
                // What is over already is neither cancelled nor aborted.
                let does_nothing = ["/staff/jobs/{id}/cancel", "/staff/final/{id}/abort"];
                let is_written = fields.is_some() && !does_nothing.contains(&path);
                let written = self.deeds().await - before;
                assert_eq!(written, usize::from(is_written), "{place}");
            }
            _ => assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{place}"),
        }
        self.check_actor(path, whom, fields, &place).await;
    }

    /// Whoever acts for a team may what the team may and no more, and all of it is written down.
    async fn check_actor(&self, path: &str, whom: For, fields: Option<Fields>, place: &str) {
        for (team, is_own) in [(self.other, false), (self.own, true)] {
            self.clear_queue().await;
            let actor = Browser::actor(self.portal, team).await;
            let before = self.deeds().await;
            let answer = self.ask(&actor, path, fields).await;
            let expected = match whom {
                Staff => Some(StatusCode::FORBIDDEN),
                Owners | OwnersAndStaff if !is_own => Some(StatusCode::NOT_FOUND),
                _ => None,
            };
            match expected {
                Some(status) => assert_eq!(answer.status(), status, "{place}"),
                None => assert!(is_let_in(&answer), "{place}: {}", answer.status()),
            }
            let written = self.deeds().await - before;
            let is_written = fields.is_some() && whom != Staff;
            assert_eq!(written, usize::from(is_written), "{place}");
        }
    }

    /// What was enqueued on the way shall be in nobody's way.
    async fn clear_queue(&self) {
        let mut connection = self.portal.state.connection().await.expect("a connection");
        for team in [self.own, self.other] {
            let last = measurement::of_team(&mut connection, team).await;
            if let Some((last, _)) = last.expect("a measurement") {
                let aborted = measurement::abort(&mut connection, last.id, 0).await;
                aborted.expect("an end");
            }
            let job = queue::under_way(&mut connection, team)
                .await
                .expect("a queue");
            if let Some(job) = job {
                let cancelled = queue::cancel(&mut connection, job.id, 0).await;
                assert!(cancelled.expect("a queue"));
            }
        }
    }

    async fn deeds(&self) -> usize {
        let mut connection = self.portal.state.connection().await.expect("a connection");
        let deeds = audit::latest(&mut connection, 1_000).await;
        deeds.expect("deeds").len()
    }

    /// Tokens of programs are none of people.
    async fn check_token(&self, token: &str, path: &str, is_form: bool) {
        let method = if is_form { Method::POST } else { Method::GET };
        let browser = Browser::nobody(self.portal).await;
        let request = browser.ask(method, &self.path(path)).bearer_auth(token);
        let answer = request.send().await.expect("an answer");
        let place = format!("{path}, is a form: {is_form}");
        match is_form {
            true => assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{place}"),
            false => assert!(location(&answer).starts_with("/login"), "{place}"),
        }
    }
}

async fn every_page_lets_in_whom_it_is_for(portal: Portal) {
    let mut contest = portal.contest();
    contest.team_size = 100;
    // So that there are the pages of a class too.
    contest.freezes_at = None;
    let hint = HintPlan {
        rung: 1,
        after: vec![SinceStart(SignedDuration::ZERO)],
    };
    contest.practice = Some(Practice {
        hints: vec![hint],
        ..Practice::default()
    });
    portal.set_up(contest).await;
    let (own, other) = (portal.team("chairs").await, portal.team("others").await);
    let worker = portal.worker("w").await;
    own.enqueue().await;
    let assignment = worker.claim().await.expect("a job");
    let lease = assignment.lease;
    let file = format!("/api/worker/files/{}/1/report.html", lease.job);
    let put = worker.ask(Method::PUT, &file);
    let put = put
        .header("content-encoding", "gzip")
        .body(zipped("a report"));
    put.send().await.expect("an answer");
    let outcome: Outcome = judged(&assignment, isutori_protocol::Verdict::Pass, 1);
    worker.finish(lease, outcome).await;
    let mut connection = portal.state.connection().await.expect("a connection");
    let now = portal.state.clock.now();
    let plan = Plan::REHEARSAL;
    let measurement = measurement::begin(&mut connection, &plan, &[own.id], "staff", now).await;
    assert_eq!(measurement.expect("a measurement"), 1);
    let paste = pastes::keep(&mut connection, own.id, "text", now).await;
    let draft = Draft::parse(None, "Hear", "this").expect("a draft");
    let announcement = announcements::tell(&mut connection, &draft, now).await;
    let question = questions::ask(&mut connection, own.id, "May we?", now).await;
    drop(connection);
    let walk = Walk {
        portal: &portal,
        own: own.id,
        other: other.id,
        judged: lease.job,
        paste: paste.expect("a paste"),
        announcement: announcement.expect("an announcement"),
        question: question.expect("a question"),
    };
    for (path, whom) in PAGES {
        walk.check(path, whom, None).await;
        if whom != All {
            walk.check_token(&own.token, path, false).await;
            walk.check_token(&worker.token, path, false).await;
        }
    }
    for (path, whom, fields) in FORMS {
        walk.clear_queue().await;
        walk.check(path, whom, Some(fields)).await;
        walk.check_token(&own.token, path, true).await;
        walk.check_token(&worker.token, path, true).await;
    }
}
