//! `GET /friends`.

use isutori_engine::{document::Element, failure::Failure};

use super::{Page, PersonLink, listed::read_time};

/// All friends.
#[derive(Clone, Debug)]
pub struct FriendsPage {
    /// How many there are said to be.
    pub count: u64,
    /// Each with the friendship's time, milliseconds since 1970.
    pub friends: Vec<(PersonLink, i64)>,
}

impl Page for FriendsPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        let list = root.one("#friends")?;
        let friends = list.all("li.friend").into_iter();
        Ok(FriendsPage {
            count: list.number("data-count")?,
            friends: friends
                .map(|item| Ok((PersonLink::read(item.one("a.person")?)?, read_time(item)?)))
                .collect::<Result<_, Failure>>()?,
        })
    }
}
