//! Where the site under test is.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use rustls::pki_types::ServerName;
use serde::{Deserialize, Serialize};

/// The address of a site: `http://HOST[:PORT]`, `https://HOST[:PORT]` or
/// `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// A TCP address; the port is the scheme's when the URL names none.
    Tcp {
        /// With or without TLS.
        scheme: Scheme,
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

/// How a site on TCP is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plainly.
    Http,
    /// Through TLS.
    Https,
}

impl Scheme {
    /// What a URL begins with.
    fn prefix(self) -> &'static str {
        match self {
            Scheme::Http => "http://",
            Scheme::Https => "https://",
        }
    }

    /// The port of a URL that names none.
    fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// A target that cannot be understood; the message says what is expected.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "cannot read the target {given:?}: {why}; \
     give http://HOST:PORT, https://HOST:PORT or unix:PATH"
)]
pub struct TargetError {
    given: String,
    why: &'static str,
}

impl Target {
    /// What a browser sends as `Host`.
    pub fn authority(&self) -> String {
        match self {
            Target::Tcp { scheme, host, port } if *port == scheme.default_port() => host.clone(),
            Target::Tcp { host, port, .. } => format!("{host}:{port}"),
            Target::Unix { .. } => "localhost".to_owned(),
        }
    }

    /// How it is spoken to; plainly through a unix domain socket.
    pub fn scheme(&self) -> Scheme {
        match self {
            Target::Tcp { scheme, .. } => *scheme,
            Target::Unix { .. } => Scheme::Http,
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
                let address: Result<IpAddr, _> = bare(host).parse();
                host == "localhost" || address.is_ok_and(|address| address.is_loopback())
            }
        }
    }

    /// The path and query of `location` if it stays on this site.
    ///
    /// Accepts an absolute path or an absolute URL of the same scheme and
    /// authority; gives `None` for anything that leads elsewhere or is not
    /// printable ASCII.
    pub fn path_on_site<'a>(&self, location: &'a str) -> Option<&'a str> {
        if !location.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        if location.starts_with('/') {
            return (!location.starts_with("//")).then_some(location);
        }
        let rest = location
            .strip_prefix(self.scheme().prefix())?
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
        let (scheme, rest) = [Scheme::Http, Scheme::Https]
            .into_iter()
            .find_map(|scheme| Some((scheme, given.strip_prefix(scheme.prefix())?)))
            .ok_or_else(|| error("only http://, https:// and unix: are spoken"))?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(error("a host and a port are expected, and no path"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                let port = port.parse();
                (
                    host,
                    port.map_err(|_| error("the port is not a number below 65536"))?,
                )
            }
            _ => (authority, scheme.default_port()),
        };
        if scheme == Scheme::Https && ServerName::try_from(bare(host)).is_err() {
            return Err(error("no certificate can be for such a host"));
        }
        let host = host.to_owned();
        Ok(Target::Tcp { scheme, host, port })
    }
}

/// A host without the brackets around an IPv6 address.
pub(crate) fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Tcp { scheme, .. } => {
                write!(f, "{}{}", scheme.prefix(), self.authority())
            }
            Target::Unix { path } => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A server that listens there, without TLS.
impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Self {
        let host = match address.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Target::Tcp {
            scheme: Scheme::Http,
            host,
            port: address.port(),
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
            "https://app.example",
            "https://app.example:80",
            "https://[::1]:8443",
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
            "ftp://a",
            "http://",
            "https://",
            "https://a b",
            "https://under_score..example",
            "http://a/b",
            "http://a:99999",
            "unix:",
        ] {
            assert!(given.parse::<Target>().is_err(), "{given}");
        }
    }

    #[test]
    fn a_default_port_is_not_named() {
        assert_eq!(target("http://a:80").authority(), "a");
        assert_eq!(target("https://a:443").authority(), "a");
        assert_eq!(target("http://a:443").authority(), "a:443");
        assert_eq!(target("https://a:80").authority(), "a:80");
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
        let site = target("https://a");
        assert_eq!(site.path_on_site("https://a/b"), Some("/b"));
        for elsewhere in ["http://a/b", "https://a:80/b", "https://a.evil/b"] {
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
