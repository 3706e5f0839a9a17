//! A running twin.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use tokio::runtime::{Builder, Runtime};

use crate::{Initial, Rules, server, site::Site};

/// A second Suwaru that listens on a port of this machine. It ends when dropped.
pub struct Twin {
    address: SocketAddr,
    site: Arc<Site>,
    /// Taken when dropped, because a runtime must not be dropped where code is asynchronous.
    runtime: Option<Runtime>,
}

impl Twin {
    /// Starts a twin with a thread of its own on a free port of `127.0.0.1`.
    ///
    /// # Errors
    /// No port, no thread, or the static files of `webapp/public` cannot be read.
    pub fn start(initial: &Initial, rules: Rules) -> io::Result<Self> {
        Self::start_at(([127, 0, 0, 1], 0).into(), 1, initial, rules)
    }

    /// Starts a twin with so many threads at this address; port 0 is a free one.
    ///
    /// # Errors
    /// As [`Twin::start`].
    pub fn start_at(
        address: SocketAddr,
        threads: usize,
        initial: &Initial,
        rules: Rules,
    ) -> io::Result<Self> {
        let site = Arc::new(Site::new(initial, rules)?);
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("twin")
            .enable_all()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        runtime.spawn(server::accept(listener, site.clone()));
        Ok(Twin {
            address,
            site,
            runtime: Some(runtime),
        })
    }

    /// Goes by other rules from the next request on.
    pub fn go_by(&self, rules: Rules) {
        self.site.go_by(rules);
    }

    /// Where it listens, for example `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
