//! Where the site under test is.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use serde::{Deserialize, Serialize};

/// The address of a site: `http://HOST[:PORT]` or `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// A TCP address; the port is 80 when the URL names none.
    Tcp {
        /// Host name or address, IPv6 addresses in brackets.
        host: String,
        /// TCP port.
        port: u16,
    },
    /// A unix domain socket.
    Unix {
        /// The socket's file.
        path: PathBuf,
    },
}

/// A target that cannot be understood; the message says what is expected.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("cannot read the target {given:?}: {why}; give http://HOST:PORT or unix:PATH")]
pub struct TargetError {
    given: String,
    why: &'static str,
}

impl Target {
    /// What a browser sends as `Host`.
    pub fn authority(&self) -> String {
        match self {
            Target::Tcp { host, port: 80 } => host.clone(),
            Target::Tcp { host, port } => format!("{host}:{port}"),
            Target::Unix { .. } => "localhost".to_owned(),
        }
    }

    /// The host's name or address as cookies know it.
    pub fn host(&self) -> &str {
        match self {
            Target::Tcp { host, .. } => host,
            Target::Unix { .. } => "localhost",
        }
    }

    /// Whether it is on this machine, as far as its address tells.
    pub fn is_local(&self) -> bool {
        match self {
            Target::Unix { .. } => true,
            Target::Tcp { host, .. } => {
                let bare = host.trim_start_matches('[').trim_end_matches(']');
                let address: Result<IpAddr, _> = bare.parse();
                host == "localhost" || address.is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// The path and query of `location` if it stays on this site.
    ///
    /// Accepts an absolute path or an absolute URL of the same authority; gives
    /// `None` for anything that leads elsewhere or is not printable ASCII.
    pub fn path_on_site<'a>(&self, location: &'a str) -> Option<&'a str> {
        if !location.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        if location.starts_with('/') {
            return (!location.starts_with("//")).then_some(location);
        }
        let rest = location
            .strip_prefix("http://")?
            .strip_prefix(self.authority().as_str())?;
        match rest {
            "" => Some("/"),
            path if path.starts_with('/') => Some(path),
            _ => None,
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(given: &str) -> Result<Self, TargetError> {
        let error = |why| TargetError {
            given: given.to_owned(),
            why,
        };
        if let Some(path) = given.strip_prefix("unix:") {
            return match path {
                "" => Err(error("the socket's path is empty")),
                path => Ok(Target::Unix { path: path.into() }),
            };
        }
        let rest = given
            .strip_prefix("http://")
            .ok_or_else(|| error("only http:// and unix: are spoken"))?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(error("a host and a port are expected, and no path"));
        }
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => Ok(Target::Tcp {
                host: host.to_owned(),
                port: port
                    .parse()
                    .map_err(|_| error("the port is not a number below 65536"))?,
            }),
            _ => Ok(Target::Tcp {
                host: authority.to_owned(),
                port: 80,
            }),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Tcp { .. } => write!(f, "http://{}", self.authority()),
            Target::Unix { path } => write!(f, "unix:{}", path.display()),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(given: String) -> Result<Self, TargetError> {
        given.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> String {
        target.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(given: &str) -> Target {
        given.parse().expect("a target")
    }

    #[test]
    fn reads_what_it_writes() {
        for given in [
            "http://127.0.0.1:8080",
            "http://app.example",
            "http://[::1]:80",
            "unix:/run/app.sock",
        ] {
            let parsed = target(given);
            assert_eq!(target(&parsed.to_string()), parsed, "{given}");
        }
    }

    #[test]
    fn refuses_what_is_no_target() {
        for given in [
            "",
            "127.0.0.1:80",
            "https://a",
            "http://",
            "http://a/b",
            "http://a:99999",
            "unix:",
        ] {
            assert!(given.parse::<Target>().is_err(), "{given}");
        }
    }

    #[test]
    fn keeps_redirects_on_the_site() {
        let site = target("http://127.0.0.1:8080");
        assert_eq!(site.path_on_site("/entries/1?x=2"), Some("/entries/1?x=2"));
        assert_eq!(site.path_on_site("http://127.0.0.1:8080/a"), Some("/a"));
        assert_eq!(site.path_on_site("http://127.0.0.1:8080"), Some("/"));
        for elsewhere in [
            "//evil/",
            "http://127.0.0.1:80801/",
            "https://127.0.0.1:8080/",
            "a",
            "/a b",
            "",
        ] {
            assert_eq!(site.path_on_site(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn loopback_and_sockets_are_local() {
        let local = |target: &str| target.parse::<Target>().expect("a target").is_local();
        for here in [
            "http://127.0.0.1:8080",
            "http://[::1]",
            "http://localhost",
            "unix:a.sock",
        ] {
            assert!(local(here), "{here}");
        }
        for there in [
            "http://10.0.0.1",
            "http://suwaru.example",
            "http://[fd00::1]:81",
        ] {
            assert!(!local(there), "{there}");
        }
    }
}
