//! By which doors hosts can be entered, and by whom.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::stage::Stage;

/// This machine is none of the contest's hosts: it finds ssh, http and https of teams' hosts, and
/// their databases closed. Hosts of the contest trust the certificates of the others.
pub fn are_closed_to_strangers(stage: &Stage) {
    let reach = |address: &str| {
        let address: SocketAddr = address.parse().expect("an address");
        TcpStream::connect_timeout(&address, Duration::from_secs(60)).map_err(|error| error.kind())
    };
    for open in ["10.215.1.2:22", "10.215.1.1:80", "10.215.1.1:443"] {
        assert!(reach(open).is_ok(), "{open}");
    }
    let database = reach("10.215.1.2:3306").expect_err("a closed port");
    assert_eq!(database, ErrorKind::ConnectionRefused);
    let open = "curl --silent --fail --output /dev/null";
    let page = "https://10.215.1.1/login";
    let trust = "--cacert /etc/isutori/tls/ca.pem";
    let trusting = stage.on("worker1", &format!("{open} {trust} {page}"));
    assert_eq!(trusting.code, 0, "{trusting:?}");
    let distrusting = stage.on("worker1", &format!("{open} {page}"));
    assert_eq!(distrusting.code, 60, "{distrusting:?}");
    let key = "stat --format '%a %U' /etc/isutori/tls/host.key";
    assert_eq!(stage.on("team1-host1", key).stdout, "600 root\n");
}
