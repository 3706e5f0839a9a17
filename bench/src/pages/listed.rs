//! What stands in lists, the same on every page.

use isutori_dataset::Visibility;
use isutori_engine::{document::Element, failure::Failure};
use serde::Deserialize;

/// A link to a person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PersonLink {
    /// The account name.
    pub name: String,
    /// As shown.
    pub nickname: String,
}

/// An entry in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEntry {
    /// Its id.
    pub id: u64,
    /// As said by `data-visibility`.
    pub visibility: Visibility,
    /// The title.
    pub title: String,
    /// Who wrote it.
    pub author: PersonLink,
    /// Milliseconds since 1970.
    pub time: i64,
    /// How many comments it is said to have.
    pub comments: u64,
    /// The beginning of its text.
    pub excerpt: String,
}

/// A comment in a list away from its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedComment {
    /// Its id.
    pub id: u64,
    /// Who wrote it.
    pub author: PersonLink,
    /// The entry it is about.
    pub entry: u64,
    /// That entry's title.
    pub entry_title: String,
    /// Milliseconds since 1970.
    pub time: i64,
    /// The beginning of its text.
    pub excerpt: String,
}

/// A footprint: the last visit of somebody on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFootprint {
    /// `YYYY-MM-DD`, UTC.
    pub day: String,
    /// Who came.
    pub visitor: PersonLink,
    /// Milliseconds since 1970.
    pub time: i64,
}

impl PersonLink {
    /// Reads a link.
    ///
    /// # Errors
    /// `html.malformed` when it leads to no person.
    pub fn read(link: Element<'_>) -> Result<Self, Failure> {
        let href = link.required("href")?;
        let name = href
            .strip_prefix("/people/")
            .ok_or_else(|| malformed("a link to a person", href))?;
        Ok(PersonLink {
            name: name.to_owned(),
            nickname: link.text().into_owned(),
        })
    }
}

impl ListedEntry {
    /// Reads every entry inside `list`.
    ///
    /// # Errors
    /// What is missing or malformed.
    pub fn read_all(list: Element<'_>) -> Result<Vec<Self>, Failure> {
        list.all("article.entry")
            .into_iter()
            .map(ListedEntry::read)
            .collect()
    }

    fn read(article: Element<'_>) -> Result<Self, Failure> {
        let id = article.number("data-id")?;
        let link = article.one("a.title")?;
        let href = link.required("href")?;
        if href != format!("/entries/{id}") {
            return Err(malformed(&format!("the link to entry {id}"), href));
        }
        Ok(ListedEntry {
            id,
            visibility: read_visibility(article)?,
            title: link.text().into_owned(),
            author: PersonLink::read(article.one("a.person")?)?,
            time: read_time(article)?,
            comments: article.one("span.comments")?.number("data-count")?,
            excerpt: article.one("p.excerpt")?.text().into_owned(),
        })
    }
}

impl ListedComment {
    /// Reads every comment inside `list`.
    ///
    /// # Errors
    /// What is missing or malformed.
    pub fn read_all(list: Element<'_>) -> Result<Vec<Self>, Failure> {
        list.all("li.comment")
            .into_iter()
            .map(ListedComment::read)
            .collect()
    }

    fn read(item: Element<'_>) -> Result<Self, Failure> {
        let link = item.one("a.title")?;
        let href = link.required("href")?;
        let entry = href
            .strip_prefix("/entries/")
            .and_then(|id| id.parse().ok());
        Ok(ListedComment {
            id: item.number("data-id")?,
            author: PersonLink::read(item.one("a.person")?)?,
            entry: entry.ok_or_else(|| malformed("a link to an entry", href))?,
            entry_title: link.text().into_owned(),
            time: read_time(item)?,
            excerpt: item.one("p.excerpt")?.text().into_owned(),
        })
    }
}

impl ListedFootprint {
    /// Reads every footprint inside `list`.
    ///
    /// # Errors
    /// What is missing or malformed.
    pub fn read_all(list: Element<'_>) -> Result<Vec<Self>, Failure> {
        let footprints = list.all("li.footprint").into_iter();
        footprints
            .map(|item| {
                Ok(ListedFootprint {
                    day: item.required("data-day")?.to_owned(),
                    visitor: PersonLink::read(item.one("a.person")?)?,
                    time: read_time(item)?,
                })
            })
            .collect()
    }
}

/// The time shown inside an element, in milliseconds since 1970.
pub(super) fn read_time(inside: Element<'_>) -> Result<i64, Failure> {
    let shown = inside.one("time")?.required("datetime")?;
    let time: jiff::Timestamp = shown.parse().map_err(|_| malformed("a time", shown))?;
    Ok(time.as_millisecond())
}

pub(super) fn read_visibility(article: Element<'_>) -> Result<Visibility, Failure> {
    match article.required("data-visibility")? {
        "public" => Ok(Visibility::Public),
        "friends" => Ok(Visibility::Friends),
        "private" => Ok(Visibility::Private),
        other => Err(malformed("data-visibility", other)),
    }
}

fn malformed(what: &str, value: &str) -> Failure {
    Failure::wrong("html.malformed", format!("{what} is {value:?}"))
}
