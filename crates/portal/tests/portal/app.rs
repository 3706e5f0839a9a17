//! A portal for one test, and those who call it.

use std::{io::Write, net::SocketAddr, time::Duration};

use flate2::{Compression, write::GzEncoder};
use isutori_portal::{
    contest::{self, Contest, RunSettings},
    router::router,
    state::AppState,
    store::Store,
    teams::{self, Host},
    tokens::{self, Scope},
};
use isutori_protocol::{
    RunResult, Verdict,
    contest::{
        Assignment, CONTEST_VERSION, Enqueue, Finish, Hello, HostReport, Job, Lease, Outcome,
        WORKER_HEADER, Welcome,
    },
    sample,
};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::database;

/// The build that workers of tests have.
pub const BUILD: &str = "74eba39445b67b77";

/// A portal that listens, with a contest that began an hour ago.
pub struct Portal {
    pub url: String,
    pub state: AppState,
    client: Client,
    _folder: Option<TempDir>,
}

impl Portal {
    pub async fn on_sqlite() -> Portal {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("portal.db");
        let url = format!("sqlite:{}?mode=rwc", file.display());
        Portal::on(&url, Some(folder)).await
    }

    pub async fn on_postgres() -> Portal {
        Portal::on(&database::create().await, None).await
    }

    async fn on(url: &str, folder: Option<TempDir>) -> Portal {
        let state = AppState::new(Store::open(url).await.expect("a store"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let portal = Portal {
            url: format!("http://{address}"),
            state,
            client: Client::new(),
            _folder: folder,
        };
        portal.set_up(portal.contest()).await;
        portal
    }

    /// Eight hours, of which one is over; the last one is frozen.
    pub fn contest(&self) -> Contest {
        let hours = |hours: i64| {
            let at = self.state.clock.now() + hours * 3_600_000;
            jiff::Timestamp::from_millisecond(at).expect("a time")
        };
        Contest {
            name: "Test".to_owned(),
            language: Default::default(),
            starts_at: hours(-1),
            ends_at: hours(7),
            freezes_at: Some(hours(6)),
            team_size: 2,
            hosts: 3,
            rule: contest::Rule::Last,
            ai_policy: String::new(),
            run: RunSettings::default(),
            final_measurement: Default::default(),
            practice: None,
            prizes: Vec::new(),
            environment: Default::default(),
        }
    }

    pub async fn set_up(&self, contest: Contest) {
        contest.check().expect("a contest");
        let mut connection = self.state.connection().await.expect("a connection");
        contest::write(&mut connection, &contest)
            .await
            .expect("a contest");
    }

    pub async fn change_team(&self, team: i64, change: impl Fn(&mut teams::Team)) {
        let mut connection = self.state.connection().await.expect("a connection");
        let row = teams::find(&mut connection, team).await.expect("a team");
        let mut row = row.expect("a team");
        change(&mut row);
        teams::change(&mut connection, &row)
            .await
            .expect("a change");
    }

    /// A team with one host.
    pub async fn team(&self, name: &str) -> TeamCaller<'_> {
        let mut connection = self.state.connection().await.expect("a connection");
        let now = self.state.clock.now();
        let id = teams::create(&mut connection, name, now)
            .await
            .expect("a team");
        let host = Host {
            name: "web".to_owned(),
            url: Some(format!("http://{name}.example")),
        };
        teams::put_host(&mut connection, id, &host)
            .await
            .expect("a host");
        let mut token = async |scope| {
            let token = tokens::create(&mut connection, scope, "test", now).await;
            token.expect("a token")
        };
        TeamCaller {
            portal: self,
            id,
            name: name.to_owned(),
            token: token(Scope::Team(id)).await,
            hosts_token: token(Scope::Hosts(id)).await,
        }
    }

    /// A worker that has presented itself.
    pub async fn worker(&self, name: &str) -> WorkerCaller<'_> {
        self.worker_as(&Hello {
            version: CONTEST_VERSION,
            name: name.to_owned(),
            zone: None,
            concurrency: 1,
            build: BUILD.to_owned(),
        })
        .await
    }

    pub async fn worker_as(&self, hello: &Hello) -> WorkerCaller<'_> {
        let token = self.worker_token().await;
        let request = self.request(Method::POST, "/api/worker/hello");
        let answer = request.bearer_auth(&token).json(hello).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        let welcome: Welcome = answer.json().await.expect("a welcome");
        WorkerCaller {
            portal: self,
            number: welcome.worker,
            token,
        }
    }

    pub async fn worker_token(&self) -> String {
        let mut connection = self.state.connection().await.expect("a connection");
        let now = self.state.clock.now();
        let token = tokens::create(&mut connection, Scope::Worker, "test", now).await;
        token.expect("a token")
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub fn wait(&self, time: Duration) {
        self.state.clock.advance(time);
    }
}

/// A program of a team.
pub struct TeamCaller<'a> {
    portal: &'a Portal,
    pub id: i64,
    pub name: String,
    pub token: String,
    /// Of its hosts.
    pub hosts_token: String,
}

impl TeamCaller<'_> {
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.portal.request(method, path).bearer_auth(&self.token)
    }

    pub async fn try_to_enqueue(&self, wish: &Enqueue) -> reqwest::Response {
        let request = self.ask(Method::POST, "/api/team/jobs").json(wish);
        request.send().await.expect("an answer")
    }

    pub async fn enqueue(&self) -> Job {
        let answer = self.try_to_enqueue(&Enqueue::default()).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.expect("a job")
    }

    pub async fn job(&self, id: i64) -> Job {
        let request = self.ask(Method::GET, &format!("/api/team/jobs/{id}"));
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("a job")
    }

    /// The team's host tells how it is.
    pub async fn report(&self, boot_id: &str) {
        let answer = self.try_to_report(&self.report_of("web", boot_id)).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }

    /// What a host of that name may tell.
    pub fn report_of(&self, host: &str, boot_id: &str) -> HostReport {
        let place = match host {
            "web" => self.name.clone(),
            host => format!("{host}.{}", self.name),
        };
        HostReport {
            name: host.to_owned(),
            url: Some(format!("http://{place}.example")),
            boot_id: Some(boot_id.to_owned()),
            ..HostReport::default()
        }
    }

    /// As one of the team's hosts.
    pub fn ask_as_host(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.portal.request(method, path);
        request.bearer_auth(&self.hosts_token)
    }

    pub async fn try_to_report(&self, report: &HostReport) -> reqwest::Response {
        let request = self.ask_as_host(Method::POST, "/api/host/report");
        request.json(report).send().await.expect("an answer")
    }

    pub async fn cancel(&self, id: i64) -> Job {
        let request = self.ask(Method::POST, &format!("/api/team/jobs/{id}/cancel"));
        let answer = request.send().await.expect("an answer");
        answer.json().await.expect("a job")
    }
}

/// A worker.
pub struct WorkerCaller<'a> {
    portal: &'a Portal,
    pub number: i64,
    pub token: String,
}

impl WorkerCaller<'_> {
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.portal.request(method, path).bearer_auth(&self.token);
        request.header(WORKER_HEADER, self.number)
    }

    pub async fn claim(&self) -> Option<Assignment> {
        let request = self.ask(Method::POST, "/api/worker/claim");
        let answer = request.send().await.expect("an answer");
        match answer.status() {
            StatusCode::NO_CONTENT => None,
            StatusCode::OK => Some(answer.json().await.expect("an assignment")),
            other => panic!("{other}: {}", answer.text().await.unwrap_or_default()),
        }
    }

    pub async fn heartbeat(&self, lease: Lease) -> reqwest::Response {
        let body = serde_json::json!({ "lease": lease, "progress": null, "log": [] });
        let request = self.ask(Method::POST, "/api/worker/heartbeat").json(&body);
        request.send().await.expect("an answer")
    }

    pub async fn finish(&self, lease: Lease, outcome: Outcome) -> StatusCode {
        let finish = Finish { lease, outcome };
        let request = self.ask(Method::POST, "/api/worker/finish").json(&finish);
        request.send().await.expect("an answer").status()
    }

    /// Claims and ends a job at once.
    pub async fn judge(&self, verdict: Verdict, score: u64) -> Assignment {
        let assignment = self.claim().await.expect("a job");
        let outcome = judged(&assignment, verdict, score);
        let status = self.finish(assignment.lease, outcome).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assignment
    }
}

/// What the benchmark might have said about it.
pub fn judged(assignment: &Assignment, verdict: Verdict, score: u64) -> Outcome {
    let result = RunResult {
        verdict,
        score,
        seed: assignment.seed,
        ..sample::passed()
    };
    Outcome::Judged {
        result: Box::new(result),
    }
}

/// What is said when something of ours broke.
pub fn broken() -> Outcome {
    Outcome::Broken {
        reason: "no disk".to_owned(),
    }
}

/// As a worker sends a file.
pub fn zipped(text: &str) -> Vec<u8> {
    let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
    zipped.write_all(text.as_bytes()).expect("memory");
    zipped.finish().expect("memory")
}
