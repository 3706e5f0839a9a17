//! Which teams somebody keeps in view: it is in the address, so that it needs no script and can be
//! handed on.

use std::collections::BTreeSet;

use axum::http::Uri;

/// So many teams can be pinned in an address.
const MOST: usize = 50;

/// So many places a big screen shows unless it is told otherwise.
const TOP_OF_SCREEN: usize = 20;

/// Which teams somebody keeps in view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pins {
    /// Shown in any case, and highlighted.
    pub(crate) pinned: BTreeSet<i64>,
    /// So many others are shown, from the first place on; all of them when it is not said.
    pub(crate) top: Option<usize>,
}

impl Pins {
    /// What an address says: `?pin=3&pin=5&top=10`. One that is toggled is pinned when it is not,
    /// and the other way round.
    pub(crate) fn of(uri: &Uri) -> Pins {
        let query = uri.query().unwrap_or_default();
        let mut pins = Pins::default();
        let mut toggled = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "pin" => pins.pinned.extend(value.parse::<i64>()),
                "toggle" => toggled = value.parse::<i64>().ok(),
                "top" => pins.top = value.parse().ok().filter(|top| *top > 0),
                _ => {}
            }
        }
        if let Some(team) = toggled
            && !pins.pinned.remove(&team)
        {
            pins.pinned.insert(team);
        }
        while pins.pinned.len() > MOST {
            pins.pinned.pop_last();
        }
        pins
    }

    /// The same on a big screen.
    pub(crate) fn on_screen(self) -> Pins {
        Pins {
            top: self.top.or(Some(TOP_OF_SCREEN)),
            ..self
        }
    }

    /// Whether nothing is said.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Pins::default()
    }

    /// The same with so many places.
    pub(crate) fn with_top(&self, top: usize) -> Pins {
        Pins {
            top: Some(top),
            ..self.clone()
        }
    }

    /// What an address says about it, without a question mark.
    pub(crate) fn query(&self) -> String {
        let pins = self.pinned.iter().map(|team| format!("pin={team}"));
        let top = self.top.map(|top| format!("top={top}"));
        pins.chain(top).collect::<Vec<String>>().join("&")
    }

    /// The numbers of the teams, for the script.
    pub(super) fn numbers(&self) -> String {
        let numbers = self.pinned.iter().map(i64::to_string);
        numbers.collect::<Vec<String>>().join(" ")
    }

    /// The classes of a row at this place, counted from 0.
    pub(super) fn classes(&self, team: i64, index: usize, is_own: bool) -> &'static str {
        let is_pinned = self.pinned.contains(&team);
        match (is_own, is_pinned) {
            (true, true) => "own pinned",
            (true, false) => "own",
            (false, true) => "pinned",
            (false, false) if self.top.is_some_and(|top| index >= top) => "left",
            (false, false) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pins(query: &str) -> Pins {
        Pins::of(&format!("/{query}").parse().expect("an address"))
    }

    #[test]
    fn an_address_says_what_is_pinned() {
        assert!(pins("").is_empty());
        let pinned = "?pin=5&x=1&pin=3&pin=no&top=10";
        assert_eq!(pins(pinned).query(), "pin=3&pin=5&top=10");
        let toggled = |team: i64| pins(&format!("{pinned}&toggle={team}")).query();
        assert_eq!(toggled(3), "pin=5&top=10");
        assert_eq!(toggled(4), "pin=3&pin=4&pin=5&top=10");
        assert_eq!(pins("?top=0").top, None);
        assert_eq!(pins("?pin=7").on_screen().top, Some(TOP_OF_SCREEN));
        assert_eq!(pins("?top=3").on_screen().top, Some(3));
        let many: Vec<String> = (0..99).map(|team| format!("pin={team}")).collect();
        assert_eq!(pins(&format!("?{}", many.join("&"))).pinned.len(), MOST);
    }

    #[test]
    fn who_stands_too_low_is_left_out_unless_pinned() {
        let pins = pins("?pin=7&top=2");
        assert_eq!(pins.classes(1, 1, false), "");
        assert_eq!(pins.classes(1, 2, false), "left");
        assert_eq!(pins.classes(1, 2, true), "own");
        assert_eq!(pins.classes(7, 9, false), "pinned");
        assert_eq!(pins.classes(7, 9, true), "own pinned");
    }
}
