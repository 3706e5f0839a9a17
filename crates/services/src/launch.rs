//! Starts a server on a free port and waits until it answers.

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::{Process, ProcessSpec, ServiceError};

/// How many steps of `nice` a server is less important than we are.
pub(crate) const NICE: u8 = 10;

/// How long a server, or a program that prepares its data, may take. A server that fails ends by
/// itself and is noticed at once; this is for one that hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// Between choosing a free port and listening there somebody else may take it.
const ATTEMPTS: u32 = 5;

/// How often a starting server is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// How a server is known to be ready. Both ways prove that it is this process that listens, and
/// not a stranger who took the port first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Readiness {
    /// Its log holds these words.
    LogSays(&'static str),
    /// It answers memcached's `stats` with the number of this process.
    StatsNameProcess,
}

/// Starts the server that `spec` describes for a port, and returns it with its port once it is
/// ready. Takes another port when the first one turns out to be in use.
pub(crate) async fn launch(
    readiness: Readiness,
    spec: impl Fn(u16) -> Result<ProcessSpec, ServiceError>,
) -> Result<(Process, u16), ServiceError> {
    let mut attempt = 1;
    loop {
        let port = choose_port().map_err(ServiceError::io("find a free port on 127.0.0.1"))?;
        // The C locale keeps the words for which logs are searched.
        let mut process = Process::spawn(spec(port)?.env("LC_ALL", "C").nice(NICE))?;
        match wait_until_ready(&mut process, port, readiness).await {
            Ok(()) => return Ok((process, port)),
            Err(_) if attempt < ATTEMPTS && lost_its_port(&process) => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

fn choose_port() -> io::Result<u16> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn lost_its_port(process: &Process) -> bool {
    process.read_log().contains("Address already in use")
}

async fn wait_until_ready(
    process: &mut Process,
    port: u16,
    readiness: Readiness,
) -> Result<(), ServiceError> {
    let deadline = Instant::now() + LIMIT;
    while !is_ready(process, port, readiness).await {
        if let Some(status) = process.exited() {
            return Err(process.failure(format!("ended with {status} instead of serving")));
        }
        if Instant::now() > deadline {
            let limit = LIMIT.as_secs();
            return Err(process.failure(format!("was not ready within {limit} s")));
        }
        sleep(GLANCE).await;
    }
    Ok(())
}

async fn is_ready(process: &Process, port: u16, readiness: Readiness) -> bool {
    match readiness {
        Readiness::LogSays(words) => process.read_log().contains(words),
        Readiness::StatsNameProcess => {
            let answer = timeout(Duration::from_secs(1), ask_for_stats(port)).await;
            let expected = format!("STAT pid {}\r\n", process.id());
            matches!(answer, Ok(Ok(answer)) if answer.contains(&expected))
        }
    }
}

/// Reads what memcached says about itself.
async fn ask_for_stats(port: u16) -> io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(b"stats\r\nquit\r\n").await?;
    let mut answer = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut answer).await?;
    String::from_utf8(answer).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::net::TcpListener;

    use super::*;
    use crate::memcached;

    #[tokio::test]
    async fn another_port_is_taken_when_the_first_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let taken = stranger.local_addr().expect("an address").port();
        let tried = Cell::new(0);
        let program = memcached::find_program().expect("memcached");

        let (mut process, port) = launch(Readiness::StatsNameProcess, |free| {
            tried.set(tried.get() + 1);
            let port = if tried.get() == 1 { taken } else { free };
            Ok(memcached::describe(&program, folder.path(), port))
        })
        .await
        .expect("a server");

        assert_eq!(tried.get(), 2);
        assert_ne!(port, taken);
        process.stop().await;
    }

    #[tokio::test]
    async fn failure_shows_the_end_of_the_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");

        let error = launch(Readiness::LogSays("never"), |_| {
            Ok(ProcessSpec::new("/bin/sh", &log).args(["-c", "echo no disk left; exit 3"]))
        })
        .await
        .expect_err("a failure");

        assert_eq!(
            error.to_string(),
            format!(
                "sh ended with exit status: 3 instead of serving; the end of its log {}:\nno disk left",
                log.display()
            )
        );
    }
}
