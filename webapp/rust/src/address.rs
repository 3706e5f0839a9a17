//! The address that a request comes from, behind proxies too.

use std::{
    convert::Infallible,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use anyhow::Context;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::state::AppState;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Address(IpAddr),
    /// A unix socket tells no address.
    Unix,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Unix => f.write_str("unix"),
        }
    }
}

impl FromStr for Peer {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        match text.trim() {
            "unix" => Ok(Self::Unix),
            address => Ok(Self::Address(
                address
                    .parse::<IpAddr>()
                    .with_context(|| format!("{address:?} is neither an IP address nor unix"))?
                    .to_canonical(),
            )),
        }
    }
}

/// The proxies whose word about the sender is taken.
#[derive(Debug, Clone)]
pub struct TrustedProxies(Vec<Proxy>);

/// A proxy, or all that a network has.
#[derive(Debug, Clone, Copy)]
enum Proxy {
    One(Peer),
    Network { address: IpAddr, bits: u32 },
}

impl Proxy {
    fn is(self, peer: Peer) -> bool {
        match (self, peer) {
            (Self::One(proxy), peer) => proxy == peer,
            (Self::Network { address, bits }, Peer::Address(other)) => match (address, other) {
                (IpAddr::V4(network), IpAddr::V4(other)) => {
                    let differing = u32::from(network) ^ u32::from(other);
                    differing.leading_zeros() >= bits
                }
                (IpAddr::V6(network), IpAddr::V6(other)) => {
                    let differing = u128::from(network) ^ u128::from(other);
                    differing.leading_zeros() >= bits
                }
                _ => false,
            },
            (Self::Network { .. }, Peer::Unix) => false,
        }
    }
}

impl FromStr for Proxy {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let Some((address, bits)) = text.split_once('/') else {
            return text.parse().map(Self::One);
        };
        let Peer::Address(address) = address.parse()? else {
            anyhow::bail!("{text:?} is no network");
        };
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.trim().parse().ok().filter(|bits| *bits <= most);
        let bits = bits.with_context(|| format!("{text:?}: 0 to {most} bits make a network"))?;
        Ok(Self::Network { address, bits })
    }
}

/// Those on the same host.
impl Default for TrustedProxies {
    fn default() -> Self {
        let localhost = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        let peers = localhost.map(Peer::Address).into_iter().chain([Peer::Unix]);
        Self(peers.map(Proxy::One).collect())
    }
}

impl FromStr for TrustedProxies {
    type Err = anyhow::Error;

    fn from_str(list: &str) -> anyhow::Result<Self> {
        if list.trim() == "none" {
            return Ok(Self(Vec::new()));
        }
        let proxies: anyhow::Result<Vec<Proxy>> = list.split(',').map(str::parse).collect();
        Ok(Self(proxies?))
    }
}

impl TrustedProxies {
    /// The sender: each trusted proxy appended whom it heard the request from, so the rightmost
    /// address that is no trusted proxy's own counts.
    pub fn sender(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let forwarded: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let mut sender = peer;
        for address in forwarded.iter().rev() {
            if !self.0.iter().any(|proxy| proxy.is(sender)) {
                break;
            }
            match address.trim().parse::<IpAddr>() {
                Ok(address) => sender = Peer::Address(address.to_canonical()),
                Err(_) => break,
            }
        }
        sender
    }
}

/// The sender's address, as an extractor.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Peer);

impl ClientAddress {
    /// The sender of a request with these extensions and headers.
    pub fn of(
        extensions: &axum::http::Extensions,
        headers: &HeaderMap,
        proxies: &TrustedProxies,
    ) -> Self {
        let peer = extensions
            .get::<ConnectInfo<Peer>>()
            .map_or(Peer::Unix, |ConnectInfo(peer)| *peer);
        Self(proxies.sender(peer, headers))
    }
}

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(
            &parts.extensions,
            &parts.headers,
            &state.trusted_proxies,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(proxies: &str, peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let proxies: TrustedProxies = proxies.parse().unwrap();
        proxies.sender(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(sender("none", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(
            sender("10.0.0.1", "192.0.2.1", &["198.51.100.7"]),
            "192.0.2.1"
        );
        assert_eq!(
            sender("10.0.0.1", "10.0.0.1", &["198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(sender("10.0.0.1", "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            sender("10.0.0.1", "::ffff:10.0.0.1", &["2001:db8::1"]),
            "2001:db8::1"
        );
    }

    #[test]
    fn the_rightmost_untrusted_address_counts() {
        let proxies = "unix, 10.0.0.1";
        assert_eq!(
            sender(proxies, "unix", &["6.6.6.6, 198.51.100.7, 10.0.0.1"]),
            "198.51.100.7"
        );
        assert_eq!(
            sender(proxies, "unix", &["6.6.6.6", "198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(sender(proxies, "unix", &["6.6.6.6, nonsense"]), "unix");
        assert_eq!(sender(proxies, "unix", &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn a_whole_network_may_be_trusted() {
        let proxies = "10.1.0.0/16, fd00::/8";
        for (peer, is_trusted) in [
            ("10.1.255.7", true),
            ("10.2.0.1", false),
            ("fd12::1", true),
            ("fe80::1", false),
            ("unix", false),
        ] {
            let expected = if is_trusted { "198.51.100.7" } else { peer };
            assert_eq!(sender(proxies, peer, &["198.51.100.7"]), expected);
        }
        assert_eq!(sender("0.0.0.0/0", "192.0.2.1", &["::1"]), "::1");
    }

    #[test]
    fn a_proxy_that_is_no_address_is_refused() {
        for wrong in ["10.0.0.1,proxy", "10.0.0.0/33", "10.0.0.0/x", "unix/8", ""] {
            assert!(wrong.parse::<TrustedProxies>().is_err(), "{wrong}");
        }
    }
}
