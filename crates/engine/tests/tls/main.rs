//! The browser and sites with TLS that behave. Those that do not are in the zoo
//! of hostile servers.

#[expect(dead_code, reason = "most certificates are for hostile servers")]
mod authority;

use std::{path::Path, sync::Arc};

use isutori_engine::{
    browser::{Browser, Site},
    connection::Limits,
    exchange::Request,
    target::Target,
    trust::Trust,
};
use rustls::{ServerConfig, version::TLS12};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::LocalSet,
};
use tokio_rustls::TlsAcceptor;

use crate::authority::{Authority, Certificate};

/// Runs `test` with a site on a server that tells in each answer what it has seen.
async fn with_server<R>(
    config: ServerConfig,
    trust: Trust,
    test: impl AsyncFnOnce(Site) -> R,
) -> R {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let target: Target = format!("https://{address}").parse().expect("a target");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let serve = async {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::task::spawn_local(serve(stream, acceptor.clone()));
        }
    };
    let test = test(Site::new(target, &trust, Limits::default()));
    LocalSet::new()
        .run_until(async {
            tokio::select! {
                outcome = test => outcome,
                () = serve => unreachable!("the server goes on"),
            }
        })
        .await
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor) {
    // Whoever does not trust us goes.
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let session = stream.get_ref().1;
    let kind = format!("{:?}", session.handshake_kind().expect("a handshake"));
    let protocol = session.alpn_protocol().unwrap_or_default().to_vec();
    let protocol = String::from_utf8(protocol).expect("a protocol's name");
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            match stream.read_line(&mut head).await {
                Ok(length) if length > 0 => {}
                _ => return,
            }
        }
        let cookie = head.lines().find_map(|line| line.strip_prefix("cookie: "));
        let body = format!("{kind} {protocol} {}", cookie.unwrap_or("none"));
        let answer = format!(
            "HTTP/1.1 200 OK\r\nSet-Cookie: s=1; Secure\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let sent = stream.write_all(answer.as_bytes()).await;
        if sent.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

async fn ask(browser: &mut Browser) -> Result<String, String> {
    match browser.send(&Request::get("/x")).await {
        Ok(response) => Ok(String::from_utf8_lossy(&response.body).into_owned()),
        Err(failure) => Err(failure.to_string()),
    }
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_and_sessions_are_resumed() {
    let authority = Authority::new("an authority");
    let mut config = authority.server(Certificate::For(&["127.0.0.1"]));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let said = with_server(config, authority.trust(), async |site| {
        let mut first = Browser::new(site.clone());
        let mut second = Browser::new(site);
        [
            ask(&mut first).await,
            ask(&mut first).await,
            ask(&mut second).await,
        ]
    });
    let said = said.await.map(|said| said.expect("an answer"));
    assert_eq!(
        said,
        [
            "Full http/1.1 none",
            "Full http/1.1 s=1",
            "Resumed http/1.1 none"
        ]
    );
}

#[tokio::test]
async fn tls_1_2_will_do() {
    let authority = Authority::new("an authority");
    let config = authority.server_of(Certificate::For(&["127.0.0.1"]), &[&TLS12]);
    let said = with_server(config, authority.trust(), async |site| {
        ask(&mut Browser::new(site)).await
    });
    assert_eq!(said.await.as_deref(), Ok("Full http/1.1 none"));
}

#[tokio::test]
async fn the_public_trusts_no_authority_of_ones_own() {
    let config = Authority::new("an authority").server(Certificate::For(&["127.0.0.1"]));
    let said = with_server(config, Trust::public(), async |site| {
        ask(&mut Browser::new(site)).await
    });
    assert_eq!(
        said.await.expect_err("a failure"),
        "wrong: GET /x: the site's certificate cannot be trusted: \
         nobody who is trusted has signed it [tls.certificate]"
    );
}

#[test]
fn a_file_without_authorities_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, content).expect("a file");
        file
    };
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (file, why) in [
        (folder.path().join("none.pem"), "No such file"),
        (
            file("empty.pem", "no certificate"),
            "it holds no certificate",
        ),
        (file("broken.pem", broken), "invalid peer certificate"),
        (file("half.pem", &broken[..40]), "missing"),
    ] {
        let error = complaint(&file);
        assert!(error.contains(why), "{error}");
        assert!(error.contains("give a PEM file"), "{error}");
    }
}

fn complaint(file: &Path) -> String {
    let error = Trust::with_authorities(file).expect_err("an error");
    error.to_string()
}
