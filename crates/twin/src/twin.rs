//! A running twin.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{
    net::{TcpListener, TcpSocket},
    runtime::{Builder, Runtime},
};

use crate::{Initial, Machine, Rules, server, site::Site};

/// A second Suwaru that listens on a port of this machine. It ends when dropped.
pub struct Twin {
    address: SocketAddr,
    site: Arc<Site>,
    /// Taken when dropped, because a runtime must not be dropped where code is asynchronous.
    runtime: Option<Runtime>,
}

/// Where a twin listens and what serves there.
pub struct Place {
    /// Port 0 is a free one.
    pub address: SocketAddr,
    /// How many threads serve.
    pub threads: usize,
    /// How strong the [`Machine`] is that its answers have to wait for; without
    /// one they come as soon as they can.
    pub power: Option<f64>,
}

impl Twin {
    /// Starts a twin with a thread of its own on a free port of `127.0.0.1`.
    ///
    /// # Errors
    /// No port, no thread, or the static files of `webapp/public` cannot be read.
    pub fn start(initial: &Initial, rules: Rules) -> io::Result<Self> {
        let place = Place {
            address: ([127, 0, 0, 1], 0).into(),
            threads: 1,
            power: None,
        };
        Self::start_at(&place, initial, rules)
    }

    /// Starts a twin somewhere else.
    ///
    /// # Errors
    /// As [`Twin::start`].
    pub fn start_at(place: &Place, initial: &Initial, rules: Rules) -> io::Result<Self> {
        let site = Arc::new(Site::new(initial, rules)?);
        let runtime = Builder::new_multi_thread()
            .worker_threads(place.threads)
            .thread_name("twin")
            .enable_all()
            .build()?;
        let (listener, machine) = {
            let _inside = runtime.enter();
            let machine = place.power.map(|power| Machine::start(power, None));
            (listen(place.address)?, machine)
        };
        let address = listener.local_addr()?;
        runtime.spawn(server::accept(listener, site.clone(), machine));
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

/// So many connections may wait to be accepted, if the system lets them: a crowd of thousands
/// that grows by a third in a second comes in bursts.
const BACKLOG: u32 = 4096;

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

impl Drop for Twin {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
