//! The twin: a second Suwaru, correct to the letter of `docs/app.md`, out of memory and fast.
//!
//! It is the benchmark's sparring partner. Unbroken, it is the ideal app: the benchmark must find
//! nothing wrong with it, and it is so quick that what a run measures is the benchmark itself.
//! With a [`Break`], it breaks one rule of the contract, and the benchmark must notice: the table
//! in [`Break::catalogue`] says which failure that comes to.
//!
//! ```
//! use isutori_dataset::{Dataset, Size};
//! use suwaru_twin::{Break, Initial, Rules, Twin};
//!
//! let initial = Initial::from(Dataset::new(1, Size::Small));
//! let ideal = Twin::start(&initial, Rules::default())?;
//! let broken = Twin::start(&initial, Rules::breaking([Break::ForgetComments]))?;
//! println!("{} and {}", ideal.url(), broken.url());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Reading order: [`Twin`] listens; `server` turns messages into requests and answers; `site` finds
//! out what an address wants; `visit` answers one request, a file for each part of the site;
//! `state` is what the site knows. Pages are functions that give something to display, put
//! together from the pieces in `html`. [`Machine`] makes the answers take time, where they shall.
//!
//! Deliberately absent: a database, the hashing of passwords, and the login log, which no route
//! shows. For tests only: nothing that is handed out links this package.

mod answer;
mod breaks;
mod desk;
mod files;
mod form;
mod html;
mod initial;
mod machine;
mod markdown;
mod panel;
mod processor;
mod refusal;
mod request;
mod rules;
mod server;
mod site;
mod state;
mod studio;
mod twin;
mod visit;

pub use breaks::{Break, Mutant};
pub use desk::Desk;
pub use initial::Initial;
pub use machine::Machine;
pub use rules::Rules;
pub use twin::{Place, Twin};
