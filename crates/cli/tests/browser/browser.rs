//! Somebody in front of a browser.

use fantoccini::{
    Client, Locator, elements::Element, error::CmdError, wd::WebDriverCompatibleCommand,
};
use http::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use url::{ParseError, Url};

use crate::program::{GLANCE, LIMIT};

/// A browser of its own, with its own cookies.
pub struct Browser {
    pub client: Client,
    name: String,
    url: String,
}

impl Browser {
    pub fn new(client: Client, name: &str, url: &str) -> Browser {
        Browser {
            client,
            name: name.to_owned(),
            url: url.to_owned(),
        }
    }

    /// Opens a page, by its path or its whole address.
    pub async fn go(&self, path: &str) {
        let url = match path.starts_with('/') {
            true => format!("{}{path}", self.url),
            false => path.to_owned(),
        };
        self.client.goto(&url).await.expect("a page");
    }

    /// The page that is open.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("a page");
        url.path().to_owned()
    }

    /// Runs a script in the page; it has to `return` something.
    pub async fn run(&self, script: &str) -> Value {
        let value = self.client.execute(script, Vec::new()).await;
        value.unwrap_or_else(|error| panic!("{}: {script}: {error}", self.name))
    }

    /// Waits until an expression in the page is true. A page that is just being left is looked at
    /// again.
    pub async fn wait_until(&self, expression: &str) {
        let script = format!("return Boolean({expression});");
        let start = Instant::now();
        loop {
            let value = self.client.execute(&script, Vec::new()).await;
            if value.is_ok_and(|value| value == true) {
                return;
            }
            if start.elapsed() > LIMIT {
                let page = self.run("return document.body.innerText;").await;
                panic!("{}: never {expression} on\n{page}", self.name);
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until a text is on the page, or in a part of it.
    pub async fn wait_for(&self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        let parts = format!("[...document.querySelectorAll({selector})]");
        self.wait_until(&format!(
            "{parts}.some((part) => part.innerText.includes({text}))"
        ))
        .await;
    }

    /// Waits for the first element that there is.
    pub async fn find(&self, selector: &str) -> Element {
        let wait = self.client.wait().at_most(LIMIT).every(GLANCE);
        let found = wait.for_element(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{}: {selector}: {error}", self.name))
    }

    /// The text of an element.
    pub async fn text(&self, selector: &str) -> String {
        let text = self.find(selector).await.text().await;
        text.unwrap_or_else(|error| panic!("{}: {selector}: {error}", self.name))
    }

    /// Empties a field and types into it.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.expect("a field");
        field.send_keys(text).await.expect("a field");
    }

    /// Clicks on what is found; what was replaced just then is looked for again.
    pub async fn click(&self, selector: &str) {
        let start = Instant::now();
        loop {
            match self.find(selector).await.click().await {
                Ok(()) => return,
                Err(error) if start.elapsed() > LIMIT => {
                    panic!("{}: {selector}: {error}", self.name)
                }
                Err(_) => sleep(GLANCE).await,
            }
        }
    }

    /// Sends the form that goes to `action`, and waits for the page that comes of it.
    pub async fn submit(&self, action: &str) {
        self.run("document.documentElement.dataset.before = '1'; return null;")
            .await;
        self.click(&format!("form[action=\"{action}\"] button"))
            .await;
        self.wait_until(
            "!document.documentElement.dataset.before && document.readyState === 'complete'",
        )
        .await;
    }

    /// Logs in.
    pub async fn log_in(&self, name: &str, password: &str) {
        self.go("/login").await;
        self.type_into("[name=name]", name).await;
        self.type_into("[name=password]", password).await;
        self.submit("/login").await;
        self.wait_for(".who", name).await;
    }

    /// Comes in by an invitation.
    pub async fn accept(&self, invitation: &str, name: &str) {
        self.go(invitation).await;
        self.type_into("[name=name]", name).await;
        self.type_into("[name=password]", "a password").await;
        let path = self.path().await;
        self.submit(&path).await;
        self.wait_for(".who", name).await;
    }

    /// What the browser complained of since it was last asked.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.ask("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        let texts = entries.iter().map(|entry| entry["message"].to_string());
        texts.collect()
    }

    /// Makes the page as wide as a screen is.
    pub async fn be_wide(&self, width: u32, height: u32) {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Prefers light or dark pages.
    pub async fn prefer(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [feature]}))
            .await;
    }

    /// Runs a script in each page from now on, before the page's own.
    pub async fn run_in_all(&self, script: &str) {
        let source = json!({"source": script});
        self.devtools("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
    }

    async fn devtools(&self, method: &str, parameters: Value) {
        let body = json!({"cmd": method, "params": parameters});
        self.ask("goog/cdp/execute", body).await;
    }

    /// Asks for what Chromium alone can do.
    async fn ask(&self, path: &'static str, body: Value) -> Value {
        let answer = self.client.issue_cmd(Ask { path, body }).await;
        answer.unwrap_or_else(|error: CmdError| panic!("{path}: {error}"))
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Ask {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Ask {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
