//! Texts about chairs and daily life, in Japanese and English, put together from tables of
//! words and sentences.
//!
//! All texts keep the limits of the contract, have no white space at their ends and no line ends
//! but LF. Some hold characters that need escaping in HTML or SQL, some hold emoji.
//!
//! The functions of this module draw the language, too; [`Language`] has the same for a known
//! one, as a person of the data keeps to one language.

mod english;
mod grammar;
mod japanese;

use crate::draws::Draws;
use grammar::Grammar;

/// A language that people write in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Japanese, in kana and kanji.
    Japanese,
    /// English.
    English,
}

/// A title of an entry: one line of 1 to 100 characters.
pub fn title(draws: &mut Draws) -> String {
    Language::draw(draws).title(draws)
}

/// The body of an entry: paragraphs with an empty line between, 1 to 20,000 characters.
pub fn entry_body(draws: &mut Draws) -> String {
    Language::draw(draws).entry_body(draws)
}

/// The body of a comment: one line of 1 to 1,000 characters.
pub fn comment(draws: &mut Draws) -> String {
    Language::draw(draws).comment(draws)
}

/// What a person says about themselves: one line of 0 to 500 characters.
pub fn introduction(draws: &mut Draws) -> String {
    Language::draw(draws).introduction(draws)
}

impl Language {
    /// One of the languages.
    pub fn draw(draws: &mut Draws) -> Language {
        if draws.chance(1, 2) {
            Language::Japanese
        } else {
            Language::English
        }
    }

    /// Like [`title()`], in this language.
    pub fn title(self, draws: &mut Draws) -> String {
        let mut text = String::new();
        let grammar = self.grammar();
        grammar.write(draws.pick(grammar.titles), &mut text, draws);
        text
    }

    /// Like [`entry_body()`], in this language.
    pub fn entry_body(self, draws: &mut Draws) -> String {
        let sentences = match draws.below(16) {
            0 => draws.within(1..=3),
            1 => draws.within(50..=110),
            _ => draws.within(12..=36),
        };
        self.grammar().paragraphs(sentences, draws)
    }

    /// Like [`comment()`], in this language.
    pub fn comment(self, draws: &mut Draws) -> String {
        let grammar = self.grammar();
        let sentences = draws.within(1..=3);
        grammar.line(grammar.comments, sentences, draws)
    }

    /// Like [`introduction()`], in this language. One in eight is empty.
    pub fn introduction(self, draws: &mut Draws) -> String {
        let grammar = self.grammar();
        let sentences = if draws.chance(1, 8) {
            0
        } else {
            draws.within(1..=4)
        };
        grammar.line(grammar.introductions, sentences, draws)
    }

    fn grammar(self) -> &'static Grammar {
        match self {
            Language::Japanese => &japanese::GRAMMAR,
            Language::English => &english::GRAMMAR,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn draw_many(text: impl Fn(&mut Draws) -> String) -> Vec<String> {
        (0..20_000)
            .map(|id| text(&mut Draws::new(1, Draws::FIRST_FREE_DOMAIN, id)))
            .collect()
    }

    fn assert_within(texts: &[String], limit: std::ops::RangeInclusive<usize>) {
        for text in texts {
            assert!(
                limit.contains(&text.chars().count()),
                "too short or too long: {text}"
            );
            assert_eq!(text, text.trim());
            assert!(!text.contains(['\r', '\0', '{', '}']), "unclean: {text}");
        }
    }

    #[test]
    fn texts_keep_the_limits() {
        assert_within(&draw_many(title), 1..=100);
        assert_within(&draw_many(entry_body), 1..=20_000);
        assert_within(&draw_many(comment), 1..=1_000);
        assert_within(&draw_many(introduction), 0..=500);
    }

    #[test]
    fn only_bodies_have_several_lines() {
        for texts in [
            draw_many(title),
            draw_many(comment),
            draw_many(introduction),
        ] {
            assert!(texts.iter().all(|text| !text.contains('\n')));
        }
        assert!(
            draw_many(entry_body)
                .iter()
                .any(|text| text.contains("\n\n"))
        );
    }

    #[test]
    fn bodies_never_and_titles_rarely_coincide() {
        let distinct = |texts: Vec<String>| texts.into_iter().collect::<HashSet<_>>().len();
        assert!(distinct(draw_many(entry_body)) > 19_900);
        assert!(distinct(draw_many(title)) > 18_000);
    }

    #[test]
    fn awkward_characters_occur() {
        for texts in [draw_many(entry_body), draw_many(comment), draw_many(title)] {
            for awkward in ["<", "&", "\"", "'", "🪑", "\\"] {
                assert!(
                    texts.iter().any(|text| text.contains(awkward)),
                    "{awkward} is missing"
                );
            }
        }
    }
}
