//! `GET /`.

use isutori_engine::{document::Element, failure::Failure};

use super::{ImageSource, ListedComment, ListedEntry, ListedFootprint, Page, PersonLink, csrf};

/// Home.
#[derive(Clone, Debug)]
pub struct HomePage {
    /// Whose home it is.
    pub owner: PersonLink,
    /// Their icon.
    pub icon: ImageSource,
    /// How many friends they have.
    pub friends: u64,
    /// Own entries.
    pub my_entries: Vec<ListedEntry>,
    /// Entries of friends.
    pub friends_entries: Vec<ListedEntry>,
    /// Comments by friends.
    pub friends_comments: Vec<ListedComment>,
    /// Comments on own entries.
    pub comments_to_me: Vec<ListedComment>,
    /// Visits.
    pub footprints: Vec<ListedFootprint>,
    /// The token of the form for a new entry.
    pub csrf: String,
}

impl HomePage {
    /// The largest id of friends' entries, which were all shown up to there; 0 without any.
    pub fn newest_of_friends(&self) -> u64 {
        let ids = self.friends_entries.iter().map(|entry| entry.id);
        ids.max().unwrap_or(0)
    }
}

impl Page for HomePage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        let profile = root.one("#profile")?;
        Ok(HomePage {
            owner: PersonLink::read(profile.one("a.person")?)?,
            icon: ImageSource::read(profile.one("img.icon")?)?,
            friends: profile.one("a[href='/friends']")?.number("data-count")?,
            my_entries: ListedEntry::read_all(root.one("#my-entries")?)?,
            friends_entries: ListedEntry::read_all(root.one("#friends-entries")?)?,
            friends_comments: ListedComment::read_all(root.one("#friends-comments")?)?,
            comments_to_me: ListedComment::read_all(root.one("#comments-to-me")?)?,
            footprints: ListedFootprint::read_all(root.one("#footprints")?)?,
            csrf: csrf(root.one("form#new-entry")?)?,
        })
    }
}
