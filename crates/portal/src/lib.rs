//! The contest server: the queue of jobs, the workers' and teams' API, the leaderboard, and the
//! pages for contestants, audience and staff.
//!
//! State is in the database only ([`store`]): SQLite for one portal, PostgreSQL for several. The
//! portal knows nothing of how a benchmark works; workers run it, and speak to the portal in the
//! language of [`isutori_protocol::contest`].
//!
//! | module | what it is |
//! |---|---|
//! | [`contest`] | name, schedule, rule, settings; `contest.toml` |
//! | [`teams`], [`people`], [`tokens`] | who takes part, and what lets them in |
//! | [`queue`], [`runs`], [`workers`] | jobs, attempts, leases, and what is kept of a run |
//! | [`samples`] | what hosts sampled of themselves during runs |
//! | [`lists`] | teams and people from CSV |
//! | [`announcements`], [`questions`] | what the staff tells, and what teams ask |
//! | [`class`] | hints, who is stuck, and runs that are shown to everyone, where the contest is a class |
//! | [`measurement`] | the final measurement and its rehearsals |
//! | [`judged`], [`standings`] | the leaderboard and the prizes |
//! | [`caller`], [`api`], [`router`], [`serve`] | HTTP for programs |
//! | `pages`, `texts`, `graph`, `chart`, `boards` | HTML for people, and the leaderboard as bytes |

pub mod announcements;
pub mod api;
pub mod audit;
mod boards;
pub mod caller;
mod chart;
pub mod class;
pub mod clock;
pub mod contest;
pub mod demo;
pub mod desk;
pub mod error;
pub mod events;
mod figures;
mod graph;
mod gzip;
pub mod judged;
pub mod lists;
mod markdown;
pub mod measurement;
mod pages;
pub mod pastes;
pub mod people;
pub mod questions;
pub mod queue;
pub mod router;
pub mod runs;
pub mod samples;
pub mod secret;
pub mod serve;
pub mod standings;
pub mod state;
pub mod store;
pub mod teams;
mod texts;
mod throttle;
pub mod tokens;
mod unread;
pub mod workers;
