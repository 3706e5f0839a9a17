//! How somebody wants to see the leaderboard: it is in the address, so that it needs no script and
//! can be handed on.

use std::collections::BTreeSet;

use axum::http::Uri;

use crate::standings::Standing;

/// So many teams can be pinned in an address.
const MOST_PINNED: usize = 50;

/// So many places a screen shows unless it is told otherwise.
const SCREEN_TOP: usize = 20;

/// How somebody wants to see the leaderboard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Teams that are shown in any case, and highlighted.
    pub(crate) pinned: BTreeSet<i64>,
    /// So many others are shown, from the first place on; all of them when it is not said.
    pub(crate) top: Option<usize>,
    /// For a big screen: the staff's pins count too, and nobody follows a link.
    pub(crate) is_screen: bool,
}

impl View {
    /// What an address says: `?pin=3&pin=5&top=10`.
    pub(crate) fn of(uri: &Uri) -> View {
        let query = uri.query().unwrap_or_default();
        let mut view = View::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "pin" => view.pinned.extend(value.parse::<i64>()),
                "top" => view.top = value.parse().ok().filter(|top| *top > 0),
                _ => {}
            }
        }
        while view.pinned.len() > MOST_PINNED {
            view.pinned.pop_last();
        }
        view
    }

    /// The same on a big screen.
    pub(crate) fn on_screen(self) -> View {
        View {
            top: self.top.or(Some(SCREEN_TOP)),
            is_screen: true,
            ..self
        }
    }

    /// Whether a team is shown in any case.
    pub(crate) fn pins(&self, team: &Standing) -> bool {
        (self.is_screen && team.is_pinned) || self.pinned.contains(&team.team)
    }

    /// What an address says about it, from the question mark on.
    pub(crate) fn query(&self) -> String {
        let pins = self.pinned.iter().map(|team| format!("pin={team}"));
        let top = self.top.map(|top| format!("top={top}"));
        let words: Vec<String> = pins.chain(top).collect();
        match words.is_empty() {
            true => String::new(),
            false => format!("?{}", words.join("&")),
        }
    }

    /// Where the leaderboard is with this team pinned, or pinned no more.
    pub(crate) fn toggled(&self, team: i64) -> String {
        let mut view = self.clone();
        if !view.pinned.remove(&team) {
            view.pinned.insert(team);
        }
        format!("/{}", view.query())
    }

    /// Where the leaderboard is with so many places.
    pub(crate) fn with_top(&self, top: usize) -> String {
        let view = View {
            top: Some(top),
            ..self.clone()
        };
        format!("/{}", view.query())
    }

    /// Where the piece of HTML is that changes; a screen is all of it.
    pub(crate) fn part(&self) -> String {
        match self.is_screen {
            true => String::new(),
            false => format!("/board{}", self.query()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(query: &str) -> View {
        View::of(&format!("/{query}").parse().expect("an address"))
    }

    #[test]
    fn an_address_says_what_is_pinned() {
        assert_eq!(view(""), View::default());
        let pinned = view("?pin=5&x=1&pin=3&pin=no&top=10");
        assert_eq!(pinned.query(), "?pin=3&pin=5&top=10");
        assert_eq!(pinned.toggled(3), "/?pin=5&top=10");
        assert_eq!(pinned.toggled(4), "/?pin=3&pin=4&pin=5&top=10");
        assert_eq!(view("?pin=7").toggled(7), "/");
        assert_eq!(view("?top=0").top, None);
        assert_eq!(view("?pin=7").on_screen().top, Some(SCREEN_TOP));
        assert_eq!(view("?top=3").on_screen().top, Some(3));
    }

    #[test]
    fn nobody_pins_without_end() {
        let many: Vec<String> = (0..99).map(|team| format!("pin={team}")).collect();
        assert_eq!(
            view(&format!("?{}", many.join("&"))).pinned.len(),
            MOST_PINNED
        );
    }
}
