//! Entries by pages: the recent ones of everybody, and somebody's diary.

use std::fmt::{self, Display};

use http::StatusCode;
use isutori_dataset::Entry;

use super::Visit;
use crate::{
    Break,
    answer::Answer,
    html::{Text, maybe},
    refusal::Refusal,
};

/// One page of a list.
struct ListPage<'a> {
    entries: Vec<&'a Entry>,
    /// How many entries all pages have.
    total: u64,
    /// Counts from 1.
    number: u64,
    has_older: bool,
}

impl Visit<'_> {
    /// `GET /recent/:page`
    pub(super) fn show_recent(&mut self, number: &str) -> Result<Answer, Refusal> {
        let number = page_number(number)?;
        let list = match self.staleness() {
            _ if self.breaks(Break::ListHiddenAmongRecent) => {
                self.cut(self.state.entries.newest(), number)?
            }
            Some(horizon) => {
                let public = self.state.entries.public(0);
                self.cut(public.filter(|entry| entry.created_at < horizon), number)?
            }
            None => self.cut_recent(number)?,
        };
        let main = self.list("Recent entries", "/recent/", &list);
        Ok(self.page(StatusCode::OK, "Recent entries", main))
    }

    /// `GET /diary/:name`
    pub(super) fn show_diary(&mut self, name: &str) -> Result<Answer, Refusal> {
        let owner = self.person_named(name)?;
        let number = self.request.parameter("page");
        let number = page_number(number.as_deref().unwrap_or("1"))?;
        let answer = {
            let entries = self.state.entries.by(owner);
            let all = self.breaks(Break::ListHiddenInDiaries);
            let entries = entries.filter(|entry| all || self.sees(entry));
            let list = self.cut(entries.filter(|entry| !self.is_late_entry(entry)), number)?;
            let owner = self.state.people.get(owner);
            let title = format!("Diary of {}", owner.nickname);
            let main = self.list(&title, "?page=", &list);
            self.page(StatusCode::OK, &title, main)
        };
        if !self.breaks(Break::ForgetVisitsOfDiaries) {
            self.leave_footprint(owner);
        }
        Ok(answer)
    }

    /// One page of public entries, without a look at those before it.
    fn cut_recent(&self, number: u64) -> Result<ListPage<'_>, Refusal> {
        let (skip, length) = self.place_of(number);
        let total = self.state.entries.public_count();
        self.check_page(number, skip, total)?;
        let page = self.state.entries.public(skip).take(length as usize);
        Ok(ListPage {
            entries: page.collect(),
            total,
            number,
            has_older: skip + length < total,
        })
    }

    /// One page of these entries.
    fn cut<'b>(
        &self,
        entries: impl Iterator<Item = &'b Entry>,
        number: u64,
    ) -> Result<ListPage<'b>, Refusal> {
        let entries: Vec<&Entry> = entries.collect();
        let (skip, length) = self.place_of(number);
        let total = entries.len() as u64;
        self.check_page(number, skip, total)?;
        let page = entries
            .into_iter()
            .skip(skip as usize)
            .take(length as usize);
        Ok(ListPage {
            entries: page.collect(),
            total,
            number,
            has_older: skip + length < total,
        })
    }

    /// How many entries come before a page, and how many it has at most.
    fn place_of(&self, number: u64) -> (u64, u64) {
        let length = if self.breaks(Break::ShortPages) {
            19
        } else {
            20
        };
        let skipped = u64::from(self.breaks(Break::SkipEntries) && number > 1);
        ((number - 1) * length + skipped, length)
    }

    /// The first page always exists, any other one only while it holds something.
    fn check_page(&self, number: u64, skip: u64, total: u64) -> Result<(), Refusal> {
        match number == 1 || skip < total || self.breaks(Break::AcceptAnyPage) {
            true => Ok(()),
            false => Err(Refusal::NotFound),
        }
    }

    /// Before when entries must be written to be listed, if that rule is broken.
    fn staleness(&self) -> Option<i64> {
        let age = self.broken.iter().find_map(|broken| match broken {
            Break::StaleLists(age) => Some(age.as_millis() as i64),
            _ => None,
        })?;
        Some(self.state.now() - age)
    }

    fn list<'b>(
        &'b self,
        title: &'b str,
        link: &'b str,
        list: &'b ListPage<'b>,
    ) -> impl Display + 'b {
        let mut total = list.total - u64::from(self.breaks(Break::MiscountEntries));
        if self.breaks(Break::CountRemoved) {
            total += self.state.entries.removed_public_count();
        }
        let mut entries = list.entries.clone();
        if self.breaks(Break::OldestFirst) {
            entries.reverse();
        }
        let has_newer = list.number > 1 && !self.breaks(Break::NoNewerLink);
        let newer = has_newer.then(|| list.number - 1);
        let has_older = list.has_older && !self.breaks(Break::NoOlderLink);
        let older = has_older.then(|| list.number + 1);
        fmt::from_fn(move |f| {
            write!(
                f,
                r#"<main>
<h1>{title}</h1>
<p>Entries <span class="total" data-count="{total}">{total}</span></p>
{entries}<nav>{newer}{older}</nav>
</main>"#,
                title = Text(title),
                entries = self.entry_list(&entries),
                newer = maybe(newer, |page| format!(
                    r#"<a rel="prev" href="{link}{page}">Newer</a>"#
                )),
                older = maybe(older, |page| format!(
                    r#"<a rel="next" href="{link}{page}">Older</a>"#
                )),
            )
        })
    }
}

/// The number of a page, as in a path or a query. No page is beyond 32 bits.
fn page_number(text: &str) -> Result<u64, Refusal> {
    match number(text).and_then(|number| u32::try_from(number).ok()) {
        Some(number @ 1..) => Ok(number.into()),
        _ => Err(Refusal::NotFound),
    }
}

/// A whole number, written in digits alone.
pub(super) fn number(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}
