//! Suwaru's initial data: a pure function of a seed and a [`Size`].
//!
//! The same [`Dataset`] serves two readers. The loader ([`load()`]) streams every row of it into
//! SQLite, MariaDB/MySQL or PostgreSQL. The benchmarker asks it what a page must show, and gets
//! the answer computed on demand: nothing but a few numbers for each person is held in memory,
//! so that the large data costs no more than the small.
//!
//! How a question is answered without holding rows:
//!
//! - every choice is read from [`Draws`], a stream of integers keyed by the seed, a domain and a
//!   row's id; no floating-point number is involved, so all machines agree;
//! - who owns an entry is a walk through a keyed permutation, which can be walked backwards to
//!   find all entries of a person; the same holds for footprints and friendships;
//! - sixteen consecutive entries form a group with a fixed number of public entries and of
//!   comments, which makes ranks and ids of comments plain arithmetic.
//!
//! [`Dataset::fingerprint`] names the data exactly: it is a hash of all rows, and the same on
//! every engine. A change of anything that alters rows or tables must raise [`GENERATOR_VERSION`].
//!
//! ```
//! use isutori_dataset::{Dataset, Size, Visibility};
//!
//! let dataset = Dataset::new(1, Size::Small);
//! let newest = dataset.public_entry(0).expect("the small data has public entries");
//! let header = dataset.entry_header(newest).expect("an id of the data has an entry");
//! assert_eq!(header.visibility, Visibility::Public);
//! assert!(dataset.entries_of(header.person_id).contains(&newest));
//! ```

mod calendar;
mod comments;
mod dataset;
mod draws;
mod entries;
mod fingerprint;
mod footprints;
mod friendships;
pub mod load;
mod logins;
mod people;
mod permutation;
pub mod pictures;
pub mod rows;
mod shares;
mod size;
pub mod subscriptions;
pub mod text;

pub use comments::{Comment, CommentHeader};
pub use dataset::{Dataset, GENERATOR_VERSION, UnknownLabel};
pub use draws::Draws;
pub use entries::{Entry, EntryHeader, Visibility};
pub use footprints::Footprint;
pub use friendships::{Friend, Friendship};
pub use load::{LoadError, LoadOptions, LoadProgress, LoadReport, fingerprint_of, load};
pub use logins::Login;
pub use people::Person;
pub use pictures::{Picture, PictureFormat};
pub use size::{Counts, Size, UnknownSize};
pub use subscriptions::{Service, Subscription};
