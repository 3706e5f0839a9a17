//! The kinds of hostile TLS, a row each.

use std::sync::Arc;

use isutori_engine::failure::Class::{Timeout, Wrong};
use rustls::{ServerConfig, version::TLS13};

use crate::{
    authority::{Authority, Certificate, HOST},
    server::{
        Door, Script,
        Step::{self, Close, Cut, Drip, Forever, Hang, NewKeys, Say, SayBelow},
    },
    zoo::{Ends, Ends::Answer, Ends::Fails, Kind, head, kind, say},
};

const LATE: Ends = Fails(Timeout, "http.connect");
const BROKEN: Ends = Fails(Wrong, "tls.broken");
const DISTRUSTED: Ends = Fails(Wrong, "tls.certificate");

/// All of them. What they do before the handshake is on the wire; what they do
/// after it is within TLS, unless it says below.
#[rustfmt::skip]
pub fn tls_zoo(authority: &Authority) -> Vec<Kind> {
    let stranger = Authority::new("a stranger");
    let impostor = Authority::new("an authority");
    let honest = || authority.server(Certificate::For(&[HOST]));
    let but = |change: fn(&mut ServerConfig)| {
        let mut config = honest();
        change(&mut config);
        config
    };
    let presents = |name, certificate, says| after(name, authority.server(certificate), [], DISTRUSTED, says);
    let kinds = vec![
        instead("never answers the handshake", [Hang], LATE, "cannot connect within 5 s"),
        instead("drips the handshake", [record(22, 3, 5000, b""), Drip(b"x")], LATE, "cannot connect within 5 s"),
        instead("drips a handshake message", [record(22, 3, 4, b"\x02\0\xff\0"), Drip(b"\x16\x03\x03\0\x01x")], LATE, "cannot connect within 5 s"),
        instead("closes within the handshake", [Close], BROKEN, "closed within the TLS handshake"),
        instead("closes within a record", [record(22, 3, 5000, b"\x02"), Close], BROKEN, "closed within the TLS handshake"),
        instead("speaks plain HTTP", [say("HTTP/1.1 400 Bad Request\r\n\r\n"), Close], BROKEN, "speaks no TLS"),
        instead("speaks SMTP behind TLS's port", [say("220 mail.example ESMTP\r\n"), Hang], BROKEN, "speaks no TLS"),
        instead("sends garbage records", [record(22, 3, 4, b"\xff\xff\xff\xff")], BROKEN, "speaks no TLS"),
        instead("sends garbage records for ever", [Forever(b"\x16\x03\x03\0\x04\xff\0\0\0")], BROKEN, "TLS"),
        instead("sends a handshake message for ever", [say("\x16\x03\x03\x10\0\x02\x7f\x7f\x7f"), Forever(b"and on ")], BROKEN, "speaks no TLS"),
        instead("sends requests for a hello for ever", [Forever(b"\x16\x03\x03\0\x04\0\0\0\0")], BROKEN, "TLS"),
        instead("sends warnings for ever", [Forever(b"\x15\x03\x03\0\x02\x01\x70")], BROKEN, "TLS"),
        instead("sends too long a record", [record(22, 3, 60_000, b"")], BROKEN, "speaks no TLS"),
        instead("sends data instead of a handshake", [record(23, 3, 4, b"data")], BROKEN, "the TLS handshake failed"),
        instead("refuses the handshake", [record(21, 3, 2, b"\x02\x28")], BROKEN, "HandshakeFailure"),
        instead("speaks TLS 1.0", [old_hello(1)], BROKEN, "the TLS handshake failed: peer is incompatible"),
        presents("has a certificate of another name", Certificate::For(&["suwaru.test", "www.suwaru.example"]), "it is not for suwaru.example"),
        presents("has a certificate of no name", Certificate::For(&[]), "it is not for suwaru.example"),
        presents("has an expired certificate", Certificate::Expired, "it has expired"),
        presents("has a certificate of the future", Certificate::NotYet, "it is not valid yet"),
        presents("has a certificate signed by itself", Certificate::SelfSigned, "nobody who is trusted has signed it"),
        presents("has the certificate of an authority", Certificate::OfAuthority, "that of an authority"),
        after("has a certificate of an unknown authority", stranger.server(Certificate::For(&[HOST])), [], DISTRUSTED, "nobody who is trusted has signed it"),
        after("has a certificate of an impostor", impostor.server(Certificate::For(&[HOST])), [], DISTRUSTED, "not that of the authority that it names"),
        after("speaks HTTP/2 alone", but(|config| config.alpn_protocols = vec![b"h2".to_vec()]), [], BROKEN, "NoApplicationProtocol"),
        after("knows no protocols", but(|config| config.alpn_protocols.clear()), [hi()], Answer(200, 2), ""),
        after("sends tickets without end", but(|config| config.send_tls13_tickets = 20_000), [Hang], Fails(Wrong, "http.broken"), "message buffer full"),
        after("announces new keys for ever", authority.server_of(Certificate::For(&[HOST]), &[&TLS13]), [NewKeys], BROKEN, "TLS"),
        after("cuts the connection before it answers", honest(), [Cut], BROKEN, "without TLS's close_notify"),
        after("cuts a body without a length", honest(), [head("\r\nhello"), Cut], BROKEN, "may have been cut short"),
        after("cuts a body with a length", honest(), [head("Content-Length: 50\r\n\r\nshort"), Cut], BROKEN, "may have been cut short"),
        after("ends a body without a length in good order", honest(), [head("\r\nhello"), Close], Answer(200, 5), ""),
        after("cuts the connection after a whole answer", honest(), [hi(), Cut], Answer(200, 2), ""),
        after("sends a spoiled record", honest(), [SayBelow([b"\x17\x03\x03\0\x40".as_slice(), &[7; 64]].concat())], BROKEN, "TLS broke"),
        after("spoils a record within the body", honest(), [head("Content-Length: 50\r\n\r\nshort"), SayBelow([b"\x17\x03\x03\0\x40".as_slice(), &[7; 64]].concat())], BROKEN, "TLS broke"),
        after("goes on without TLS", honest(), [SayBelow(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec())], BROKEN, "TLS broke"),
        after("begins the handshake anew", honest(), [SayBelow(b"\x16\x03\x03\0\x04\0\0\0\0".to_vec())], BROKEN, "TLS broke"),
    ];
    let honest = Arc::new(honest());
    kinds.into_iter().map(|(kind, first)| {
        let first = Arc::new(first.unwrap_or_else(|| (*honest).clone()));
        Kind { door: Door::Tls { first, later: honest.clone() }, ..kind }
    }).collect()
}

/// A kind, and how it shakes hands on its first connection if not honestly.
type Row = (Kind, Option<ServerConfig>);

/// Reads what TLS begins with and does this instead of a handshake.
fn instead(name: &'static str, does: impl Into<Vec<Step>>, ends: Ends, says: &'static str) -> Row {
    let kind = Kind {
        script: Script::instead_of_handshake(does),
        says,
        ..kind(name, [], ends)
    };
    (kind, None)
}

/// Shakes hands like this and does that with the first request.
fn after(
    name: &'static str,
    shakes: ServerConfig,
    does: impl Into<Vec<Step>>,
    ends: Ends,
    says: &'static str,
) -> Row {
    let kind = Kind {
        says,
        ..kind(name, does, ends)
    };
    (kind, Some(shakes))
}

fn hi() -> Step {
    head("Content-Length: 2\r\n\r\nhi")
}

/// A record that says it is so long, with less in it perhaps.
fn record(kind: u8, minor: u8, length: u16, content: &[u8]) -> Step {
    let [high, low] = length.to_be_bytes();
    Say([&[kind, 3, minor, high, low], content].concat())
}

/// The answer of a server that knows no newer version.
fn old_hello(minor: u8) -> Step {
    let random = [7; 32];
    let hello = [&[2, 0, 0, 38, 3, minor], &random[..], &[0, 0, 0x2f, 0]].concat();
    record(22, minor, 42, &hello)
}
