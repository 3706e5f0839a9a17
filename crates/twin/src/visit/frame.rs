//! What is around every page.

use std::fmt::{Display, Write};

use http::{HeaderValue, StatusCode, header};

use super::Visit;
use crate::{
    Break,
    answer::{self, Answer, With},
    html::{Text, maybe},
    refusal::Refusal,
};

/// The tag of pages that never change.
const SAME: &str = "\"same\"";

/// About the length of a page with a full list, in bytes.
const PAGE_LENGTH: usize = 24 << 10;

impl Visit<'_> {
    /// A page: its header, and `main`, which is the element of that name.
    pub(super) fn page(&self, status: StatusCode, title: &str, main: impl Display) -> Answer {
        let style = match self.breaks(Break::NoStylesheet) {
            true => "",
            false => "<link rel=\"stylesheet\" href=\"/css/suwaru.css\">",
        };
        let mut html = String::with_capacity(PAGE_LENGTH);
        write!(
            html,
            r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} – Suwaru</title>
{style}
<script src="/js/suwaru.js" defer></script>
</head>
<body>
<header class="site">
<a class="brand" href="/"><img src="/img/logo.svg" alt=""> Suwaru</a>
<nav><a href="/recent/1">Recent</a>{navigation}</nav>
</header>
{main}
</body>
</html>
"#,
            title = Text(title),
            navigation = self.navigation(status.is_client_error()),
        )
        .expect("a string takes whatever is written");
        answer::page(status, html)
    }

    /// The part of the header that depends on who is logged in.
    fn navigation(&self, is_error: bool) -> impl Display {
        let logout = |csrf: &u128| {
            format!(
                r#"<form id="logout" method="post" action="/logout"><input type="hidden" name="csrf" value="{csrf:032x}"><button>Log out</button></form>"#
            )
        };
        let is_hidden = is_error && self.breaks(Break::AnonymousErrors);
        match self.viewer_with_csrf().filter(|_| !is_hidden) {
            None => r#"<a href="/login">Log in</a><a href="/signup">Sign up</a>"#.to_owned(),
            Some((me, csrf)) => format!(
                r#"<a href="/friends">Friends</a><a href="/footprints">Footprints</a><a class="me" href="/people/{}">{}</a>{}"#,
                me.name,
                Text(&me.nickname),
                maybe((!self.breaks(Break::NoLogoutForm)).then_some(csrf), logout),
            ),
        }
    }

    /// A page that says why not.
    pub(super) fn error_page(&self, refusal: &Refusal) -> Answer {
        let status = match self.breaks(Break::ErrorsAreFine) {
            true => StatusCode::OK,
            false => refusal.status(),
        };
        let sentence = self.sentence(refusal);
        let main = format!("<main><h1>{}</h1>{sentence}</main>", status.as_u16());
        self.page(status, "Sorry", main)
    }

    /// The sentence that says why not, as an element.
    pub(super) fn sentence(&self, refusal: &Refusal) -> String {
        let sentence = match () {
            () if self.breaks(Break::SilentErrors) => String::new(),
            () if self.breaks(Break::LongErrors) => refusal.to_string().repeat(20),
            () if self.breaks(Break::TechnicalErrors) => {
                format!("thread 'main' panicked at src/visit.rs:1:1: {refusal}")
            }
            () => refusal.to_string(),
        };
        let class = match self.breaks(Break::UnmarkedErrors) {
            true => "",
            false => "error",
        };
        format!(r#"<p class="{class}" role="alert">{}</p>"#, Text(&sentence))
    }

    /// Breaks the rules that all answers keep.
    pub(super) fn disfigure(&self, mut answer: Answer) -> Answer {
        let location = answer.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        if let Some(location) = location.filter(|_| self.breaks(Break::RedirectElsewhere)) {
            let elsewhere = format!("http://chairs.example{location}");
            answer = answer.with_text(header::LOCATION, &elsewhere);
        }
        if self.breaks(Break::RedirectAnyhow) && answer.status() == StatusCode::SEE_OTHER {
            *answer.status_mut() = StatusCode::FOUND;
        }
        if answer.status() == StatusCode::OK && answer.headers().contains_key(header::CONTENT_TYPE)
        {
            if self.breaks(Break::KeepPages) {
                answer = answer.with_text(header::CACHE_CONTROL, "max-age=60");
            }
            if self.breaks(Break::PagesNeverChange) {
                let is_known = self.request.text(header::IF_NONE_MATCH) == SAME;
                if is_known {
                    *answer.status_mut() = StatusCode::NOT_MODIFIED;
                    *answer.body_mut() = bytes::Bytes::new();
                }
                answer = answer.with_text(header::ETAG, SAME);
            }
        }
        if self.breaks(Break::PlainText) && answer.headers().contains_key(header::CONTENT_TYPE) {
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            answer = answer.with(header::CONTENT_TYPE, plain);
        }
        answer
    }
}
