//! The style sheet and the script: the same as long as their address is the same.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

use crate::{error::Error, secret};

/// A file that comes with the portal.
pub(crate) struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    hash: String,
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: &'static str) -> Asset {
        let mut hash = secret::hash(text);
        hash.truncate(16);
        Asset {
            name,
            kind,
            text,
            hash,
        }
    }

    /// Where it is, with a hash of what it says.
    pub(crate) fn url(&self) -> String {
        format!("/static/{}/{}", self.hash, self.name)
    }
}

/// How pages look.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../static/portal.css");
    Asset::new("portal.css", "text/css; charset=utf-8", text)
});

/// What makes pages live.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../../static/portal.js");
    Asset::new("portal.js", "text/javascript; charset=utf-8", text)
});

/// `GET /static/{hash}/{name}`.
pub(crate) async fn show_asset(
    Path((hash, name)): Path<(String, String)>,
) -> Result<Response, Error> {
    let asset = [&*STYLE, &*SCRIPT]
        .into_iter()
        .find(|asset| asset.name == name && asset.hash == hash)
        .ok_or(Error::NotFound("this file"))?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, asset.text).into_response())
}
