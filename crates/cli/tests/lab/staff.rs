//! One of the staff, whose browser is curl on the portal's host.

use std::{thread::sleep, time::Duration};

use crate::stage::Stage;

const CURL: &str = "curl --silent --show-error --fail --cookie jar --cookie-jar jar";

pub struct Staff<'a> {
    stage: &'a Stage,
    url: String,
}

impl Staff<'_> {
    /// Comes in by the link that a lab prints when it is up.
    pub fn join(stage: &Stage) -> Staff<'_> {
        let (url, token) = stage.invite().split_once("/invite/").expect("a link");
        let staff = Staff {
            stage,
            url: url.to_owned(),
        };
        let words = [("name", "Staff"), ("password", "nobody sits here")];
        staff.post(
            &format!("/invite/{token}"),
            &format!("/invite/{token}"),
            &words,
        );
        staff
    }

    pub fn page(&self, path: &str) -> String {
        let asked = self
            .stage
            .on("portal", &format!("{CURL} {}{path}", self.url));
        assert_eq!(asked.code, 0, "{path}: {asked:?}");
        asked.stdout
    }

    /// Sends a form that stands on a page.
    pub fn post(&self, page: &str, path: &str, fields: &[(&str, &str)]) {
        let page = self.page(page);
        let token = between(&page, "name=\"form_token\" value=\"", "\"");
        let fields: String = [fields, &[("form_token", token)]]
            .concat()
            .iter()
            .map(|(name, value)| format!(" --data-urlencode '{name}={value}'"))
            .collect();
        let send = format!("{CURL} {}{path}{fields}", self.url);
        let sent = self.stage.on("portal", &send);
        assert_eq!(sent.code, 0, "{path}: {sent:?}");
    }

    /// Looks at a page until it shows what is waited for.
    pub fn wait_for(&self, path: &str, is_shown: impl Fn(&str) -> bool) -> String {
        for _ in 0..900 {
            let page = self.page(path);
            if is_shown(&page) {
                return page;
            }
            sleep(Duration::from_secs(1));
        }
        panic!("{path} stays like this:\n{}", self.page(path));
    }
}

/// What stands first between two texts.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let found = text
        .split_once(before)
        .and_then(|(_, rest)| rest.split_once(after));
    found.unwrap_or_else(|| panic!("no {before:?} in {text}")).0
}
