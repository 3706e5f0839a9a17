//! Private servers for a practice contest and for tests: MariaDB (or MySQL), PostgreSQL, Redis,
//! memcached and nginx, each a child process of ours on a free port of 127.0.0.1, in a folder of its
//! own.
//!
//! ```no_run
//! # async fn example() -> Result<(), isutori_services::ServiceError> {
//! let mut database = isutori_services::postgres::start("run/postgres".as_ref()).await?;
//! println!("DATABASE_URL={}", database.url());
//! database.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! What holds for every one of them:
//!
//! - **Nothing of the system is used** but the program itself: no system service, no configuration
//!   under `/etc`, no default port, no Unix socket.
//! - **Nothing is tuned.** The databases run with what their makers ship, because finding a better
//!   setting is part of the exercise. Redis alone is told not to save to disk.
//! - **Nothing is left over.** A server dies with its [`Service`], and on Linux also when this
//!   process is killed without a chance to clean up.
//! - **Never root.** Started by root, a server runs as an unprivileged [`Account`].
//! - There are no passwords: whoever can open a connection on this machine may use the server.
//!
//! [`Process`] is the layer below and serves for any other program, such as the app under test.
//! Which programs are needed, and what to install for them, is said by the constants of [`Binary`].

mod account;
mod binary;
mod error;
mod home;
mod launch;
pub mod mariadb;
pub mod memcached;
pub mod nginx;
pub mod postgres;
mod process;
pub mod redis;
mod service;
mod spawner;
mod spec;

pub use account::Account;
pub use binary::{Binary, SearchPath};
pub use error::ServiceError;
pub use nix::sys::signal::Signal;
pub use process::Process;
pub use service::Service;
pub use spec::ProcessSpec;
