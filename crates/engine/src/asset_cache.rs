//! What a browser remembers of a site's static files.

use std::{collections::HashMap, time::Duration};

use hyper::{HeaderMap, header};
use tokio::time::Instant;

/// Validators and freshness of the files that one browser has seen. Of their bodies
/// only a hash is kept.
#[derive(Debug, Default)]
pub struct AssetCache {
    known: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    fresh_until: Instant,
    etag: Option<String>,
    last_modified: Option<String>,
    xxh3: u64,
}

impl AssetCache {
    /// The XXH3 of a file that may be used without asking.
    pub fn fresh(&self, path: &str) -> Option<u64> {
        let known = self.known.get(path)?;
        (Instant::now() < known.fresh_until).then_some(known.xxh3)
    }

    /// The XXH3 of a file that is known, fresh or not.
    pub fn held(&self, path: &str) -> Option<u64> {
        Some(self.known.get(path)?.xxh3)
    }

    /// The conditions to send with a request for a known file.
    pub fn conditions(&self, path: &str) -> Vec<(header::HeaderName, String)> {
        let Some(known) = self.known.get(path) else {
            return Vec::new();
        };
        let etag = known.etag.clone().map(|etag| (header::IF_NONE_MATCH, etag));
        let modified = known
            .last_modified
            .clone()
            .map(|date| (header::IF_MODIFIED_SINCE, date));
        etag.into_iter().chain(modified).collect()
    }

    /// Remembers a file of this XXH3 from the headers of a `200` or `304`.
    pub fn remember(&mut self, path: &str, headers: &HeaderMap, xxh3: u64) {
        let text =
            |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let directives = text(header::CACHE_CONTROL)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let has = |name: &str| {
            directives
                .split(',')
                .any(|directive| directive.trim() == name)
        };
        if has("no-store") {
            self.known.remove(path);
            return;
        }
        let age = match has("no-cache") {
            true => Duration::ZERO,
            false => max_age(&directives),
        };
        let before = self.known.remove(path);
        let (etag, last_modified) =
            before.map_or((None, None), |known| (known.etag, known.last_modified));
        let known = Known {
            fresh_until: Instant::now() + age,
            etag: text(header::ETAG).map(str::to_owned).or(etag),
            last_modified: text(header::LAST_MODIFIED)
                .map(str::to_owned)
                .or(last_modified),
            xxh3,
        };
        self.known.insert(path.to_owned(), known);
    }
}

/// `max-age` of a lower-case `Cache-Control`, at most a day; zero when absent.
fn max_age(directives: &str) -> Duration {
    let seconds = directives
        .split(',')
        .find_map(|directive| {
            directive
                .trim()
                .strip_prefix("max-age=")?
                .parse::<u64>()
                .ok()
        })
        .unwrap_or(0);
    Duration::from_secs(seconds.min(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), header::HeaderValue::from_static(value)))
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_is_fresh_for_its_max_age() {
        let mut cache = AssetCache::default();
        cache.remember(
            "/a",
            &headers(&[(header::CACHE_CONTROL, "public, max-age=10")]),
            7,
        );
        assert_eq!(cache.fresh("/a"), Some(7));
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!((cache.fresh("/a"), cache.held("/a")), (None, Some(7)));
    }

    #[tokio::test]
    async fn validators_are_sent_back_and_no_store_forgets() {
        let mut cache = AssetCache::default();
        cache.remember(
            "/a",
            &headers(&[
                (header::ETAG, "\"1\""),
                (header::CACHE_CONTROL, "no-cache, max-age=9"),
            ]),
            7,
        );
        assert_eq!(cache.fresh("/a"), None);
        assert_eq!(
            cache.conditions("/a"),
            [(header::IF_NONE_MATCH, "\"1\"".to_owned())]
        );
        cache.remember("/a", &headers(&[(header::CACHE_CONTROL, "no-store")]), 7);
        assert!(cache.conditions("/a").is_empty());
    }
}
