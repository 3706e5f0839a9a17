//! What is left of a request that is answered before all of it was read.
//!
//! A server that answers and closes while a client still sends has the client's system drop the
//! answer with the connection: whoever sent too much would be told of a broken pipe in place of the
//! reason. So what is left is read and dropped before the answer is given.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    extract::Request,
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::time::timeout;

/// So many bytes are read for nothing, and no more.
const MOST: usize = 64 << 20;

/// So long a client may take to send them.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body that two can read, one after the other.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Shared {
    fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        body.poll_next_unpin(context)
    }

    async fn drop_rest(&self) {
        let mut left = MOST;
        while let Some(Ok(piece)) = poll_fn(|context| self.poll(context)).await {
            match left.checked_sub(piece.len()) {
                Some(less) => left = less,
                None => return,
            }
        }
    }
}

/// Gives an answer when the request was read to its end, by whoever made the answer or here.
pub async fn read_first(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let lent = body.clone();
    let lent = Body::from_stream(stream::poll_fn(move |context| lent.poll(context)));
    let answer = next.run(Request::from_parts(head, lent)).await;
    // Whoever takes longer than that is told all the same, if the connection holds.
    let _ = timeout(PATIENCE, body.drop_rest()).await;
    answer
}
