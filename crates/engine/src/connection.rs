//! One HTTP/1.1 connection.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;

use crate::{failure::Failure, transport::Transport};

/// Bounds on what one exchange may take from us. The site is hostile until
/// proven otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the request's first byte to the answer's last.
    pub time: Duration,
    /// Bytes of a body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            time: Duration::from_secs(10),
            body: 4 << 20,
        }
    }
}

/// How long opening a connection may take, within the time of the exchange.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Bytes that an answer's head may have.
const HEAD_LIMIT: usize = 64 << 10;

/// An answer's head and its collected body.
pub(crate) type Answer = (http::response::Parts, Bytes);

/// Why an exchange did not come to an answer.
pub(crate) enum Broken {
    /// The connection was gone before the request left: it may be sent again.
    Unsent,
    /// The connection broke later; the site may have acted.
    Sent(Failure),
}

/// An open connection, used for one exchange at a time.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// Whether an exchange has succeeded on it: only then can it have been
    /// closed by keep-alive's rules.
    pub(crate) reused: bool,
}

impl Connection {
    /// Opens a connection. Its driver runs as a local task until either side closes.
    pub(crate) async fn open(transport: &dyn Transport) -> Result<Self, Failure> {
        let connecting = timeout(CONNECT_LIMIT, transport.connect()).await;
        let stream = connecting
            .map_err(|_| {
                let seconds = CONNECT_LIMIT.as_secs();
                Failure::timeout("http.connect", format!("cannot connect within {seconds} s"))
            })?
            .map_err(|error| Failure::from_io("http.connect", "cannot connect", &error))?;
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD_LIMIT)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| {
                Failure::wrong("http.connect", format!("cannot speak HTTP: {error}"))
            })?;
        tokio::task::spawn_local(async move {
            // The exchange that suffers reports the error; nobody else needs it.
            let _ = driver.await;
        });
        Ok(Connection {
            sender,
            reused: false,
        })
    }

    /// Whether the other side has closed it.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Sends one request and collects its answer, at most `limit` bytes of body.
    pub(crate) async fn exchange(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
        limit: usize,
    ) -> Result<Answer, Broken> {
        if self.sender.ready().await.is_err() {
            return Err(Broken::Unsent);
        }
        let response = match self.sender.try_send_request(request).await {
            Ok(response) => response,
            Err(mut error) => {
                return Err(match error.take_message() {
                    Some(_) => Broken::Unsent,
                    None => Broken::Sent(broken_answer(&error.into_error())),
                });
            }
        };
        self.reused = true;
        let (head, body) = response.into_parts();
        let body = collect(body, limit).await.map_err(Broken::Sent)?;
        Ok((head, body))
    }
}

async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, Failure> {
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken_answer(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let held = first.as_ref().map_or(0, Bytes::len) + rest.len();
        if held + data.len() > limit {
            return Err(Failure::wrong(
                "http.too-large",
                format!("the body is larger than {limit} bytes"),
            ));
        }
        if first.is_none() {
            first = Some(data);
        } else {
            rest.extend_from_slice(&data);
        }
    }
    Ok(match (first, rest.is_empty()) {
        (None, _) => Bytes::new(),
        (Some(first), true) => first,
        (Some(first), false) => [first, rest.freeze()].concat().into(),
    })
}

fn broken_answer(error: &hyper::Error) -> Failure {
    let sentence = if error.is_incomplete_message() {
        "the connection was closed before the answer was complete".to_owned()
    } else if error.is_parse() {
        format!("the answer is not valid HTTP: {error}")
    } else {
        format!("the connection broke: {error}")
    };
    Failure::wrong("http.broken", sentence)
}
