//! One HTTP/1.1 connection.

use std::{error::Error, io, iter, time::Duration};

use bytes::Bytes;
use futures::FutureExt;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{task::JoinHandle, time::timeout};

use crate::{
    body::{self, Collected, Interrupted, too_large},
    failure::Failure,
    meter::Meter,
    transport::Transport,
    watched::Watched,
};

/// Bounds on what one exchange may take from us. The site is hostile until
/// proven otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the request's first byte to the answer's last.
    pub time: Duration,
    /// Bytes of a body, as it comes and once more when it is decoded.
    pub body: usize,
    /// Bytes in a second that a connection carries, as if that were the line between person and
    /// site: an answer is whole only when its body has had time to come. `None` for as fast as it
    /// can.
    pub line: Option<u64>,
}

impl Limits {
    /// What is usual.
    pub const DEFAULT: Limits = Limits {
        time: Duration::from_secs(10),
        body: 4 << 20,
        line: None,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::DEFAULT
    }
}

/// How long opening a connection may take, within the time of the exchange.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Bytes that an answer's head may have.
const HEAD_LIMIT: usize = 64 << 10;

/// An answer's head.
pub(crate) type Head = http::response::Parts;

/// An answer as far as it has come.
pub(crate) struct Arrival {
    pub(crate) head: Option<Head>,
    /// What the body flows into.
    pub(crate) body: Collected,
}

/// Why an exchange did not come to an answer.
pub(crate) enum Broken {
    /// The connection was gone before the request left: it may be sent again.
    Unsent(Failure),
    /// The connection ended before a byte of the answer came, as a kept one
    /// does when the site has just given it up.
    Unanswered(Failure),
    /// The answer had begun, or the site may have acted.
    Answered(Failure),
}

/// An open connection, used for one exchange at a time.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: JoinHandle<hyper::Result<()>>,
    meter: Meter,
    /// Whether an exchange has succeeded on it: only then can it have been
    /// closed by keep-alive's rules.
    pub(crate) reused: bool,
}

impl Connection {
    /// Opens a connection. Its driver runs as a local task until either side
    /// closes or the connection is dropped.
    pub(crate) async fn open(transport: &dyn Transport) -> Result<Self, Failure> {
        let connecting = timeout(CONNECT_LIMIT, transport.connect()).await;
        let stream = connecting
            .map_err(|_| {
                let seconds = CONNECT_LIMIT.as_secs();
                Failure::timeout("http.connect", format!("cannot connect within {seconds} s"))
            })?
            .map_err(no_connection)?;
        let meter = Meter::default();
        let metered = Watched {
            stream,
            watch: meter.clone(),
        };
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD_LIMIT)
            .handshake(TokioIo::new(metered))
            .await
            .map_err(|error| {
                Failure::wrong("http.connect", format!("cannot speak HTTP: {error}"))
            })?;
        Ok(Connection {
            sender,
            driver: tokio::task::spawn_local(driver),
            meter,
            reused: false,
        })
    }

    /// Whether the other side has closed it.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Sends one request and takes the answer in; at most `limit` bytes of body
    /// may come before they are decoded. Gives how many did.
    pub(crate) async fn exchange(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
        limit: usize,
        arrival: &mut Arrival,
    ) -> Result<usize, Broken> {
        if self.sender.ready().await.is_err() {
            return Err(self.unsent());
        }
        self.meter.begin(HEAD_LIMIT + 2 * limit);
        let response = match self.sender.try_send_request(request).await {
            Ok(response) => response,
            Err(mut error) => {
                return Err(match error.take_message() {
                    Some(_) => self.unsent(),
                    None => self.broken(&error.into_error(), limit),
                });
            }
        };
        self.reused = true;
        let (head, body) = response.into_parts();
        let head = arrival.head.insert(head);
        match body::read(&head.headers, body, &mut arrival.body).await {
            Ok(came) => Ok(came),
            Err(Interrupted::Connection(error)) => Err(self.broken(&error, limit)),
            Err(Interrupted::Body(failure)) => Err(Broken::Answered(failure)),
        }
    }

    /// The driver knows why it ended, if that was no good order.
    fn unsent(&mut self) -> Broken {
        Broken::Unsent(match (&mut self.driver).now_or_never() {
            Some(Ok(Err(error))) => broken_answer(&error),
            _ => Failure::wrong(
                "http.broken",
                "the connection was closed before a request was sent",
            ),
        })
    }

    fn broken(&self, error: &hyper::Error, limit: usize) -> Broken {
        if self.meter.is_exceeded() {
            Broken::Answered(too_large(limit))
        } else if self.meter.is_untouched() {
            Broken::Unanswered(broken_answer(error))
        } else {
            Broken::Answered(broken_answer(error))
        }
    }
}

/// What is given up is closed at once, however much the site still sends.
impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// The transport's own words, or those of the system.
fn no_connection(error: io::Error) -> Failure {
    error
        .downcast()
        .unwrap_or_else(|error| Failure::from_io("http.connect", "cannot connect", &error))
}

fn broken_answer(error: &hyper::Error) -> Failure {
    if let Some(failure) = failure_within(error) {
        return failure.clone();
    }
    let sentence = if error.is_incomplete_message() {
        "the connection was closed before the answer was complete".to_owned()
    } else if error.is_parse() {
        format!("the answer is not valid HTTP: {error}")
    } else {
        match causes(error).last() {
            Some(cause) => format!("the connection broke: {error}: {cause}"),
            None => format!("the connection broke: {error}"),
        }
    };
    Failure::wrong("http.broken", sentence)
}

/// What an error came from, back to its root.
fn causes(error: &hyper::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |error| (*error).source())
}

/// What the transport has to say about the error that it caused.
fn failure_within(error: &hyper::Error) -> Option<&Failure> {
    let mut errors = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()?.get_ref());
    errors.find_map(|error| error.downcast_ref())
}
