//! A browser's cookies for one site.

use std::collections::BTreeMap;

use bytes::Bytes;
use cookie::Cookie;

use crate::target::{Scheme, Target};

/// How many cookies a site may set before further ones are ignored, and how
/// many bytes one may have: as browsers do, so that a flood stays harmless.
const MOST_COOKIES: usize = 50;
const MOST_BYTES: usize = 4096;

/// Cookies by name. Paths and domains are not told apart: a browser here
/// visits one site, whose cookies are all for `/`.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: BTreeMap<String, String>,
    /// Made when a cookie changes: it is sent much more often.
    header: Bytes,
}

impl CookieJar {
    /// Takes one `Set-Cookie` header of a site. One that cannot be read, that is
    /// meant for another domain, or that is `Secure` and came without TLS, is
    /// ignored.
    pub fn store(&mut self, set_cookie: &str, site: &Target) {
        if set_cookie.len() > MOST_BYTES {
            return;
        }
        let Ok(cookie) = Cookie::parse(set_cookie) else {
            return;
        };
        let host = site.host();
        if !cookie.domain().is_none_or(|domain| covers(domain, host)) {
            return;
        }
        if cookie.secure() == Some(true) && site.scheme() != Scheme::Https {
            return;
        }
        if expired(&cookie) {
            self.cookies.remove(cookie.name());
            self.make_header();
        } else if self.cookies.len() < MOST_COOKIES || self.cookies.contains_key(cookie.name()) {
            self.set(cookie.name(), cookie.value());
        }
    }

    fn make_header(&mut self) {
        let pairs = self.cookies.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.header = pairs.join("; ").into();
    }

    /// The `Cookie` header to send; empty when there is nothing to send.
    pub fn header(&self) -> Bytes {
        self.header.clone()
    }

    /// A cookie's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Puts a cookie in by hand, as a test of a stolen session does.
    pub fn set(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
        self.make_header();
    }
}

/// Whether a cookie of that domain is one of the host's.
fn covers(domain: &str, host: &str) -> bool {
    let (domain, host) = (domain.to_ascii_lowercase(), host.to_ascii_lowercase());
    match host.strip_suffix(&domain) {
        Some(subdomain) => domain.is_empty() || subdomain.is_empty() || subdomain.ends_with('.'),
        None => false,
    }
}

fn expired(cookie: &Cookie<'_>) -> bool {
    let aged_out = cookie.max_age().is_some_and(|age| age.whole_seconds() <= 0);
    let past = cookie.max_age().is_none()
        && cookie
            .expires_datetime()
            .is_some_and(|when| when.unix_timestamp() <= unix_seconds());
    aged_out || past
}

fn unix_seconds() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Target {
        "http://suwaru.example".parse().expect("a target")
    }

    #[test]
    fn secure_cookies_need_tls() {
        let mut jar = CookieJar::default();
        jar.store("s=1; Secure", &site());
        assert_eq!(jar.header(), "");
        let encrypted = "https://suwaru.example".parse().expect("a target");
        jar.store("s=1; Secure", &encrypted);
        assert_eq!(jar.header(), "s=1");
    }

    #[test]
    fn cookies_for_other_domains_are_ignored() {
        let mut jar = CookieJar::default();
        for (name, domain) in [("a", "suwaru.example"), ("b", ".Example"), ("c", "")] {
            jar.store(&format!("{name}=1; Domain={domain}"), &site());
        }
        for domain in ["evil.example", "waru.example", "www.suwaru.example"] {
            jar.store(&format!("x=1; Domain={domain}"), &site());
        }
        assert_eq!(jar.header(), "a=1; b=1; c=1");
    }

    #[test]
    fn stores_replaces_and_expires() {
        let mut jar = CookieJar::default();
        jar.store("a=1; Path=/; HttpOnly", &site());
        jar.store("b=2", &site());
        jar.store("a=3", &site());
        assert_eq!(jar.header(), "a=3; b=2");
        jar.store("a=; Max-Age=0", &site());
        jar.store("b=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", &site());
        assert_eq!(jar.header(), "");
    }

    #[test]
    fn a_flood_of_cookies_is_bounded() {
        let mut jar = CookieJar::default();
        for n in 0..10_000 {
            jar.store(&format!("c{n}=x"), &site());
        }
        jar.store(&format!("big={}", "x".repeat(100_000)), &site());
        assert!(jar.header().len() < MOST_COOKIES * 10);
    }
}
