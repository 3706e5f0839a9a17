//! nginx before the app, with the hand-out's own settings.
//!
//! They are written for a host that has nginx and app for itself. Here become other than there:
//!
//! | on a host | here |
//! |---|---|
//! | `listen 80` | a free port of 127.0.0.1; other places are not listened at |
//! | `LISTEN` of `env.sh`, or 127.0.0.1:8080 | where the app listens |
//! | `/srv/suwaru` | a copy of `webapp/public` |
//!
//! and `/etc/nginx`, `/var/log/nginx` and the folders of temporary files, of which
//! [`nginx::Settings`] tells.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::ensure;
use isutori_engine::target::Target;
use isutori_services::{
    Service,
    nginx::{self, PORT, Settings},
};

use super::app::App;
use crate::handout::{HandOut, NGINX_SETTINGS};

/// Where hosts have a link to the static files, whoever the contest user is.
const PUBLIC: &str = "/srv/suwaru";

/// The running nginx.
pub(super) struct Proxy {
    service: Service,
    target: Target,
}

impl Proxy {
    /// Starts it, if the hand-out has settings for one.
    pub(super) async fn start(
        handout: &HandOut,
        app: &App,
        work: &Path,
    ) -> anyhow::Result<Option<Self>> {
        let mut files = handout.nginx_settings()?;
        if files.is_empty() {
            return Ok(None);
        }
        let listen = handout.listen()?;
        adapt(&mut files, &listen, &place_of(app.target()))?;
        let settings = Settings {
            files,
            folders: vec![(PUBLIC.to_owned(), handout.public())],
        };
        let service = nginx::start(&work.join("nginx"), &settings).await?;
        let target = service.url().parse()?;
        Ok(Some(Proxy { service, target }))
    }

    /// Where it listens.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// Its process's number.
    pub(super) fn process(&self) -> u32 {
        self.service.process().id()
    }

    /// What it has logged, requests apart.
    pub(super) fn log(&self) -> &Path {
        self.service.process().log()
    }

    /// Stops it.
    pub(super) async fn stop(&mut self) {
        self.service.stop().await;
    }
}

/// A place in the words of nginx: without a scheme where it is on TCP.
fn place_of(target: &Target) -> String {
    match target {
        Target::Tcp { .. } => target.authority(),
        Target::Unix { path } => format!("unix:{}", path.display()),
    }
}

/// Lets nginx listen on its port alone, and find the app that is not at `there` but `here`.
fn adapt(files: &mut BTreeMap<PathBuf, String>, there: &str, here: &str) -> anyhow::Result<()> {
    let names = |words: &str| files.values().any(|text| text.contains(words));
    ensure!(
        names(there),
        "no file in {NGINX_SETTINGS} names {there}, where env.sh has the app listen (LISTEN, or else \
         127.0.0.1:8080), so that nginx would not find it; write it into the proxy_pass or upstream"
    );
    for text in files.values_mut() {
        *text = text.replace(there, here);
        *text = text.split_inclusive('\n').map(move_listening).collect();
    }
    ensure!(
        files.values().any(|text| text.contains(PORT)),
        "no file in {NGINX_SETTINGS} has a line `listen 80`, so that nginx would not listen at all"
    );
    Ok(())
}

/// A line of the settings; where it says to listen on port 80 of IPv4, it does so on nginx's port,
/// and where it says to listen elsewhere, it becomes a comment.
fn move_listening(line: &str) -> String {
    let directive = line.trim_start();
    let Some(place) = directive.strip_prefix("listen ").map(str::trim_start) else {
        return line.to_owned();
    };
    let end = place.find([' ', ';']).unwrap_or(place.len());
    match place.split_at(end) {
        ("80" | "*:80" | "0.0.0.0:80", options) => format!("listen 127.0.0.1:{PORT}{options}"),
        _ => format!("# {directive}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapted(site: &str) -> Result<String, String> {
        let mut files = BTreeMap::from([("a".into(), site.to_owned())]);
        adapt(&mut files, "127.0.0.1:8080", "unix:/tmp/app.sock")
            .map_err(|error| error.to_string())?;
        Ok(files.into_values().collect())
    }

    #[test]
    fn addresses_become_those_of_here() {
        let site = "server {\n    listen 80 default_server;\n    listen [::]:80;\n    listen 443 ssl;\n    \
                    location / { proxy_pass http://127.0.0.1:8080; }\n}\n";

        let expected = "server {\nlisten 127.0.0.1:@port@ default_server;\n# listen [::]:80;\n\
                        # listen 443 ssl;\n    location / { proxy_pass http://unix:/tmp/app.sock; }\n}\n";
        assert_eq!(adapted(site).as_deref(), Ok(expected));
    }

    #[test]
    fn settings_that_could_not_work_are_refused() {
        let deaf = adapted("listen 8000;\nproxy_pass http://127.0.0.1:8080;").expect_err("deaf");
        let lost = adapted("listen 80;\nproxy_pass http://127.0.0.1:8081;").expect_err("lost");
        assert!(deaf.contains("has a line `listen 80`"), "{deaf}");
        assert!(lost.contains("names 127.0.0.1:8080"), "{lost}");
    }
}
