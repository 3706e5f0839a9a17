//! Character references such as `&amp;` and `&#39;`.

use std::borrow::Cow;

use memchr::memchr;

use super::bytes::find;

/// The named references that pages commonly hold. Others are left to the
/// strict reader, which knows all two thousand.
const NAMED: [(&str, char); 16] = [
    ("amp;", '&'),
    ("lt;", '<'),
    ("gt;", '>'),
    ("quot;", '"'),
    ("apos;", '\''),
    ("nbsp;", '\u{a0}'),
    ("copy;", '©'),
    ("hellip;", '…'),
    ("larr;", '←'),
    ("laquo;", '«'),
    ("mdash;", '—'),
    ("middot;", '·'),
    ("ndash;", '–'),
    ("raquo;", '»'),
    ("rarr;", '→'),
    ("times;", '×'),
];

/// A number with more digits than this is none that a server writes.
const MOST_DIGITS: usize = 7;

/// What the `&` that `text` begins with stands for, and how many bytes it
/// takes; none where the standard has something special to say.
#[inline]
pub(super) fn first(text: &[u8]) -> Option<(char, usize)> {
    let rest = text.strip_prefix(b"&")?;
    match rest {
        // Servers mostly escape five signs, whose numbers have two digits.
        [b'#', tens @ b'3'..=b'9', ones @ b'0'..=b'9', b';', ..] => {
            let value = 10 * (tens - b'0') + (ones - b'0');
            (value >= b' ').then_some((char::from(value), 5))
        }
        _ => longer(rest),
    }
}

/// The same behind the `&`.
#[inline(never)]
fn longer(rest: &[u8]) -> Option<(char, usize)> {
    match rest.first() {
        Some(b'#') => numeric(&rest[1..]).map(|(c, length)| (c, length + 2)),
        Some(byte) if byte.is_ascii_alphanumeric() => NAMED
            .iter()
            .find(|(name, _)| rest.starts_with(name.as_bytes()))
            .map(|(name, c)| (*c, name.len() + 1)),
        _ => Some(('&', 1)),
    }
}

/// Adds `text` to `decoded`, each reference replaced by its character.
/// `text` has been checked by [`first`] before.
pub(super) fn decode_into(decoded: &mut String, mut text: &str) {
    while let Some(at) = find(text.as_bytes(), b'&') {
        decoded.push_str(&text[..at]);
        text = &text[at..];
        let (c, length) = first(text.as_bytes()).unwrap_or(('&', 1));
        decoded.push(c);
        text = &text[length..];
    }
    decoded.push_str(text);
}

/// `text` with each reference replaced by its character.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    decode_into(&mut decoded, text);
    Cow::Owned(decoded)
}

/// Reads what follows `&#`.
fn numeric(text: &[u8]) -> Option<(char, usize)> {
    let (radix, prefix) = match text.first()? {
        b'x' | b'X' => (16, 1),
        _ => (10, 0),
    };
    let mut value = 0;
    for (place, byte) in text.iter().skip(prefix).take(MOST_DIGITS + 1).enumerate() {
        match char::from(*byte).to_digit(radix) {
            Some(digit) => value = value * radix + digit,
            None if *byte == b';' && place > 0 => {
                let c = char::from_u32(value)?;
                // The standard maps C1 controls to other characters and drops NUL.
                return (!c.is_control()).then_some((c, prefix + place + 1));
            }
            None => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters() {
        assert_eq!(
            decode("a &lt;b&gt; &#39;c&#x27; & &amp;amp; &#26885;"),
            "a <b> 'c' & &amp; 椅"
        );
        assert_eq!(decode("&#32;&#99;&#100;&#x20;"), " cd ");
        assert!(matches!(decode("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn special_cases_are_refused() {
        for special in [
            "&amp",
            "&bogus;",
            "&notit;",
            "&#;",
            "&#x;",
            "&#0;",
            "&#10;",
            "&#31;",
            "&#128;",
            "&#xD800;",
            "&#39",
            "&#99999999;",
        ] {
            assert_eq!(first(special.as_bytes()), None, "{special}");
        }
    }
}
