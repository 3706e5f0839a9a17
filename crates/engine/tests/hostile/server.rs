//! A server in this process that misbehaves by script.

use std::{
    cell::Cell,
    future::pending,
    io,
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::BoxFuture;
use isutori_engine::transport::{Stream, Transport};
use rustls::ServerConfig;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::{JoinHandle, spawn_local},
    time::sleep,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Bytes that a pipe holds before its writer has to wait.
pub const PIPE: usize = 8 << 10;

/// What the server does next.
#[derive(Clone)]
pub enum Step {
    /// Writes something.
    Say(Vec<u8>),
    /// Writes something below TLS.
    SayBelow(Vec<u8>),
    /// Writes the same over and over, as fast as it is taken.
    Forever(&'static [u8]),
    /// Writes the same over and over, once a second.
    Drip(&'static [u8]),
    /// Announces new keys over and over.
    NewKeys,
    /// Says nothing more and keeps the connection.
    Hang,
    /// Closes the connection, with TLS's goodbye.
    Close,
    /// Closes the connection below TLS.
    Cut,
}

/// How the server treats its first connection. Later ones are treated honestly.
#[derive(Clone)]
pub struct Script {
    /// Whether it takes the connection at all.
    pub accepts: bool,
    /// Whether it reads a request before anything else; else only the first
    /// record of the other side's TLS.
    pub listens: bool,
    /// What it does then.
    pub steps: Vec<Step>,
}

impl Script {
    /// Reads a request, and does this.
    pub fn after_request(steps: impl Into<Vec<Step>>) -> Self {
        Script {
            accepts: true,
            listens: true,
            steps: steps.into(),
        }
    }

    /// Reads what TLS begins with, and does this instead of a handshake.
    pub fn instead_of_handshake(steps: impl Into<Vec<Step>>) -> Self {
        Script {
            listens: false,
            ..Script::after_request(steps)
        }
    }
}

/// How servers begin a connection.
#[derive(Clone)]
pub enum Door {
    /// Without TLS.
    Plain,
    /// With TLS, the first connection and all later ones.
    Tls {
        first: Arc<ServerConfig>,
        later: Arc<ServerConfig>,
    },
}

/// Answers every later request like this, with its path.
pub const HONEST: &str = "honest answer to ";

/// The pipes from browser to server.
pub struct Pipes {
    accepts: bool,
    opened: Mutex<UnboundedSender<DuplexStream>>,
}

impl Transport for Pipes {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            if !self.accepts {
                return pending().await;
            }
            let (ours, theirs) = duplex(PIPE);
            let opened = self.opened.lock().expect("no panic elsewhere");
            opened.send(theirs).map_err(io::Error::other)?;
            let stream: Box<dyn Stream> = Box::new(ours);
            Ok(stream)
        })
    }
}

/// The server's side of the pipes.
pub struct Server {
    listening: JoinHandle<()>,
    delivered: Rc<Cell<usize>>,
}

impl Server {
    /// Starts one that follows the script on its first connection.
    pub fn start(script: Script, door: Door) -> (Pipes, Server) {
        let (opened, connections) = unbounded_channel();
        let pipes = Pipes {
            accepts: script.accepts,
            opened: Mutex::new(opened),
        };
        let delivered = Rc::new(Cell::new(0));
        let count = delivered.clone();
        let listening = spawn_local(listen(connections, script, door, count));
        let server = Server {
            listening,
            delivered,
        };
        (pipes, server)
    }

    /// Bytes that the browser's side has taken, or that wait in the pipe.
    pub fn delivered(&self) -> usize {
        self.delivered.get()
    }

    /// Waits until every connection is closed from the other side.
    pub async fn end(self) {
        self.listening.await.expect("the server does not panic");
    }
}

async fn listen(
    mut connections: UnboundedReceiver<DuplexStream>,
    script: Script,
    door: Door,
    delivered: Rc<Cell<usize>>,
) {
    let mut first = Some(script);
    let mut served = Vec::new();
    while let Some(pipe) = connections.recv().await {
        let script = first.take();
        let config = match &door {
            Door::Plain => None,
            Door::Tls { first, .. } if script.is_some() => Some(first.clone()),
            Door::Tls { later, .. } => Some(later.clone()),
        };
        let delivered = delivered.clone();
        served.push(spawn_local(async move {
            // An end is an end, whoever made it.
            let _ = serve(pipe, config, script, delivered).await;
        }));
    }
    for connection in served {
        connection.await.expect("the server does not panic");
    }
}

async fn serve(
    pipe: DuplexStream,
    config: Option<Arc<ServerConfig>>,
    script: Option<Script>,
    delivered: Rc<Cell<usize>>,
) -> Result<(), Gone> {
    let listens = script.as_ref().is_none_or(|script| script.listens);
    let pipe = match config {
        Some(config) if listens => {
            let accepted = TlsAcceptor::from(config).accept(pipe).await;
            Pipe::Tls(Box::new(accepted.map_err(|_| Gone)?))
        }
        _ => Pipe::Plain(pipe),
    };
    let mut connection = Connection { pipe, delivered };
    if let Some(script) = script {
        match listens {
            true => drop(connection.read_path().await?),
            false => connection.read_record().await?,
        }
        connection.misbehave(script.steps).await?;
    }
    loop {
        let body = format!("{HONEST}{}", connection.read_path().await?);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        connection.say((head + &body).as_bytes()).await?;
    }
}

enum Pipe {
    Plain(DuplexStream),
    Tls(Box<TlsStream<DuplexStream>>),
}

impl Pipe {
    fn stream(&mut self) -> &mut dyn Stream {
        match self {
            Pipe::Plain(pipe) => pipe,
            Pipe::Tls(tls) => tls,
        }
    }

    /// What carries TLS.
    fn below(&mut self) -> &mut DuplexStream {
        match self {
            Pipe::Plain(pipe) => pipe,
            Pipe::Tls(tls) => tls.get_mut().0,
        }
    }
}

struct Connection {
    pipe: Pipe,
    delivered: Rc<Cell<usize>>,
}

/// The other side has gone, or the script says to close.
struct Gone;

impl Connection {
    async fn misbehave(&mut self, steps: Vec<Step>) -> Result<(), Gone> {
        for step in steps {
            match step {
                Step::Say(bytes) => self.say(&bytes).await?,
                Step::SayBelow(bytes) => {
                    let said = self.pipe.below().write_all(&bytes).await;
                    said.map_err(|_| Gone)?;
                }
                Step::Forever(bytes) => loop {
                    self.say(bytes).await?;
                },
                Step::Drip(bytes) => loop {
                    self.say(bytes).await?;
                    sleep(Duration::from_secs(1)).await;
                },
                Step::NewKeys => loop {
                    self.announce_new_keys().await?;
                },
                Step::Hang => loop {
                    self.read_u8().await?;
                },
                Step::Close => {
                    let _ = self.pipe.stream().shutdown().await;
                    return Err(Gone);
                }
                Step::Cut => return Err(Gone),
            }
        }
        Ok(())
    }

    async fn announce_new_keys(&mut self) -> Result<(), Gone> {
        if let Pipe::Tls(tls) = &mut self.pipe {
            let asked = tls.get_mut().1.refresh_traffic_keys();
            asked.expect("TLS 1.3 after the handshake");
        }
        self.pipe.stream().flush().await.map_err(|_| Gone)
    }

    async fn read_u8(&mut self) -> Result<u8, Gone> {
        self.pipe.stream().read_u8().await.map_err(|_| Gone)
    }

    /// Reads a request without a body; gives its path.
    async fn read_path(&mut self) -> Result<String, Gone> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.read_u8().await?);
        }
        let head = String::from_utf8(head).expect("the browser sends text");
        let path = head.split(' ').nth(1).expect("a path in the first line");
        Ok(path.to_owned())
    }

    /// Reads one record of TLS.
    async fn read_record(&mut self) -> Result<(), Gone> {
        let mut head = [0; 5];
        for byte in &mut head {
            *byte = self.read_u8().await?;
        }
        for _ in 0..u16::from_be_bytes([head[3], head[4]]) {
            self.read_u8().await?;
        }
        Ok(())
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        let stream = self.pipe.stream();
        stream.write_all(bytes).await.map_err(|_| Gone)?;
        stream.flush().await.map_err(|_| Gone)?;
        self.delivered.set(self.delivered.get() + bytes.len());
        Ok(())
    }
}
