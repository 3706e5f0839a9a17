//! A browser as small as the tests need: one cookie, forms, no redirects followed.

use reqwest::{Client, RequestBuilder, StatusCode, header, redirect::Policy};
use scraper::{Html, Selector};

/// Somebody in front of the site.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    url: String,
    /// The session cookie's value.
    pub cookie: Option<String>,
    /// The CSRF token of the last form seen.
    pub csrf: String,
}

/// What the site answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub headers: header::HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Browser {
    pub fn new(url: &str) -> Self {
        Self {
            client: Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .build()
                .unwrap(),
            url: url.to_owned(),
            cookie: None,
            csrf: String::new(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Posts a form with the session's CSRF token.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        self.post_exactly(path, &fields).await
    }

    /// Posts a form with the session's CSRF token and a file, as browsers send files.
    pub async fn upload(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (name, file): (&str, &[u8]),
    ) -> Answer {
        let csrf = self.csrf.clone();
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain([&("csrf", csrf.as_str())]) {
            let part = format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = self.request("POST", path);
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(body)).await
    }

    /// Posts a form with these fields alone.
    pub async fn post_exactly(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.post(format!("{}{path}", self.url)).form(fields);
        self.send(request).await
    }

    /// A request to be completed by the caller and given to [`Self::send`].
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client
            .request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub async fn send(&mut self, mut request: RequestBuilder) -> Answer {
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, format!("suwaru_session={cookie}"));
        }
        let response = request.send().await.unwrap();
        let header = |name| {
            let value: Option<&header::HeaderValue> = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        if let Some(cookie) = header(header::SET_COOKIE) {
            let value = cookie.strip_prefix("suwaru_session=").unwrap();
            self.cookie = Some(value.split(';').next().unwrap().to_owned());
        }
        let answer = Answer {
            status: response.status(),
            location: header(header::LOCATION),
            headers: response.headers().clone(),
            body: String::new(),
            bytes: response.bytes().await.unwrap().to_vec(),
        };
        let answer = Answer {
            body: String::from_utf8_lossy(&answer.bytes).into_owned(),
            ..answer
        };
        if let Some(csrf) = answer.attributes("input[name=csrf]", "value").first() {
            self.csrf = csrf.clone();
        }
        answer
    }

    pub async fn log_in(&mut self, name: &str, password: &str) {
        self.get("/login").await;
        let answer = self
            .post("/login", &[("name", name), ("password", password)])
            .await;
        assert_eq!(answer.redirect(), "/", "{}", answer.body);
        assert_eq!(self.get("/").await.status, 200);
    }

    /// Writes an entry and answers its id.
    pub async fn write_entry(&mut self, title: &str, body: &str, visibility: &str) -> String {
        let fields = [("title", title), ("body", body), ("visibility", visibility)];
        let answer = self.post("/entries", &fields).await;
        answer
            .redirect()
            .strip_prefix("/entries/")
            .unwrap()
            .to_owned()
    }
}

impl Answer {
    /// Where a 303 leads.
    pub fn redirect(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.location.as_deref().unwrap()
    }

    /// An attribute of each element that matches.
    pub fn attributes(&self, selector: &str, attribute: &str) -> Vec<String> {
        Html::parse_document(&self.body)
            .select(&Selector::parse(selector).unwrap())
            .map(|element| element.attr(attribute).unwrap_or_default().to_owned())
            .collect()
    }

    /// The text of each element that matches, without white space at its ends.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        Html::parse_document(&self.body)
            .select(&Selector::parse(selector).unwrap())
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect()
    }

    /// The text of the one element that matches.
    pub fn text(&self, selector: &str) -> String {
        let texts = self.texts(selector);
        assert_eq!(texts.len(), 1, "{selector} in {}", self.body);
        texts.into_iter().next().unwrap()
    }

    /// Whether an element matches.
    pub fn has(&self, selector: &str) -> bool {
        !self.texts(selector).is_empty()
    }

    /// The sentence of an error page.
    pub fn error(&self) -> String {
        self.text("p.error[role=alert]")
    }
}
