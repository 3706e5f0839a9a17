//! From bytes to requests, and from answers to bytes.

use std::{convert::Infallible, sync::Arc};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{Method, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

use crate::{
    machine::Machine,
    request::{Body, Request},
    site::Site,
};

/// The longest body that is accepted, in bytes.
const MAX_BODY: usize = 1 << 20;

/// The same where a form may have a file.
const MAX_UPLOAD: usize = 11 << 20;

/// Where reading stops even so. A browser reads an answer only once it has sent its whole request,
/// so that what is too long is read as well, within reason.
const MAX_READ: usize = 1 << 25;

/// Serves everybody who comes, at the pace of a machine if there is one.
pub(crate) async fn accept(listener: TcpListener, site: Arc<Site>, machine: Option<Machine>) {
    let pace = move |method: &Method, path: &str| {
        let work = machine.as_ref().map(|machine| machine.work(method, path));
        async move {
            if let Some(work) = work {
                work.await;
            }
        }
    };
    loop {
        // An error here concerns one connection alone, or passes when others end.
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without it answers would only come later.
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve(stream, site.clone(), pace.clone()));
            }
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// Serves one connection; `pace` is awaited before every answer.
pub(crate) async fn serve<F: Future<Output = ()>>(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    site: Arc<Site>,
    pace: impl Fn(&Method, &str) -> F,
) {
    let service = service_fn(|message| answer(message, &site, &pace));
    // A browser that goes in the middle of an answer is everyday life.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer<F: Future<Output = ()>>(
    message: hyper::Request<Incoming>,
    site: &Site,
    pace: &impl Fn(&Method, &str) -> F,
) -> Result<hyper::Response<Full<Bytes>>, Infallible> {
    let (head, body) = message.into_parts();
    let limit = match head.uri.path() {
        "/entries" | "/icon" => MAX_UPLOAD,
        _ => MAX_BODY,
    };
    let request = Request {
        method: head.method,
        uri: head.uri,
        headers: head.headers,
        body: read(body, limit).await,
    };
    pace(&request.method, request.path()).await;
    if let Some(delay) = site.delay(&request) {
        tokio::time::sleep(delay).await;
    }
    Ok(site.answer_in_time(&request).await.map(Full::new))
}

async fn read(mut body: Incoming, limit: usize) -> Body {
    let mut kept = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Body::TooLong;
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length <= limit {
            kept.extend_from_slice(&data);
        } else if length > MAX_READ {
            break;
        }
    }
    match length <= limit {
        true => Body::Whole(kept.freeze()),
        false => Body::TooLong,
    }
}
