//! `GET /entries/:id`.

use isutori_dataset::Visibility;
use isutori_engine::{document::Element, failure::Failure};

use super::{
    ImageSource, Page, PersonLink, csrf,
    listed::{read_time, read_visibility},
};
use crate::markdown;

/// An entry with its comments.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// Its id.
    pub id: u64,
    /// As said by `data-visibility`.
    pub visibility: Visibility,
    /// The title.
    pub title: String,
    /// Who wrote it.
    pub author: PersonLink,
    /// The author's icon.
    pub icon: ImageSource,
    /// The photo.
    pub photo: Option<ImageSource>,
    /// Milliseconds since 1970.
    pub time: i64,
    /// The outline of the text: see [`markdown`].
    pub body: String,
    /// All comments, in the page's order.
    pub comments: Vec<ShownComment>,
    /// How many comments there are said to be.
    pub comment_count: u64,
    /// The token of the form for a comment, if it is there.
    pub csrf: Option<String>,
}

/// A comment below its entry.
#[derive(Clone, Debug)]
pub struct ShownComment {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: PersonLink,
    /// The author's icon.
    pub icon: ImageSource,
    /// Milliseconds since 1970.
    pub time: i64,
    /// The text.
    pub body: String,
}

impl Page for EntryPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        let article = root.one("article.entry")?;
        let comments = root.one("#comments")?;
        Ok(EntryPage {
            id: article.number("data-id")?,
            visibility: read_visibility(article)?,
            title: article.one("h1.title")?.text().into_owned(),
            author: PersonLink::read(article.one("a.person")?)?,
            icon: ImageSource::read(article.one("img.icon")?)?,
            photo: article
                .first("img.photo")
                .map(ImageSource::read)
                .transpose()?,
            time: read_time(article)?,
            body: markdown::shown(article.one("div.body")?),
            comments: comments
                .all("li.comment")
                .into_iter()
                .map(ShownComment::read)
                .collect::<Result<_, _>>()?,
            comment_count: comments.number("data-count")?,
            csrf: root.first("form#comment").map(csrf).transpose()?,
        })
    }
}

impl ShownComment {
    fn read(item: Element<'_>) -> Result<Self, Failure> {
        Ok(ShownComment {
            id: item.number("data-id")?,
            author: PersonLink::read(item.one("a.person")?)?,
            icon: ImageSource::read(item.one("img.icon")?)?,
            time: read_time(item)?,
            body: item.one("div.body")?.text().into_owned(),
        })
    }
}
