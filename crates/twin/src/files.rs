//! The static files of `webapp/public`.

use std::{
    collections::HashMap,
    fs,
    hash::{DefaultHasher, Hasher},
    io::{self, Write},
    path::Path,
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderValue, StatusCode, header};

use crate::{
    answer::{self, Answer, With},
    request::Request,
};

/// Where the files are, shared by every implementation.
const PUBLIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../webapp/public");

/// The folders that are served.
const FOLDERS: [&str; 4] = ["css", "js", "img", "fonts"];

/// How long a browser need not ask again.
const FRESH: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// All static files by their paths, ready to be sent.
pub(crate) struct Files(HashMap<String, File>);

/// A static file.
pub(crate) struct File {
    content: Bytes,
    /// If that is shorter.
    zipped: Option<Bytes>,
    kind: HeaderValue,
    tag: HeaderValue,
}

impl Files {
    /// Reads them all.
    pub(crate) fn read() -> io::Result<Self> {
        let mut files = HashMap::new();
        for folder in FOLDERS {
            let inside = Path::new(PUBLIC).join(folder);
            if inside.is_dir() {
                read_below(&inside, &format!("/{folder}"), &mut files)?;
            }
        }
        Ok(Files(files))
    }

    /// The icon of those who have none.
    pub(crate) fn no_icon(&self) -> Bytes {
        let file = self.get("/img/person.png");
        file.map_or_else(Bytes::new, |file| file.content.clone())
    }

    /// The file with this path.
    pub(crate) fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }
}

fn read_below(folder: &Path, path: &str, files: &mut HashMap<String, File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_below(&entry.path(), &path, files)?;
        } else {
            let file = File::new(&path, fs::read(entry.path())?)?;
            files.insert(path, file);
        }
    }
    Ok(())
}

impl File {
    fn new(path: &str, content: Vec<u8>) -> io::Result<Self> {
        let mut hasher = DefaultHasher::new();
        hasher.write(&content);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
        zipped.write_all(&content)?;
        let zipped = zipped.finish()?;
        Ok(File {
            zipped: (zipped.len() < content.len()).then(|| zipped.into()),
            content: content.into(),
            kind: HeaderValue::from_static(kind_of(path)),
            tag: HeaderValue::from_str(&tag).map_err(io::Error::other)?,
        })
    }

    /// The file, or that the browser has it already.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let known = request.headers.get(header::IF_NONE_MATCH);
        let answer = if known == Some(&self.tag) {
            answer::answer(StatusCode::NOT_MODIFIED, "")
        } else {
            let zipped = self.zipped.clone();
            let zipped = zipped.filter(|_| request.lists(header::ACCEPT_ENCODING, "gzip"));
            let is_zipped = zipped.is_some();
            let content = zipped.unwrap_or_else(|| self.content.clone());
            let answer = answer::answer(StatusCode::OK, content)
                .with(header::CONTENT_TYPE, self.kind.clone());
            match is_zipped {
                true => answer.with_text(header::CONTENT_ENCODING, "gzip"),
                false => answer,
            }
        };
        answer
            .with(header::CACHE_CONTROL, FRESH)
            .with(header::ETAG, self.tag.clone())
            .with_text(header::VARY, "Accept-Encoding")
    }

    /// The file with one byte more, which nobody has to unpack.
    pub(crate) fn altered(&self) -> Answer {
        let content = [&self.content, b"\n".as_slice()].concat();
        answer::answer(StatusCode::OK, content).with(header::CONTENT_TYPE, self.kind.clone())
    }
}

fn kind_of(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
