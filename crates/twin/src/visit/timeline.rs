//! News of friends, for those who wait.

use isutori_dataset::{Entry, Visibility};
use jiff::Timestamp;
use serde::Serialize;

use super::{Visit, listed::visibility_name, lists::number};
use crate::{
    Break,
    answer::{self, Answer},
    refusal::Refusal,
};

/// How many entries are told at once.
const MOST: usize = 50;

/// On an answer that has nothing to tell, so that it can wait.
#[derive(Clone)]
pub(crate) struct NothingNew;

#[derive(Serialize)]
struct Timeline<'a> {
    entries: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    id: u64,
    author: Author<'a>,
    title: &'a str,
    visibility: &'static str,
    time: String,
}

#[derive(Serialize)]
struct Author<'a> {
    name: &'a str,
    nickname: &'a str,
}

impl Visit<'_> {
    /// `GET /api/timeline?since=ID`
    pub(super) fn show_timeline(&mut self) -> Result<Answer, Refusal> {
        let me = self.member()?;
        let since = self.request.parameter("since");
        let since = since.as_deref().and_then(number).ok_or(Refusal::NotFound)?;
        let newer = self.state.entries.newest();
        let newer = newer.take_while(|entry| {
            entry.id > since || self.breaks(Break::TellOldNews) && entry.id + 5 > since
        });
        let told = newer.filter(|entry| self.is_news(me, entry)).take(MOST);
        let entries: Vec<Told> = told.map(|entry| self.told(entry)).collect();
        let is_empty = entries.is_empty();
        let json = serde_json::to_string(&Timeline { entries });
        let mut answer = answer::json(json.map_err(|_| Refusal::Broken)?);
        if is_empty && !self.breaks(Break::HurryNews) {
            answer.extensions_mut().insert(NothingNew);
        }
        Ok(answer)
    }

    fn is_news(&self, me: u64, entry: &Entry) -> bool {
        let is_public = entry.visibility == Visibility::Public && entry.person_id != me;
        let is_friend = self.breaks(Break::TellNewsOfAll) && is_public
            || self.state.friendships.are_friends(me, entry.person_id);
        let is_shown =
            entry.visibility != Visibility::Private || self.breaks(Break::TellPrivateNews);
        let is_late = self.is_younger(entry.created_at, |broken| match broken {
            Break::LateNews(age) => Some(*age),
            _ => None,
        });
        is_friend && is_shown && !is_late && !self.breaks(Break::TellNoNews)
    }

    fn told<'b>(&'b self, entry: &'b Entry) -> Told<'b> {
        let author = self.state.people.get(entry.person_id);
        let time = Timestamp::from_millisecond(entry.created_at).unwrap_or_default();
        Told {
            id: entry.id,
            author: Author {
                name: &author.name,
                nickname: &author.nickname,
            },
            title: &entry.title,
            visibility: visibility_name(entry.visibility),
            time: format!("{time:.3}"),
        }
    }
}
