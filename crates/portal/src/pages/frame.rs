//! What every page has around it.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts},
};
use cookie::Cookie;
use sqlx::AnyConnection;

use super::assets::{SCRIPT, STYLE};
use crate::{
    announcements::{self, Reader},
    class::hints::{self, Hints},
    clock::Millis,
    contest::{self, Contest, Current, Language},
    error::Error,
    people::{self, Person, Role},
    questions::{self, Waiting},
    secret,
    state::AppState,
    teams::Team,
    texts::{Texts, texts},
};

/// The cookie of a session.
pub(crate) const SESSION: &str = "isutori";
/// The cookie with the token of forms, for those who have no session yet.
pub(crate) const FORM: &str = "isutori-form";
/// The cookie with the language that was chosen.
pub(crate) const LANGUAGE: &str = "isutori-language";

/// What every page has around it.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) t: &'static Texts,
    pub(crate) language: Language,
    /// The language, when the visitor has just chosen it.
    pub(crate) chosen: Option<Language>,
    pub(crate) contest: Option<Current>,
    pub(crate) person: Option<Person>,
    /// How many announcements a member has not read.
    pub(crate) unread: i64,
    /// How many steps of hints are open to a member of a class that its team has not read.
    pub(crate) unread_hints: usize,
    /// Which questions wait for one of the staff.
    pub(crate) questions: Waiting,
    /// What every form must hold.
    pub(crate) form_token: String,
    pub(crate) path: String,
    pub(crate) now: Millis,
    /// Where browsers find the portal.
    pub(crate) origin: String,
    /// Whether they do so by https.
    pub(crate) is_secure: bool,
}

impl Frame {
    /// Finds out who visits, and how.
    pub(crate) async fn of(state: &AppState, parts: &Parts) -> Result<Frame, Error> {
        let now = state.clock.now();
        let mut connection = state.connection().await?;
        let contest = contest::read(&mut connection).await?;
        let person = match cookie(&parts.headers, SESSION) {
            Some(token) => people::session(&mut connection, &token, now).await?,
            None => None,
        };
        let unread = match Reader::of(person.as_ref()) {
            Reader::Audience => 0,
            member => announcements::unread(&mut connection, member).await?,
        };
        let unread_hints = unread_hints(&mut connection, &contest, &person, now).await?;
        let questions = match person.as_ref().map(|person| person.role) {
            Some(Role::Staff) => questions::waiting(&mut connection).await?,
            _ => Waiting::default(),
        };
        let form_token = match &person {
            Some(person) => person.form_token.clone(),
            None => cookie(&parts.headers, FORM)
                .filter(|token| token.len() == secret::draw_token().len())
                .unwrap_or_else(secret::draw_token),
        };
        let fallback = contest.as_ref().map(|current| current.contest.language);
        let chosen = chosen(&parts.uri);
        let language = chosen
            .or_else(|| language(&cookie(&parts.headers, LANGUAGE)?))
            .or_else(|| preferred(&parts.headers))
            .or(fallback)
            .unwrap_or_default();
        let origin = state.origin(&parts.headers);
        Ok(Frame {
            t: texts(language),
            language,
            chosen,
            contest,
            person,
            unread,
            unread_hints,
            questions,
            form_token,
            path: parts.uri.path().to_owned(),
            now,
            is_secure: origin.starts_with("https:"),
            origin,
        })
    }

    /// The contest, if it was set up.
    ///
    /// # Errors
    /// When it was not.
    pub(crate) fn contest(&self) -> Result<&Contest, Error> {
        let current = self.contest.as_ref().ok_or(Error::NoContest)?;
        Ok(&current.contest)
    }

    /// Whether the contest is a class.
    pub(crate) fn is_class(&self) -> bool {
        let contest = self.contest.as_ref();
        contest.is_some_and(|current| current.contest.practice.is_some())
    }

    pub(crate) fn name(&self) -> &str {
        let contest = self.contest.as_ref();
        contest.map_or("Isutori", |current| &current.contest.name)
    }

    pub(crate) fn style(&self) -> String {
        STYLE.url()
    }

    pub(crate) fn script(&self) -> String {
        SCRIPT.url()
    }

    pub(crate) fn is_staff(&self) -> bool {
        self.role() == Some(Role::Staff)
    }

    pub(crate) fn is_member(&self) -> bool {
        matches!(self.role(), Some(Role::Member(_)))
    }

    pub(crate) fn role(&self) -> Option<Role> {
        self.person.as_ref().map(|person| person.role)
    }

    /// The team for which one of the staff acts.
    pub(crate) fn acts_for(&self) -> Option<&str> {
        self.person.as_ref()?.acts_for.as_deref()
    }

    /// Who reads announcements here.
    pub(crate) fn reader(&self) -> Reader {
        Reader::of(self.person.as_ref())
    }

    /// That questions wait too long, for the staff.
    pub(crate) fn questions_wait(&self) -> Option<String> {
        let longest = self.questions.too_long(self.now)?;
        let longest = crate::figures::duration(longest / 1000);
        Some((self.t.questions_wait)(self.questions.count, &longest))
    }

    /// The contest's clock, with the end of a team that has extra time.
    pub(crate) fn clock(&self, team: Option<&Team>) -> Option<ContestClock> {
        let contest = &self.contest.as_ref()?.contest;
        Some(ContestClock {
            t: self.t,
            starts_at: contest.starts_at.as_millisecond(),
            ends_at: team.map_or(contest.ends_at.as_millisecond(), |team| {
                team.ends_at(contest)
            }),
            now: self.now,
        })
    }

    /// `Set-Cookie`: what a script cannot read, and no other site's form sends along.
    pub(crate) fn set_cookie(&self, name: &str, value: &str, seconds: i64) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}")
    }
}

/// What the contest's clock says.
#[derive(Template)]
#[template(path = "clock.html")]
pub(crate) struct ContestClock {
    t: &'static Texts,
    starts_at: Millis,
    ends_at: Millis,
    now: Millis,
}

impl ContestClock {
    fn label(&self) -> &'static str {
        match self.now {
            now if now < self.starts_at => self.t.starts_in,
            now if now < self.ends_at => self.t.remaining,
            _ => self.t.is_over,
        }
    }

    fn left(&self) -> String {
        let until = match self.now < self.starts_at {
            true => self.starts_at,
            false => self.ends_at,
        };
        match self.now < self.ends_at {
            true => crate::figures::duration((until - self.now) / 1000),
            false => String::new(),
        }
    }

    fn starts(&self) -> crate::figures::Moment {
        crate::figures::Moment(self.starts_at)
    }

    fn ends(&self) -> crate::figures::Moment {
        crate::figures::Moment(self.ends_at)
    }
}

async fn unread_hints(
    connection: &mut AnyConnection,
    contest: &Option<Current>,
    person: &Option<Person>,
    now: Millis,
) -> Result<usize, sqlx::Error> {
    let contest = contest.as_ref().map(|current| &current.contest);
    let class = contest.filter(|contest| contest.practice.is_some());
    let (Some(class), Some(Role::Member(team))) = (class, person.as_ref().map(|one| one.role))
    else {
        return Ok(0);
    };
    let hints = Hints::read(connection, class).await?;
    let read = hints::read_by(connection, team).await?;
    Ok(hints.unread(team, &read, now))
}

/// A cookie of that name.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let headers = headers.get_all(header::COOKIE).into_iter();
    let cookies = headers.filter_map(|header| header.to_str().ok());
    let mut cookies = cookies.flat_map(|text| Cookie::split_parse(text).flatten());
    cookies
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn language(code: &str) -> Option<Language> {
    [Language::En, Language::Ja]
        .into_iter()
        .find(|language| language.code() == code)
}

fn chosen(uri: &Uri) -> Option<Language> {
    let mut pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    language(&pairs.find(|(name, _)| name == "lang")?.1)
}

/// What the browser prefers of what there is.
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let wishes = header.split(',').filter_map(|wish| {
        let (code, weight) = wish.split_once(";q=").unwrap_or((wish, "1"));
        let weight: f32 = weight.trim().parse().ok().filter(|weight| *weight > 0.0)?;
        let code = code.trim().get(..2)?.to_ascii_lowercase();
        Some((language(&code)?, weight))
    });
    // Of equal wishes the first counts.
    let best = wishes.reduce(|best, wish| if wish.1 > best.1 { wish } else { best });
    best.map(|(language, _)| language)
}

impl FromRequestParts<AppState> for Frame {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Error> {
        let frame = parts.extensions.get::<Frame>();
        frame
            .cloned()
            .ok_or_else(|| Error::Internal("a page without its guard".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_what_the_browser_prefers_of_what_there_is() {
        let of = |header: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, header.parse().expect("a header"));
            preferred(&headers)
        };
        assert_eq!(of("ja"), Some(Language::Ja));
        assert_eq!(of("fr, en-GB;q=0.7, ja-JP;q=0.8"), Some(Language::Ja));
        assert_eq!(of("en,ja"), Some(Language::En));
        assert_eq!(of("ja;q=0, fr"), None);
        assert_eq!(of("*;q=x,あ"), None);
    }
}
