//! What people write during a run.

use isutori_dataset::{Draws, Visibility, text};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    model::{entries::EntryDraft, people::Profile},
    pictures::Gallery,
};

fn draws(luck: &mut ChaCha8Rng) -> Draws {
    Draws::new(luck.random(), Draws::FIRST_FREE_DOMAIN, luck.random())
}

/// An entry; seven in ten are public, two for friends, one private. One in four has a photo.
pub fn entry(luck: &mut ChaCha8Rng) -> EntryDraft {
    let visibility = match luck.random_range(0..10) {
        0..7 => Visibility::Public,
        7..9 => Visibility::Friends,
        _ => Visibility::Private,
    };
    let photo = luck.random_bool(0.25).then(|| Gallery::photo(luck));
    let mut draws = draws(luck);
    EntryDraft {
        title: text::title(&mut draws),
        body: text::entry_body(&mut draws),
        visibility,
        photo,
    }
}

/// A text with more at its end, so that it has exactly so many characters. Those that fill it up
/// have four bytes in UTF-8 and two units in UTF-16.
pub fn filled(text: &str, characters: usize) -> String {
    let rest = characters.saturating_sub(text.chars().count());
    format!("{text}{}", "🪑".repeat(rest))
}

/// A comment.
pub fn comment(luck: &mut ChaCha8Rng) -> String {
    text::comment(&mut draws(luck))
}

/// An edited profile.
pub fn profile(luck: &mut ChaCha8Rng, nickname: &str) -> Profile {
    let year = luck.random_range(1950..2010);
    let (month, day) = (luck.random_range(1..=12), luck.random_range(1..=28));
    Profile {
        nickname: nickname.to_owned(),
        introduction: text::introduction(&mut draws(luck)),
        birthday: format!("{year:04}-{month:02}-{day:02}"),
    }
}

/// An account name that looks like the others and that nobody has.
pub fn account_name(luck: &mut ChaCha8Rng, taken: impl Fn(&str) -> bool) -> String {
    const FIRST: [&str; 12] = [
        "aoi", "hina", "ren", "yuto", "mei", "sora", "emma", "leo", "nina", "paul", "clara", "hugo",
    ];
    loop {
        let first = FIRST[luck.random_range(0..FIRST.len())];
        let name = format!("{first}_{}", luck.random_range(1000..100_000_000));
        if !taken(&name) {
            return name;
        }
    }
}

/// An account name as short as can be, that nobody has.
pub fn short_name(luck: &mut ChaCha8Rng, taken: impl Fn(&str) -> bool) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
    loop {
        let name: String = (0..3)
            .map(|_| char::from(LETTERS[luck.random_range(0..LETTERS.len())]))
            .collect();
        if !taken(&name) {
            return name;
        }
    }
}

/// A nickname.
pub fn nickname(luck: &mut ChaCha8Rng) -> String {
    const WORDS: [&str; 12] = [
        "椅子好き",
        "ざぶとん",
        "Rocking",
        "ソファ",
        "Stool & Co",
        "木の椅子",
        "縁側",
        "Windsor",
        "ベンチ",
        "<Sit>",
        "安楽椅子",
        "Chaise",
    ];
    let word = WORDS[luck.random_range(0..WORDS.len())];
    format!("{word}{}", luck.random_range(1..1000))
}

/// A password.
pub fn password(luck: &mut ChaCha8Rng) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let length = luck.random_range(10..=16);
    (0..length)
        .map(|_| char::from(LETTERS[luck.random_range(0..LETTERS.len())]))
        .collect()
}
