//! Waiting until machines do what they are for.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    thread::sleep,
    time::{Duration, Instant},
};

use isutori_inventory::Role;

use crate::{LabError, machine::Machine};

/// Long enough for the slowest computer; who does not answer by then never will.
const LIMIT: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(100);
/// An answer takes so long at most.
const ANSWER: Duration = Duration::from_secs(10);
const PORTAL: u16 = 8000;

/// Waits until it can be entered.
pub(crate) fn wait_for_ssh(machine: &Machine) -> Result<(), LabError> {
    wait(machine, "port 22", || {
        connect(machine.host.address, 22).is_some()
    })
}

/// Waits until it serves what hosts of its roles serve.
pub(crate) fn wait_for_roles(machine: &Machine) -> Result<(), LabError> {
    wait_for_ssh(machine)?;
    let address = machine.host.address;
    for role in &machine.host.roles {
        match role {
            Role::App => wait(machine, "the app", || answers(address, 80))?,
            Role::Portal => wait(machine, "the portal", || answers(address, PORTAL))?,
            // Whether they do is seen by those who use them.
            Role::Database | Role::Worker => {}
        }
    }
    Ok(())
}

fn wait(machine: &Machine, what: &str, is_there: impl Fn() -> bool) -> Result<(), LabError> {
    let deadline = Instant::now() + LIMIT;
    while !is_there() {
        // Whoever was started a moment ago may have no process yet.
        let is_late = Instant::now() > deadline;
        if is_late {
            return Err(LabError::Silent {
                host: machine.host.name.clone(),
                what: what.to_owned(),
                console: machine.console(),
            });
        }
        sleep(POLL);
    }
    Ok(())
}

fn connect(address: Ipv4Addr, port: u16) -> Option<TcpStream> {
    let address = SocketAddr::from((address, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()
}

/// Whether a page is served there, or a redirect to one.
fn answers(address: Ipv4Addr, port: u16) -> bool {
    let page = || -> Option<bool> {
        let mut stream = connect(address, port)?;
        stream.set_read_timeout(Some(ANSWER)).ok()?;
        let request = format!("GET / HTTP/1.0\r\nHost: {address}\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut head = [0; 10];
        stream.read_exact(&mut head).ok()?;
        Some(matches!(&head[8..], b" 2" | b" 3"))
    };
    page().unwrap_or(false)
}
