//! Local ports of connections, dealt in turn.
//!
//! A system that is asked for any port tries one after the other, and only half of them at first.
//! With the thousands of connections of a crowd that was a third of the benchmark's processor time.
//! Of ports that are dealt in turn, the next one is nearly always free.

use std::{
    fs, io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::net::{TcpSocket, TcpStream, lookup_host};

use crate::open_files;

/// So many ports are tried before the system has to find one.
const TRIES: usize = 32;

/// The ports that connections may have.
struct Ports {
    first: u16,
    count: usize,
    dealt: AtomicUsize,
}

static PORTS: LazyLock<Option<Ports>> = LazyLock::new(|| {
    let (first, last) = range()?;
    Some(Ports {
        first,
        count: usize::from(last - first) + 1,
        // Two processes at once should not try the same ones.
        dealt: AtomicUsize::new(std::process::id() as usize * 997),
    })
});

impl Ports {
    fn deal(&self) -> u16 {
        let place = self.dealt.fetch_add(1, Ordering::Relaxed) % self.count;
        self.first + place as u16
    }
}

/// The first and the last port that this system gives to connections, where it says so.
pub(crate) fn range() -> Option<(u16, u16)> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut ends = range.split_whitespace().map(str::parse);
    match (ends.next()?, ends.next()?) {
        (Ok(first), Ok(last)) if first <= last => Some((first, last)),
        _ => None,
    }
}

/// Connects to the first address of a host that takes it.
///
/// When it is dropped it is gone at once (`SO_LINGER` of zero): in order, it would keep its port for
/// a minute, and a crowd of a few thousand come to the end of them.
///
/// # Errors
/// The last address's, or that there is none.
pub(crate) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut refused = None;
    for address in lookup_host((host, port)).await? {
        match connect_to(address).await {
            Ok(stream) => {
                stream.set_zero_linger()?;
                return Ok(stream);
            }
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.unwrap_or_else(|| io::Error::other("this host has no address")))
}

async fn connect_to(address: SocketAddr) -> io::Result<TcpStream> {
    if let Some(ports) = &*PORTS {
        for _ in 0..TRIES {
            match connect_from(ports.deal(), address).await {
                Err(error) if is_taken(&error) => {}
                outcome => return outcome,
            }
        }
    }
    TcpStream::connect(address).await
}

async fn connect_from(port: u16, address: SocketAddr) -> io::Result<TcpStream> {
    let (socket, own) = match address {
        SocketAddr::V4(_) => (
            TcpSocket::new_v4()?,
            SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        ),
        SocketAddr::V6(_) => (
            TcpSocket::new_v6()?,
            SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
        ),
    };
    open_files::leave_some(&socket)?;
    // A port serves connections to several hosts, and one that was closed a moment ago.
    socket.set_reuseaddr(true)?;
    socket.bind(own)?;
    socket.connect(address).await
}

fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable
    )
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, net::IpAddr};

    use tokio::{io::AsyncReadExt, net::TcpListener};

    use super::*;

    #[tokio::test]
    async fn connections_have_ports_of_their_own_one_after_the_other() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut streams = Vec::new();
        for _ in 0..200 {
            let stream = connect("127.0.0.1", address.port()).await;
            streams.push(stream.expect("a connection"));
            listener.accept().await.expect("a connection");
        }
        let (first, last) = range().expect("Linux says which");
        let dealt: Vec<u16> = streams
            .iter()
            .map(|stream| stream.local_addr().expect("an address"))
            .inspect(|own| assert_eq!(own.ip(), IpAddr::from(Ipv4Addr::LOCALHOST)))
            .map(|own| own.port())
            .collect();
        // Others take some as well, but a system that is asked leaves every other one out.
        let next = dealt
            .windows(2)
            .filter(|pair| pair[1] == pair[0].wrapping_add(1));
        assert!(next.count() > dealt.len() / 2, "{dealt:?}");
        let own: HashSet<u16> = dealt.into_iter().collect();
        assert_eq!(own.len(), streams.len());
        assert!(own.iter().all(|port| (first..=last).contains(port)));
    }

    #[tokio::test]
    async fn a_closed_connection_is_gone_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stream = connect("127.0.0.1", address.port()).await;
        let (mut other_end, _) = listener.accept().await.expect("a connection");

        drop(stream.expect("a connection"));

        let ended = other_end.read(&mut [0]).await;
        let ended = ended.expect_err("it does not take its leave").kind();
        assert_eq!(ended, io::ErrorKind::ConnectionReset);
    }

    #[tokio::test]
    async fn whoever_does_not_listen_is_told_of() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let refused = connect("localhost", port)
            .await
            .expect_err("nobody listens");
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
}
