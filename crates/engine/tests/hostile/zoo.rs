//! The kinds of hostile servers, a row each.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use isutori_engine::failure::Class::{self, Timeout, Wrong};

use crate::server::{
    Door, Script,
    Step::{self, Close, Drip, Forever, Hang, Say},
};

/// A kind of server.
pub struct Kind {
    pub name: &'static str,
    pub door: Door,
    pub script: Script,
    pub ends: Ends,
    /// Words of the sentence, if it ends as a failure.
    pub says: &'static str,
}

/// What a request to it must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ends {
    /// An answer that the caller judges: its status and the length of its body.
    Answer(u16, usize),
    /// An answer whose body cannot be read as a page; the code says why.
    Page(&'static str),
    /// A failure of this class and code.
    Fails(Class, &'static str),
}

use Ends::{Answer, Fails, Page};

const OK: &str = "HTTP/1.1 200 OK\r\n";
const LATE: Ends = Fails(Timeout, "http.timeout");
const BROKEN: Ends = Fails(Wrong, "http.broken");
const TOO_LARGE: Ends = Fails(Wrong, "http.too-large");

/// All of them.
#[rustfmt::skip]
pub fn zoo() -> Vec<Kind> {
    let deep = "<div>".repeat(2000);
    let twice = "<p id=a id=b class=c class=d>x</p>";
    vec![
        Kind { script: Script { accepts: false, ..Script::after_request([]) }, ..kind("never accepts", [], Fails(Timeout, "http.connect")) },
        kind("never answers", [Hang], LATE),
        kind("closes before it answers", [Close], BROKEN),
        kind("closes within the head", [head("Content-Le"), Close], BROKEN),
        kind("drips its head", [head("X-Slow: "), Drip(b"x")], LATE),
        kind("drips its body", [head("Content-Length: 9999\r\n\r\n"), Drip(b"x")], LATE),
        kind("drips chunks", [head("Transfer-Encoding: chunked\r\n\r\n"), Drip(b"1\r\nx\r\n")], LATE),
        kind("drips a body until it closes", [head("\r\n"), Drip(b"x")], LATE),
        kind("never ends a body without a length", [head("\r\n"), Forever(b"more and more ")], TOO_LARGE),
        kind("never ends a body with a length", [head("Content-Length: 99999999999\r\n\r\n"), Forever(b"more ")], TOO_LARGE),
        kind("sends chunks for ever", [head("Transfer-Encoding: chunked\r\n\r\n"), Forever(b"4\r\nmore\r\n")], TOO_LARGE),
        kind("sends tiny chunks for ever", [head("Transfer-Encoding: chunked\r\n\r\n"), Forever(b"0001\r\nx\r\n")], TOO_LARGE),
        kind("sends chunk extensions for ever", [head("Transfer-Encoding: chunked\r\n\r\n4;"), Forever(b"extension=more;")], BROKEN),
        kind("sends trailers for ever", [head("Transfer-Encoding: chunked\r\n\r\n0\r\n"), Forever(b"X-More: more\r\n")], BROKEN),
        kind("sends headers for ever", [head(""), Forever(b"X-More: more\r\n")], BROKEN),
        kind("sends one header for ever", [head("X-More: "), Forever(b"more ")], BROKEN),
        kind("sends a status line for ever", [say("HTTP/1.1 200 "), Forever(b"OK ")], BROKEN),
        kind("sends empty lines for ever", [Forever(b"\r\n")], BROKEN),
        kind("sends one huge header", [head(&format!("X: {}\r\n\r\n", "x".repeat(100_000)))], BROKEN),
        kind("sends too many headers", [head(&("X: y\r\n".repeat(500) + "\r\n"))], BROKEN),
        kind("gives too long a length", [head("Content-Length: 50\r\n\r\nshort"), Close], BROKEN),
        kind("gives too long a length and stays", [head("Content-Length: 50\r\n\r\nshort"), Hang], LATE),
        kind("gives too short a length", [head("Content-Length: 3\r\n\r\nlonger")], Answer(200, 3)),
        kind("gives two lengths", [head("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")], BROKEN),
        kind("gives a length and chunks", [head("Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n")], Answer(200, 1)),
        kind("gives a negative length", [head("Content-Length: -1\r\n\r\n")], BROKEN),
        kind("gives a length beyond 64 bits", [head("Content-Length: 99999999999999999999\r\n\r\n")], BROKEN),
        kind("sends garbage for a chunk", [head("Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n")], BROKEN),
        kind("sends a chunk length beyond 64 bits", [head("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx\r\n")], BROKEN),
        kind("leaves out the last chunk", [head("Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"), Close], BROKEN),
        kind("sends whole gzip", gzipped(gzip(b"hello"), 0), Answer(200, 5)),
        kind("sends gzip in two members", gzipped([gzip(b"hel"), gzip(b"lo")].concat(), 0), Answer(200, 5)),
        kind("sends a gzip bomb", gzipped(bomb(), 0), TOO_LARGE),
        kind("truncates gzip", gzipped(gzip(b"hello"), 4), BROKEN),
        kind("truncates gzip in its head", gzipped(gzip(b"hello"), 20), BROKEN),
        kind("says gzip and sends text", gzipped(b"hello, this is plain text".to_vec(), 0), BROKEN),
        kind("spoils gzip's checksum", gzipped(spoiled(), 0), BROKEN),
        kind("sends garbage after gzip", gzipped([gzip(b"hello"), b"garbage".to_vec()].concat(), 0), BROKEN),
        kind("sends nothing as gzip", gzipped(Vec::new(), 0), Answer(200, 0)),
        kind("sends an encoding nobody offered", [head("Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx")], BROKEN),
        kind("redirects to itself", [say("HTTP/1.1 303 See Other\r\nLocation: /first\r\nContent-Length: 0\r\n\r\n")], Answer(303, 0)),
        kind("redirects to another host", [say("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n")], Answer(302, 0)),
        kind("floods with cookies", [head(&cookies()), say("Content-Length: 2\r\n\r\nhi")], Answer(200, 2)),
        kind("sets a cookie of another domain", [head("Set-Cookie: a=1; Domain=evil.example\r\nContent-Length: 0\r\n\r\n")], Answer(200, 0)),
        kind("sets cookies of garbage", [head("Set-Cookie: \u{1}\r\nContent-Length: 0\r\n\r\n")], BROKEN),
        kind("continues for ever", [Forever(b"HTTP/1.1 100 Continue\r\n\r\n")], TOO_LARGE),
        kind("hints for ever", [Forever(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n")], TOO_LARGE),
        kind("continues once", [say("HTTP/1.1 100 Continue\r\n\r\n"), head("Content-Length: 2\r\n\r\nhi")], Answer(200, 2)),
        kind("answers twice", [head("Content-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")], Answer(200, 2)),
        kind("answers for ever", [Forever(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")], Answer(200, 4)),
        kind("sends a body with 204", [say("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello")], Answer(204, 0)),
        kind("sends a body with 304", [say("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello")], Answer(304, 0)),
        kind("speaks HTTP/0.9", [say("<html>hello</html>\n"), Close], BROKEN),
        kind("speaks HTTP/1.0", [say("HTTP/1.0 200 OK\r\n\r\nhello"), Close], Answer(200, 5)),
        kind("speaks HTTP/2", [say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")], BROKEN),
        kind("speaks HTTP/9.9", [say("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n")], BROKEN),
        kind("speaks TLS", [say("\x15\x03\x03\0\x02\x02\x46")], BROKEN),
        kind("speaks SMTP", [say("220 mail.example ESMTP\r\n")], BROKEN),
        kind("says status 999", [say("HTTP/1.1 999 Beyond\r\nContent-Length: 0\r\n\r\n")], Answer(999, 0)),
        kind("says status 000", [say("HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n")], BROKEN),
        kind("says a status of letters", [say("HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n")], BROKEN),
        kind("upgrades unasked", [say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: upgrade\r\n\r\nevil")], Answer(101, 0)),
        kind("refuses to keep the connection", [head("Connection: close\r\nContent-Length: 2\r\n\r\nhi"), Close], Answer(200, 2)),
        kind("refuses to keep the connection and hangs", [head("Connection: close\r\nContent-Length: 2\r\n\r\nhi"), Hang], Answer(200, 2)),
        kind("promises to keep the connection and closes", [head("Connection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"), Close], Answer(200, 2)),
        kind("writes headers oddly", [say("HTTP/1.1 200 ok\r\ncOnTeNt-LeNgTh:2\r\n!#$%&'*+-.^_`|~: odd\r\n\r\nhi")], Answer(200, 2)),
        kind("leaves a space before the colon", [head("Content-Length : 2\r\n\r\nhi")], BROKEN),
        kind("folds a header", [head("X: a\r\n b\r\nContent-Length: 2\r\n\r\nhi")], BROKEN),
        kind("puts NUL into a header", [head("X: \0\r\nContent-Length: 2\r\n\r\nhi")], BROKEN),
        kind("always sends the same", [page("hello")], Answer(200, 5)),
        kind("sends a page that is no UTF-8", [head("Content-Length: 2\r\n\r\n"), Say(vec![0xc3, 0x28])], Page("html.not-utf8")),
        kind("sends a page of NUL", [page(&"\0".repeat(5000))], Page("html.missing")),
        kind("sends a deep page", [page(&deep)], Page("html.too-hard")),
        kind("sends attributes twice", [page(twice)], Page("html.missing")),
    ]
}

pub fn kind(name: &'static str, does: impl Into<Vec<Step>>, ends: Ends) -> Kind {
    Kind {
        name,
        door: Door::Plain,
        script: Script::after_request(does),
        ends,
        says: "",
    }
}

pub fn say(text: &str) -> Step {
    Say(text.as_bytes().to_vec())
}

/// `200` and more of its head.
pub fn head(more: &str) -> Step {
    say(&format!("{OK}{more}"))
}

fn page(body: &str) -> Step {
    head(&format!("Content-Length: {}\r\n\r\n{body}", body.len()))
}

fn cookies() -> String {
    let cookies = (0..90).map(|n| format!("Set-Cookie: c{n}={}\r\n", "x".repeat(500)));
    cookies.collect()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// Megabytes that fit into a few kilobytes.
fn bomb() -> Vec<u8> {
    gzip(&vec![0; 16 << 20])
}

fn spoiled() -> Vec<u8> {
    let mut whole = gzip(b"hello");
    let checksum = whole.len() - 8;
    whole[checksum] ^= 1;
    whole
}

/// An answer that says gzip, without its last bytes.
fn gzipped(mut body: Vec<u8>, cut: usize) -> Vec<Step> {
    body.truncate(body.len() - cut);
    let length = body.len();
    vec![
        head(&format!(
            "Content-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n"
        )),
        Say(body),
    ]
}
