//! Character references such as `&amp;` and `&#39;`.

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
        for (text, c, length) in [
            ("&lt;b", '<', 4),
            ("&#39;c", '\'', 5),
            ("&#x27;", '\'', 6),
            ("& &amp;", '&', 1),
            ("&amp;amp;", '&', 5),
            ("&#26885;", '椅', 8),
            ("&#32;", ' ', 5),
            ("&#99;", 'c', 5),
            ("&#x20;", ' ', 6),
        ] {
            assert_eq!(first(text.as_bytes()), Some((c, length)), "{text}");
        }
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
