//! The access log: one line per request, in LTSV or JSON, for the tools that group and sum them.

use std::{
    fs::OpenOptions,
    io::{self, LineWriter, Write},
    path::Path,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    body::HttpBody,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use serde::Serialize;

use crate::{
    address::{ClientAddress, TrustedProxies},
    moment::Moment,
};

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Labels and values, separated by tabs.
    Ltsv,
    /// One JSON object.
    Json,
}

impl FromStr for Format {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text {
            "ltsv" => Ok(Self::Ltsv),
            "json" => Ok(Self::Json),
            _ => anyhow::bail!("{text:?} is neither ltsv nor json"),
        }
    }
}

/// One request and how it was answered.
#[derive(Debug, Serialize)]
struct Line {
    /// When the request came.
    time: String,
    /// The sender's address.
    host: String,
    method: String,
    uri: String,
    /// The pattern that the path matched, such as `/entries/{id}`.
    route: String,
    status: u16,
    /// The body's length in bytes, where it is known beforehand.
    size: Option<u64>,
    /// Seconds from the request's head to the answer's.
    reqtime: f64,
    ua: String,
}

impl Line {
    fn write(&self, format: Format) -> String {
        match format {
            Format::Ltsv => self.write_ltsv(),
            Format::Json => serde_json::to_string(self)
                .expect("a struct of strings and numbers has a JSON form"),
        }
    }

    fn write_ltsv(&self) -> String {
        let size = self
            .size
            .map_or_else(|| "-".to_owned(), |size| size.to_string());
        format!(
            "time:{}\thost:{}\tmethod:{}\turi:{}\troute:{}\tstatus:{}\tsize:{}\treqtime:{:.6}\tua:{}",
            self.time,
            self.host,
            self.method,
            self.uri,
            self.route,
            self.status,
            size,
            self.reqtime,
            self.ua.replace('\t', " "),
        )
    }
}

/// Where lines go.
#[derive(Clone)]
pub struct AccessLog {
    format: Format,
    output: Arc<Mutex<LineWriter<Box<dyn Write + Send>>>>,
    proxies: Arc<TrustedProxies>,
}

impl AccessLog {
    /// Appends to a file, or writes to standard output if there is none.
    pub fn open(
        format: Format,
        file: Option<&Path>,
        proxies: Arc<TrustedProxies>,
    ) -> io::Result<Self> {
        let output: Box<dyn Write + Send> = match file {
            Some(path) => Box::new(OpenOptions::new().create(true).append(true).open(path)?),
            None => Box::new(io::stdout()),
        };
        Ok(Self {
            format,
            output: Arc::new(Mutex::new(LineWriter::new(output))),
            proxies,
        })
    }

    fn append(&self, line: &Line) {
        let text = line.write(self.format);
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = writeln!(output, "{text}") {
            tracing::warn!(%error, "cannot write the access log");
        }
    }
}

/// Writes the line of a request once it is answered.
pub async fn log_access(State(log): State<AccessLog>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let ClientAddress(sender) =
        ClientAddress::of(request.extensions(), request.headers(), &log.proxies);
    let text = |value: Option<&HeaderValue>| {
        value.map_or_else(
            || "-".into(),
            |value| String::from_utf8_lossy(value.as_bytes()).into(),
        )
    };
    let mut line = Line {
        time: Moment::now().to_string(),
        host: sender.to_string(),
        method: request.method().to_string(),
        uri: request.uri().to_string(),
        route: request
            .extensions()
            .get::<MatchedPath>()
            .map_or_else(|| "-".to_owned(), |route| route.as_str().to_owned()),
        status: 0,
        size: None,
        reqtime: 0.0,
        ua: text(request.headers().get(header::USER_AGENT)),
    };
    let response = next.run(request).await;
    line.status = response.status().as_u16();
    line.size = body_size(&response);
    line.reqtime = started.elapsed().as_secs_f64();
    log.append(&line);
    response
}

/// A file says its length in the header, a page by being complete already.
fn body_size(response: &Response) -> Option<u64> {
    response
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .or_else(|| response.body().size_hint().exact())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line {
            time: "2026-03-31T23:59:59.123Z".to_owned(),
            host: "192.0.2.1".to_owned(),
            method: "GET".to_owned(),
            uri: "/entries/7?a=b".to_owned(),
            route: "/entries/{id}".to_owned(),
            status: 200,
            size: Some(1234),
            reqtime: 0.25,
            ua: "a\tb".to_owned(),
        }
    }

    #[test]
    fn ltsv_has_one_label_per_field() {
        assert_eq!(
            line().write(Format::Ltsv),
            "time:2026-03-31T23:59:59.123Z\thost:192.0.2.1\tmethod:GET\turi:/entries/7?a=b\t\
             route:/entries/{id}\tstatus:200\tsize:1234\treqtime:0.250000\tua:a b"
        );
    }

    #[test]
    fn json_is_one_object() {
        assert_eq!(
            line().write(Format::Json),
            r#"{"time":"2026-03-31T23:59:59.123Z","host":"192.0.2.1","method":"GET","uri":"/entries/7?a=b","route":"/entries/{id}","status":200,"size":1234,"reqtime":0.25,"ua":"a\tb"}"#
        );
    }
}
