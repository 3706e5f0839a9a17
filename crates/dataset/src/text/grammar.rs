//! A grammar: patterns of sentences with slots, and words to fill the slots with.

use crate::draws::Draws;
use crate::permutation::Permutation;

/// The tables of one language. In a pattern, `{chair}` is replaced by a word drawn from
/// [`Words::chairs`], and `{^chair}` by the same with a capital letter.
pub(super) struct Grammar {
    pub(super) titles: &'static [&'static str],
    /// What an entry begins with.
    pub(super) openings: &'static [&'static str],
    pub(super) sentences: &'static [&'static str],
    /// Sentences with characters that need escaping, or emoji.
    pub(super) oddities: &'static [&'static str],
    pub(super) comments: &'static [&'static str],
    pub(super) introductions: &'static [&'static str],
    pub(super) words: Words,
    /// What stands between two sentences of a paragraph.
    pub(super) space: &'static str,
}

/// The words of one language, a table for each slot.
pub(super) struct Words {
    pub(super) chairs: &'static [&'static str],
    pub(super) places: &'static [&'static str],
    pub(super) people: &'static [&'static str],
    pub(super) times: &'static [&'static str],
    pub(super) hours: &'static [&'static str],
    pub(super) woods: &'static [&'static str],
    pub(super) parts: &'static [&'static str],
    pub(super) drinks: &'static [&'static str],
    pub(super) foods: &'static [&'static str],
    pub(super) looks: &'static [&'static str],
    pub(super) feelings: &'static [&'static str],
    pub(super) things: &'static [&'static str],
    pub(super) weathers: &'static [&'static str],
    pub(super) numbers: &'static [&'static str],
    pub(super) colours: &'static [&'static str],
}

impl Words {
    /// The table of words for a slot; empty for an unknown slot.
    fn of(&self, slot: &str) -> &'static [&'static str] {
        match slot {
            "chair" => self.chairs,
            "place" => self.places,
            "person" => self.people,
            "time" => self.times,
            "hour" => self.hours,
            "wood" => self.woods,
            "part" => self.parts,
            "drink" => self.drinks,
            "food" => self.foods,
            "look" => self.looks,
            "feeling" => self.feelings,
            "thing" => self.things,
            "weather" => self.weathers,
            "number" => self.numbers,
            "colour" => self.colours,
            _ => &[],
        }
    }
}

/// One sentence in this many is an oddity.
const ODDITY: u64 = 24;

impl Grammar {
    /// Appends `pattern` to `text` with all slots filled.
    pub(super) fn write(&self, pattern: &str, text: &mut String, draws: &mut Draws) {
        let mut rest = pattern;
        while let Some((before, slot_and_after)) = rest.split_once('{') {
            let (slot, after) = slot_and_after
                .split_once('}')
                .expect("a test has seen that every slot is closed");
            text.push_str(before);
            self.write_word(slot, text, draws);
            rest = after;
        }
        text.push_str(rest);
    }

    fn write_word(&self, slot: &str, text: &mut String, draws: &mut Draws) {
        let start = text.len();
        let lower_case = slot.trim_start_matches('^');
        text.push_str(draws.pick(self.words.of(lower_case)));
        if lower_case != slot {
            text[start..=start].make_ascii_uppercase();
        }
    }

    /// One line of that many different sentences.
    pub(super) fn line(&self, patterns: &[&str], sentences: u64, draws: &mut Draws) -> String {
        let mut text = String::new();
        let order = Permutation::new(patterns.len() as u64, draws.clone());
        for sentence in 0..sentences {
            if sentence > 0 {
                text.push_str(self.space);
            }
            let pattern = patterns[order.apply(sentence % patterns.len() as u64) as usize];
            self.write(pattern, &mut text, draws);
        }
        text
    }

    /// Markdown: paragraphs, lists and quotes of two to five sentences; no pattern comes again
    /// before all have been used.
    pub(super) fn paragraphs(&self, sentences: u64, draws: &mut Draws) -> String {
        let mut text = String::with_capacity(128 * sentences as usize);
        self.write(draws.pick(self.openings), &mut text, draws);
        let order = Permutation::new(self.sentences.len() as u64, draws.clone());
        let mut left_in_paragraph = draws.within(1..=4);
        let mut block = Block::Paragraph;
        for sentence in 1..sentences {
            if left_in_paragraph == 0 {
                text.push_str("\n\n");
                left_in_paragraph = draws.within(2..=5);
                block = Block::draw(draws);
                text.push_str(block.marker());
            } else if block.has_lines() {
                text.push('\n');
                text.push_str(block.marker());
            } else {
                text.push_str(self.space);
            }
            left_in_paragraph -= 1;
            let pattern = if draws.chance(1, ODDITY) {
                draws.pick(self.oddities)
            } else {
                self.sentences[order.apply(sentence % self.sentences.len() as u64) as usize]
            };
            let (before, after) = match block.has_lines() {
                true => *draws.pick(EMPHASES),
                false => ("", ""),
            };
            text.push_str(before);
            self.write(pattern, &mut text, draws);
            text.push_str(after);
        }
        text
    }
}

/// A block of Markdown, made of sentences.
#[derive(Clone, Copy)]
enum Block {
    Paragraph,
    List,
    NumberedList,
    Quote,
}

/// What may stand around a sentence that has a line of its own. Within a paragraph it would not
/// always be understood: the languages that need no spaces leave none around it.
const EMPHASES: &[&(&str, &str)] = &[
    &("", ""),
    &("", ""),
    &("", ""),
    &("", ""),
    &("**", "**"),
    &("*", "*"),
    &("[", "](/recent/1)"),
    &("[", "](https://chairs.example/)"),
];

impl Block {
    fn draw(draws: &mut Draws) -> Block {
        match draws.below(8) {
            0 => Block::List,
            1 => Block::NumberedList,
            2 => Block::Quote,
            _ => Block::Paragraph,
        }
    }

    /// Whether every sentence begins a line.
    fn has_lines(self) -> bool {
        !matches!(self, Block::Paragraph)
    }

    /// What a line begins with.
    fn marker(self) -> &'static str {
        match self {
            Block::Paragraph => "",
            Block::List => "- ",
            Block::NumberedList => "1. ",
            Block::Quote => "> ",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::{english, japanese};
    use super::*;

    fn assert_slots_have_words(grammar: &Grammar, pattern: &str) {
        assert_eq!(
            pattern.matches('{').count(),
            pattern.matches('}').count(),
            "{pattern:?}"
        );
        for slot in pattern.split('{').skip(1) {
            let (slot, _) = slot.split_once('}').expect("a closed slot");
            let words = grammar.words.of(slot.trim_start_matches('^'));
            assert!(
                !words.is_empty(),
                "there are no words for {slot:?} in {pattern:?}"
            );
            assert!(words.iter().all(|word| !word.contains('{')));
            if slot.starts_with('^') {
                assert!(words.iter().all(|word| word.is_char_boundary(1)));
            }
        }
    }

    #[test]
    fn every_slot_has_words_and_no_pattern_is_there_twice() {
        for grammar in [&japanese::GRAMMAR, &english::GRAMMAR] {
            for patterns in [
                grammar.titles,
                grammar.openings,
                grammar.sentences,
                grammar.oddities,
                grammar.comments,
                grammar.introductions,
            ] {
                let distinct: HashSet<_> = patterns.iter().collect();
                assert_eq!(distinct.len(), patterns.len());
                for pattern in patterns {
                    assert_slots_have_words(grammar, pattern);
                }
            }
        }
    }
}
