//! One of a browser's few connections, opened when it is needed and kept.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Method;
use tokio::time::{sleep, timeout};

use crate::{
    body::Collected,
    browser::Site,
    connection::{Arrival, Broken, Connection, Head},
    failure::Failure,
};

/// A request as it is sent.
pub(crate) type Message = hyper::Request<Full<Bytes>>;

/// An answer that did not come, or not whole.
pub(crate) struct Lost {
    pub(crate) failure: Failure,
    /// What came of it: the head, if that did, and of the body so much.
    pub(crate) came: Option<(Head, Collected)>,
}

/// A place for a connection.
#[derive(Default)]
pub(crate) struct Lane {
    connection: Option<Connection>,
}

impl Lane {
    /// Sends a request and takes the answer, within the site's limits. The
    /// message is made once, and again when it has to be sent again.
    ///
    /// The connection is kept after a whole answer only; all else closes it.
    pub(crate) async fn ask(
        &mut self,
        site: &Site,
        message: impl Fn() -> Result<Message, Failure>,
    ) -> Result<(Head, Collected), Lost> {
        let limit = site.limits().time;
        let mut arrival = Arrival {
            head: None,
            body: Collected::up_to(site.limits().body),
        };
        let exchange = self.exchange(site, message, &mut arrival);
        let outcome = timeout(limit, exchange).await.unwrap_or_else(|_| {
            let seconds = limit.as_secs_f64();
            let sentence = format!("no complete answer within {seconds} s");
            Err(Failure::timeout("http.timeout", sentence))
        });
        let came = arrival.head.map(|head| (head, arrival.body));
        match outcome {
            Ok(()) => Ok(came.expect("a whole answer has a head")),
            Err(failure) => Err(Lost { failure, came }),
        }
    }

    /// A kept connection that the site closed meanwhile is opened anew, as
    /// browsers do: always when the request had not left, else only for a `GET`
    /// that nothing has answered.
    async fn exchange(
        &mut self,
        site: &Site,
        message: impl Fn() -> Result<Message, Failure>,
        arrival: &mut Arrival,
    ) -> Result<(), Failure> {
        let limit = site.limits().body;
        loop {
            let message = message()?;
            let is_get = message.method() == Method::GET;
            let mut connection = match self.connection.take() {
                Some(connection) if !connection.is_closed() => connection,
                _ => Connection::open(site.transport()).await?,
            };
            let reused = connection.reused;
            match connection.exchange(message, limit, arrival).await {
                Ok(came) => {
                    self.connection = Some(connection);
                    travel(came, site.limits().line).await;
                    return Ok(());
                }
                Err(Broken::Unsent(_)) if reused => {}
                Err(Broken::Unanswered(_)) if reused && is_get => {}
                Err(
                    Broken::Unsent(failure)
                    | Broken::Unanswered(failure)
                    | Broken::Answered(failure),
                ) => return Err(failure),
            }
        }
    }
}

/// Waits until so many bytes have come over a line of so many in a second, apart from what a timer
/// cannot tell.
async fn travel(bytes: usize, line: Option<u64>) {
    let Some(line) = line else { return };
    let time = Duration::from_secs_f64(bytes as f64 / line as f64);
    if time >= Duration::from_millis(1) {
        sleep(time).await;
    }
}
