//! The real app as a tampering proxy sees it.

use http::{HeaderMap, Method, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use isutori_engine::target::Target;

use crate::{
    app::DATASET,
    page::Page,
    tamper::{Answer, Request},
};

/// Sends requests to the app.
#[derive(Clone)]
pub struct Upstream {
    client: Client<HttpConnector, Full<Bytes>>,
    app: String,
}

impl Upstream {
    /// The app at that address.
    pub fn new(app: &Target) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Upstream {
            client: Client::builder(TokioExecutor::new()).build(connector),
            app: app.to_string(),
        }
    }

    /// Passes a request on.
    pub async fn send(&self, request: Request) -> Answer {
        let mut message = hyper::Request::new(Full::new(request.body));
        *message.method_mut() = request.method;
        *message.uri_mut() = format!("{}{}", self.app, request.path).parse().unwrap();
        *message.headers_mut() = request.headers;
        let answer = async {
            let (head, body) = self.client.request(message).await.ok()?.into_parts();
            Some(Answer {
                status: head.status,
                headers: head.headers,
                body: body.collect().await.ok()?.to_bytes(),
            })
        };
        answer
            .await
            .unwrap_or_else(|| Answer::new(StatusCode::BAD_GATEWAY, "the app is gone"))
    }

    /// Opens a page with these cookies.
    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        let headers = cookie_header(cookie);
        self.send(Request {
            method: Method::GET,
            path: path.to_owned(),
            headers,
            body: Bytes::new(),
        })
        .await
    }

    /// Posts an empty form.
    pub async fn post(&self, path: &str) -> Answer {
        self.send(Request {
            method: Method::POST,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        })
        .await
    }

    /// Opens a page as an initial person, by a login of its own.
    pub async fn get_as(&self, person: u64, path: &str) -> Answer {
        self.get(path, &self.log_in(person).await).await
    }

    /// Logs an initial person in and gives the session's cookie.
    pub async fn log_in(&self, person: u64) -> String {
        let person = DATASET.person(person).expect("an initial person");
        let form = self.get("/login", "").await;
        let csrf = token(&form.page());
        let mut headers = cookie_header(&cookie_set(&form));
        headers.insert(
            header::CONTENT_TYPE,
            "application/x-www-form-urlencoded".parse().unwrap(),
        );
        let (name, password) = (person.name, person.password);
        let login = Request {
            method: Method::POST,
            path: "/login".to_owned(),
            headers,
            body: format!("name={name}&password={password}&csrf={csrf}").into(),
        };
        let session = self.send(login).await;
        assert_eq!(session.status, StatusCode::SEE_OTHER, "{name} logs in");
        cookie_set(&session)
    }

    /// The token that belongs to a session.
    pub async fn token_of(&self, cookie: &str) -> String {
        token(&self.get("/login", cookie).await.page())
    }
}

fn token(login: &Page) -> String {
    let token = login.attribute("form#login input[name=csrf]", "value");
    token.expect("the login form has a token")
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn cookie_set(answer: &Answer) -> String {
    let cookie = answer.headers.get(header::SET_COOKIE);
    let cookie = cookie.map_or("", |cookie| cookie.to_str().unwrap());
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn cookie_header(cookie: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if !cookie.is_empty() {
        headers.insert(header::COOKIE, cookie.parse().unwrap());
    }
    headers
}
