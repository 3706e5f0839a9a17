//! The real app behind TLS.

use std::{slice, sync::Arc};

use isutori_bench::{
    hosts::Hosts,
    run::{self, RunError},
    settings::Settings,
};
use isutori_engine::target::Target;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    app::{App, check_settings, spawn_quick_app},
    authority::{Authority, Certificate},
};

/// Takes TLS off what comes for the app, and ends when dropped.
struct Terminator {
    target: Target,
    accepting: JoinHandle<()>,
}

impl Drop for Terminator {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Terminator {
    async fn start(app: &App, authority: &Authority) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = authority.server(Certificate::For(&["127.0.0.1"]));
        let upstream = app.target.authority();
        Terminator {
            target: format!("https://{address}").parse().unwrap(),
            accepting: tokio::spawn(accept(listener, Arc::new(server).into(), upstream)),
        }
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, upstream: String) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
        connections.spawn(async move {
            // Whoever does not trust us goes, and whoever has seen enough as well.
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut app = TcpStream::connect(upstream).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut app).await;
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_app_passes_behind_tls() {
    let (app, authority) = (spawn_quick_app().await, Authority::new("a contest"));
    let site = Terminator::start(&app, &authority).await;
    let file = authority.file();
    let settings = Settings {
        hosts: Hosts::new(slice::from_ref(&site.target), Some(file.path())).unwrap(),
        ..check_settings(&site.target)
    };

    assert_eq!(run::check(&settings).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_trusts_is_no_verdict() {
    let (app, authority) = (spawn_quick_app().await, Authority::new("a contest"));
    let site = Terminator::start(&app, &authority).await;

    let error = run::check(&check_settings(&site.target)).await.unwrap_err();

    assert!(matches!(error, RunError::Distrusted { .. }), "{error}");
    for words in [
        "nobody who is trusted has signed it",
        "--ca",
        &site.target.to_string(),
    ] {
        assert!(error.to_string().contains(words), "{error}");
    }
}
