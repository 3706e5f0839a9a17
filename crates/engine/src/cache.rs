//! A browser's cache, as RFC 9111 has it: what is fresh needs no request, what is not is asked for
//! with the conditions that its validators make.
//!
//! A site has to say how long something is fresh; nothing is guessed from its age.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use hyper::{
    HeaderMap,
    header::{self, HeaderName},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::time::Instant;

/// What one browser has kept, by path and query; of each a `T`.
#[derive(Debug)]
pub(crate) struct Cache<T> {
    known: HashMap<String, Stored<T>>,
    most: usize,
}

#[derive(Debug)]
struct Stored<T> {
    what: T,
    fresh_until: Instant,
    etag: Option<String>,
    last_modified: Option<String>,
    /// The cookies that it was made for, if it depends on them.
    cookies: Option<Bytes>,
    used: Instant,
}

/// Conditions of a request.
pub(crate) type Conditions = Vec<(HeaderName, String)>;

/// The longest time that anything is kept fresh.
const LONGEST: Duration = Duration::from_secs(86_400);

impl<T: Clone> Cache<T> {
    /// A cache that keeps the `most` things that were used last.
    pub(crate) fn of(most: usize) -> Self {
        Cache {
            known: HashMap::new(),
            most,
        }
    }

    /// What may be used without asking by somebody with these cookies.
    pub(crate) fn fresh(&self, path: &str, cookies: &Bytes) -> Option<T> {
        let stored = self.stored(path, cookies)?;
        (Instant::now() < stored.fresh_until).then(|| stored.what.clone())
    }

    /// What can be asked for with conditions, and these.
    pub(crate) fn conditional(&self, path: &str, cookies: &Bytes) -> Option<(T, Conditions)> {
        let stored = self.stored(path, cookies)?;
        let Stored {
            etag,
            last_modified,
            ..
        } = stored;
        let etag = etag.clone().map(|etag| (header::IF_NONE_MATCH, etag));
        let modified = last_modified.clone();
        let modified = modified.map(|date| (header::IF_MODIFIED_SINCE, date));
        let conditions: Conditions = etag.into_iter().chain(modified).collect();
        (!conditions.is_empty()).then(|| (stored.what.clone(), conditions))
    }

    fn stored(&self, path: &str, cookies: &Bytes) -> Option<&Stored<T>> {
        let stored = self.known.get(path)?;
        let own = stored.cookies.as_ref();
        own.is_none_or(|own| own == cookies).then_some(stored)
    }

    /// Keeps what came with these headers of a `200` or `304`, as far as they allow; it is made
    /// only if they do.
    pub(crate) fn keep(
        &mut self,
        path: &str,
        headers: &HeaderMap,
        cookies: &Bytes,
        what: impl FnOnce() -> T,
    ) {
        let before = self.known.remove(path);
        let vary = Vary::of(headers);
        let control = Control::of(headers);
        if control.has("no-store") || vary == Vary::Anything {
            return;
        }
        let text = |name| text(headers, &name).map(str::to_owned);
        let (etag, last_modified) =
            before.map_or((None, None), |stored| (stored.etag, stored.last_modified));
        let etag = text(header::ETAG).or(etag);
        let last_modified = text(header::LAST_MODIFIED).or(last_modified);
        let lifetime = control.lifetime(headers);
        if lifetime.is_zero() && etag.is_none() && last_modified.is_none() {
            return;
        }
        let now = Instant::now();
        let stored = Stored {
            what: what(),
            fresh_until: now + lifetime,
            etag,
            last_modified,
            cookies: (vary == Vary::Cookies).then(|| cookies.clone()),
            used: now,
        };
        self.known.insert(path.to_owned(), stored);
        if self.known.len() > self.most {
            let oldest = self.known.iter().min_by_key(|(_, stored)| stored.used);
            if let Some(path) = oldest.map(|(path, _)| path.clone()) {
                self.known.remove(&path);
            }
        }
    }

    /// Forgets what has just been changed.
    pub(crate) fn forget(&mut self, path: &str) {
        self.known.remove(path);
    }
}

/// On what an answer depends, besides its path.
#[derive(PartialEq, Eq)]
enum Vary {
    /// On nothing that differs between the requests of one browser.
    Nothing,
    Cookies,
    Anything,
}

impl Vary {
    fn of(headers: &HeaderMap) -> Self {
        let names = headers.get_all(header::VARY).into_iter();
        let names = names
            .filter_map(|names| names.to_str().ok())
            .flat_map(|names| names.split(','));
        names.fold(Vary::Nothing, |vary, name| match name.trim() {
            "*" => Vary::Anything,
            name if name.eq_ignore_ascii_case("cookie") && vary == Vary::Nothing => Vary::Cookies,
            _ => vary,
        })
    }
}

/// The directives of `Cache-Control`, in lower case.
struct Control(String);

impl Control {
    fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::CACHE_CONTROL).into_iter();
        let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
        Control(lines.join(",").to_ascii_lowercase())
    }

    fn directives(&self) -> impl Iterator<Item = &str> {
        self.0.split(',').map(str::trim)
    }

    fn has(&self, name: &str) -> bool {
        self.directives().any(|directive| directive == name)
    }

    /// For how long an answer is fresh from now on.
    fn lifetime(&self, headers: &HeaderMap) -> Duration {
        if self.has("no-cache") {
            return Duration::ZERO;
        }
        let max_age = self.directives().find_map(|directive| {
            let seconds = directive.strip_prefix("max-age=")?;
            Some(Duration::from_secs(seconds.trim_matches('"').parse().ok()?))
        });
        let lifetime = max_age.or_else(|| until_expiry(headers));
        let age = text(headers, &header::AGE).and_then(|age| age.parse().ok());
        let age = Duration::from_secs(age.unwrap_or(0));
        lifetime
            .unwrap_or_default()
            .saturating_sub(age)
            .min(LONGEST)
    }
}

/// From `Date` to `Expires`; one that is no date has passed.
fn until_expiry(headers: &HeaderMap) -> Option<Duration> {
    let date = |name| {
        let date = text(headers, &name)?;
        DateTimeParser::new().parse_timestamp(date).ok()
    };
    headers.get(header::EXPIRES)?;
    let now = date(header::DATE).unwrap_or_else(Timestamp::now);
    let left = date(header::EXPIRES)?.duration_since(now);
    Some(left.try_into().unwrap_or_default())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), header::HeaderValue::from_static(value)))
            .collect()
    }

    const NOBODY: Bytes = Bytes::new();

    fn kept(pairs: &[(HeaderName, &'static str)]) -> Cache<u64> {
        let mut cache = Cache::of(2);
        cache.keep("/a", &headers(pairs), &"s=1".into(), || 7);
        cache
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_is_fresh_for_its_max_age_less_its_age() {
        let cache = kept(&[
            (header::CACHE_CONTROL, "public, max-age=10"),
            (header::AGE, "3"),
        ]);
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!(cache.fresh("/a", &NOBODY), Some(7));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(cache.fresh("/a", &NOBODY), None);
        assert_eq!(cache.conditional("/a", &NOBODY), None);
    }

    #[tokio::test(start_paused = true)]
    async fn expires_counts_where_there_is_no_max_age() {
        const DATE: &str = "Sun, 29 Mar 2026 10:00:00 GMT";
        let expires = |cache_control| {
            kept(&[
                (header::DATE, DATE),
                (header::EXPIRES, "Sun, 29 Mar 2026 10:00:30 GMT"),
                (header::CACHE_CONTROL, cache_control),
            ])
        };
        let cache = expires("private");
        tokio::time::advance(Duration::from_secs(29)).await;
        assert_eq!(cache.fresh("/a", &NOBODY), Some(7));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(cache.fresh("/a", &NOBODY), None);
        assert_eq!(expires("max-age=0").fresh("/a", &NOBODY), None);
        let passed = kept(&[(header::DATE, DATE), (header::EXPIRES, "0")]);
        assert_eq!(passed.fresh("/a", &NOBODY), None);
    }

    #[tokio::test]
    async fn validators_are_sent_back_and_no_store_forgets() {
        let no_cache = (header::CACHE_CONTROL, "no-cache, max-age=9");
        let mut cache = kept(&[(header::ETAG, "\"1\""), no_cache]);
        assert_eq!(cache.fresh("/a", &NOBODY), None);
        let conditions = vec![(header::IF_NONE_MATCH, "\"1\"".to_owned())];
        assert_eq!(cache.conditional("/a", &NOBODY), Some((7, conditions)));
        let no_store = headers(&[(header::CACHE_CONTROL, "no-store")]);
        cache.keep("/a", &no_store, &NOBODY, || 8);
        assert_eq!(cache.conditional("/a", &NOBODY), None);
    }

    #[tokio::test]
    async fn what_depends_on_cookies_is_for_those_cookies() {
        let fresh = (header::CACHE_CONTROL, "max-age=9");
        let cache = kept(&[fresh.clone(), (header::VARY, "Accept-Encoding, cookie")]);
        assert_eq!(cache.fresh("/a", &"s=1".into()), Some(7));
        assert_eq!(cache.fresh("/a", &"s=2".into()), None);
        assert_eq!(cache.fresh("/a", &NOBODY), None);
        let cache = kept(&[fresh.clone(), (header::VARY, "Accept-Encoding")]);
        assert_eq!(cache.fresh("/a", &NOBODY), Some(7));
        let cache = kept(&[fresh, (header::VARY, "*")]);
        assert_eq!(cache.fresh("/a", &"s=1".into()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_much_is_kept() {
        let fresh = headers(&[(header::CACHE_CONTROL, "max-age=9")]);
        let mut cache = Cache::of(2);
        for path in ["/a", "/b", "/c"] {
            cache.keep(path, &fresh, &NOBODY, || path);
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(cache.fresh("/a", &NOBODY), None);
        assert_eq!(cache.fresh("/b", &NOBODY), Some("/b"));
        cache.forget("/b");
        assert_eq!(cache.fresh("/b", &NOBODY), None);
    }
}
