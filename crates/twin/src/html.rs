//! The pieces that pages are put together from.

use std::fmt::{self, Display, Formatter, Write};

use jiff::Timestamp;

/// Text that people wrote, with whatever could be taken for HTML escaped.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(place) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..place])?;
            f.write_str(match rest.as_bytes()[place] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[place + 1..];
        }
        f.write_str(rest)
    }
}

/// A moment in milliseconds since 1970, as an element.
pub(crate) struct Time(pub(crate) i64);

impl Display for Time {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let moment = Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "<time datetime=\"{moment:.3}\"></time>")
    }
}

/// The UTC day of a moment in milliseconds since 1970: `YYYY-MM-DD`.
pub(crate) struct Day(pub(crate) i64);

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let moment = Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{}", moment.strftime("%Y-%m-%d"))
    }
}

/// How many characters of a text a list shows.
const EXCERPT: usize = 100;

/// The beginning of a text on one line, with `…` if there is more.
pub(crate) struct Excerpt<'a> {
    pub(crate) text: &'a str,
    /// Whether it is told that there is more.
    pub(crate) has_ellipsis: bool,
}

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = self.text.char_indices().nth(EXCERPT).map(|(end, _)| end);
        let mut lines = self.text[..end.unwrap_or(self.text.len())].split('\n');
        write!(f, "{}", Text(lines.next().unwrap_or_default()))?;
        for line in lines {
            write!(f, " {}", Text(line))?;
        }
        match end {
            Some(_) if self.has_ellipsis => f.write_char('…'),
            _ => Ok(()),
        }
    }
}

/// One after the other.
pub(crate) fn each<'a, T, D: Display>(
    items: &'a [T],
    show: impl Fn(&'a T) -> D + 'a,
) -> impl Display + 'a {
    fmt::from_fn(move |f| {
        items
            .iter()
            .try_for_each(|item| write!(f, "{}", show(item)))
    })
}

/// What is there, or nothing.
pub(crate) fn maybe<T, D: Display>(thing: Option<T>, show: impl Fn(&T) -> D) -> impl Display {
    fmt::from_fn(move |f| match &thing {
        Some(thing) => write!(f, "{}", show(thing)),
        None => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_nothing_lost() {
        let text = Text("<b>椅子</b> & \"it's\"").to_string();

        assert_eq!(text, "&lt;b&gt;椅子&lt;/b&gt; &amp; &quot;it&#39;s&quot;");
    }

    #[test]
    fn excerpts_are_one_line_of_a_hundred_characters() {
        let excerpt = |text: &str| {
            let has_ellipsis = true;
            Excerpt { text, has_ellipsis }.to_string()
        };
        let hundred = "椅".repeat(100);

        assert_eq!(excerpt("a\n\n<"), "a  &lt;");
        assert_eq!(excerpt(&hundred), hundred);
        assert_eq!(excerpt(&format!("{hundred}子")), format!("{hundred}…"));
    }

    #[test]
    fn times_have_milliseconds() {
        let time = Time(1_775_001_599_120).to_string();

        assert_eq!(time, "<time datetime=\"2026-03-31T23:59:59.120Z\"></time>");
        assert_eq!(Day(1_775_001_599_120).to_string(), "2026-03-31");
    }
}
