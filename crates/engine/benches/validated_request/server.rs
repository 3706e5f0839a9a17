//! The smallest server that answers every request with the page: a child
//! process on a core of its own.

use std::{
    env,
    io::{self, BufRead, BufReader, Read, Write},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{page::Page, usage};

/// Makes this program the server.
pub const ARGUMENT: &str = "serve";

/// The core that the server has to itself; everything else runs on the other.
const SERVER_CORE: usize = 0;
const CLIENT_CORE: usize = 1;

/// A running server; ends with this value.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
}

impl Server {
    /// Starts the server on its core and moves the caller to the other core.
    pub fn start() -> anyhow::Result<Server> {
        usage::pin(SERVER_CORE)?;
        let mut process = Command::new(env::current_exe()?)
            .arg(ARGUMENT)
            // The server ends when this pipe does, whatever becomes of us.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        usage::pin(CLIENT_CORE)?;
        let output = process.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().context("the server did not start")?;
        Ok(Server { address, process })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until standard input ends.
pub fn serve() -> anyhow::Result<()> {
    let html = Page::sample().to_html();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n{html}",
        html.len()
    );
    let answer: &'static [u8] = answer.into_bytes().leak();
    std::thread::spawn(|| {
        // Nothing is ever written to it: the end of the pipe is the signal.
        let _ = io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        io::stdout().flush()?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::task::spawn_local(answer_requests(stream, answer));
        }
    })
}

/// One request at a time, each without a body.
async fn answer_requests(mut stream: TcpStream, answer: &[u8]) {
    let mut request = [0; 4096];
    let mut filled = 0;
    while let Ok(length @ 1..) = stream.read(&mut request[filled..]).await {
        filled += length;
        if request[..filled].ends_with(b"\r\n\r\n") {
            filled = 0;
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}
