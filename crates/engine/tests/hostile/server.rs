//! A server in this process that misbehaves by script.

use std::{cell::Cell, future::pending, io, rc::Rc, sync::Mutex, time::Duration};

use futures::future::BoxFuture;
use isutori_engine::transport::{Stream, Transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::{JoinHandle, spawn_local},
    time::sleep,
};

/// Bytes that a pipe holds before its writer has to wait.
pub const PIPE: usize = 8 << 10;

/// What the server does next, once it has read the first request.
#[derive(Clone)]
pub enum Step {
    /// Writes something.
    Say(Vec<u8>),
    /// Writes the same over and over, as fast as it is taken.
    Forever(&'static [u8]),
    /// Writes the same over and over, once a second.
    Drip(&'static [u8]),
    /// Says nothing more and keeps the connection.
    Hang,
    /// Closes the connection.
    Close,
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
    /// Starts one that follows the script on its first connection and is
    /// honest afterwards; one without a script never accepts.
    pub fn start(script: Option<Vec<Step>>) -> (Pipes, Server) {
        let (opened, connections) = unbounded_channel();
        let pipes = Pipes {
            accepts: script.is_some(),
            opened: Mutex::new(opened),
        };
        let delivered = Rc::new(Cell::new(0));
        let count = delivered.clone();
        let listening = spawn_local(listen(connections, script.unwrap_or_default(), count));
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
    script: Vec<Step>,
    delivered: Rc<Cell<usize>>,
) {
    let mut script = Some(script);
    let mut served = Vec::new();
    while let Some(pipe) = connections.recv().await {
        let connection = Connection {
            pipe,
            delivered: delivered.clone(),
        };
        served.push(spawn_local(connection.serve(script.take())));
    }
    for connection in served {
        connection.await.expect("the server does not panic");
    }
}

struct Connection {
    pipe: DuplexStream,
    delivered: Rc<Cell<usize>>,
}

/// The other side has gone, or the script says to close.
struct Gone;

impl Connection {
    async fn serve(mut self, script: Option<Vec<Step>>) {
        if let Some(script) = script {
            let _ = self.misbehave(script).await;
        }
        while let Ok(path) = self.read_path().await {
            let body = format!("{HONEST}{path}");
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            if self.say((head + &body).as_bytes()).await.is_err() {
                return;
            }
        }
    }

    async fn misbehave(&mut self, script: Vec<Step>) -> Result<(), Gone> {
        self.read_path().await?;
        for step in script {
            match step {
                Step::Say(bytes) => self.say(&bytes).await?,
                Step::Forever(bytes) => loop {
                    self.say(bytes).await?;
                },
                Step::Drip(bytes) => loop {
                    self.say(bytes).await?;
                    sleep(Duration::from_secs(1)).await;
                },
                Step::Hang => loop {
                    self.read_path().await?;
                },
                Step::Close => {
                    let _ = self.pipe.shutdown().await;
                    return Err(Gone);
                }
            }
        }
        Ok(())
    }

    /// Reads a request without a body; gives its path.
    async fn read_path(&mut self) -> Result<String, Gone> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.pipe.read_u8().await.map_err(|_| Gone)?);
        }
        let head = String::from_utf8(head).expect("the browser sends text");
        let path = head.split(' ').nth(1).expect("a path in the first line");
        Ok(path.to_owned())
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.pipe.write_all(bytes).await.map_err(|_| Gone)?;
        self.delivered.set(self.delivered.get() + bytes.len());
        Ok(())
    }
}
