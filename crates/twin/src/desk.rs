//! A twin without a port, for simulations.

use std::{io, sync::Arc};

use http::Method;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{Initial, Rules, server, site::Site};

/// A second Suwaru that serves whatever connections it is handed, in the
/// runtime of its caller and thereby by its caller's clock. Copies are the
/// same site.
#[derive(Clone)]
pub struct Desk {
    site: Arc<Site>,
}

impl Desk {
    /// A desk that goes by these rules.
    ///
    /// # Errors
    /// The static files of `webapp/public` cannot be read.
    pub fn new(initial: &Initial, rules: Rules) -> io::Result<Self> {
        let site = Arc::new(Site::new(initial, rules)?);
        Ok(Desk { site })
    }

    /// Serves one connection to its end. `pace` is given the method and the
    /// path of every request, and awaited before its answer.
    pub async fn serve<F: Future<Output = ()>>(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        pace: impl Fn(&Method, &str) -> F,
    ) {
        server::serve(stream, self.site, pace).await;
    }
}
