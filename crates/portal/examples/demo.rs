//! A portal with a contest to be looked at: `cargo run --release -p isutori-portal --example demo
//! [--class] [ADDRESS]`. It keeps nothing.

use std::net::SocketAddr;

use isutori_portal::{demo, router::router, state::AppState, store::Store};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, address): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|one| one == "--class");
    let address = address.into_iter().next();
    let address = address.unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("portal.db");
    let state = AppState::new(Store::open(&format!("sqlite:{}?mode=rwc", file.display())).await?);
    let accounts = match flags.is_empty() {
        true => demo::fill(&state).await?,
        false => demo::fill_class(&state).await?,
    };
    let listener = TcpListener::bind(&address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!(
        "log in as {} or {}, with {}",
        accounts.staff, accounts.member, accounts.password
    );
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(())
}
