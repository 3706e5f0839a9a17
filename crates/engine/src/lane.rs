//! One of a browser's few connections, opened when it is needed and kept.

use bytes::Bytes;
use http_body_util::Full;
use hyper::Method;
use tokio::time::timeout;

use crate::{
    body::Intake,
    browser::Site,
    connection::{Answer, Broken, Connection},
    failure::Failure,
};

/// A request as it is sent.
pub(crate) type Message = hyper::Request<Full<Bytes>>;

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
    pub(crate) async fn ask<I: Intake>(
        &mut self,
        site: &Site,
        message: impl Fn() -> Result<Message, Failure>,
        intake: impl Fn() -> I,
    ) -> Result<Answer<I>, Failure> {
        let limit = site.limits().time;
        let exchange = self.exchange(site, message, intake);
        timeout(limit, exchange).await.unwrap_or_else(|_| {
            let seconds = limit.as_secs_f64();
            let sentence = format!("no complete answer within {seconds} s");
            Err(Failure::timeout("http.timeout", sentence))
        })
    }

    /// A kept connection that the site closed meanwhile is opened anew, as
    /// browsers do: always when the request had not left, else only for a `GET`
    /// that nothing has answered.
    async fn exchange<I: Intake>(
        &mut self,
        site: &Site,
        message: impl Fn() -> Result<Message, Failure>,
        intake: impl Fn() -> I,
    ) -> Result<Answer<I>, Failure> {
        let limit = site.limits().body;
        loop {
            let message = message()?;
            let is_get = message.method() == Method::GET;
            let mut connection = match self.connection.take() {
                Some(connection) if !connection.is_closed() => connection,
                _ => Connection::open(site.transport()).await?,
            };
            let reused = connection.reused;
            match connection.exchange(message, limit, intake()).await {
                Ok(answer) => {
                    self.connection = Some(connection);
                    return Ok(answer);
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
