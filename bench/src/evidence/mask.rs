//! Hides secrets: a run's folder is shown around, and sessions may live on.

use http::{
    HeaderMap,
    header::{AUTHORIZATION, COOKIE, HeaderName, SET_COOKIE},
};

use serde::Deserialize;

use crate::{actions::form::CSRF, observer::Exchange};

/// What stands in the place of a secret.
const MASK: &str = "…";
/// Fields of forms whose values are secret.
const SECRET_FIELDS: [&str; 2] = [CSRF, "password"];
/// A value shorter than this is no secret that could be told from other text.
const SHORTEST_SECRET: usize = 6;
/// A longer value is masked where it is expected, but not looked for elsewhere.
pub(super) const LONGEST_SECRET: usize = 4096;
/// So many values are looked for everywhere.
const MOST_SECRETS: usize = 64;

/// The cookie's values of `Cookie` and `Set-Cookie` are masked, their names and
/// attributes are not.
pub(super) fn mask_header(name: &HeaderName, value: &str) -> String {
    let pairs = match *name {
        AUTHORIZATION => return MASK.to_owned(),
        COOKIE => usize::MAX,
        SET_COOKIE => 1,
        _ => 0,
    };
    let parts = value.split(';').enumerate().map(|(n, part)| {
        let name = part.split('=').next().unwrap_or_default();
        match n < pairs {
            true => format!("{name}={MASK}"),
            false => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join(";")
}

/// Values that are secret wherever they stand.
#[derive(Default)]
pub(super) struct Secrets(Vec<String>);

/// The secrets of `POST /initialize`, and what differs between two runs: where services are.
#[derive(Deserialize)]
struct Instructions {
    organiser_token: String,
    #[serde(default)]
    services: String,
    #[serde(default)]
    services_token: String,
}

impl Secrets {
    /// Those that an exchange tells of.
    pub(super) fn of(exchange: &Exchange<'_>) -> Self {
        let mut secrets = Secrets::default();
        if let Some(guest) = exchange.guest {
            secrets.add(&guest.csrf());
        }
        secrets.add_cookies(exchange.headers, &COOKIE, usize::MAX);
        for header in exchange.headers.get_all(AUTHORIZATION) {
            let header = String::from_utf8_lossy(header.as_bytes());
            header.split(' ').for_each(|part| secrets.add(part));
        }
        if let Some(answer) = &exchange.answer {
            secrets.add_cookies(answer.headers, &SET_COOKIE, 1);
        }
        let body = exchange.body.unwrap_or_default();
        if let Ok(instructions) = serde_json::from_slice::<Instructions>(body) {
            let Instructions {
                organiser_token,
                services,
                services_token,
            } = instructions;
            for secret in [organiser_token, services, services_token] {
                secrets.add(&secret);
            }
        }
        let body = String::from_utf8_lossy(body);
        let fields = body.split('&').filter_map(|field| field.split_once('='));
        for (_, value) in fields.filter(|(name, _)| SECRET_FIELDS.contains(name)) {
            secrets.add(value);
        }
        for value in SECRET_FIELDS.iter().filter_map(|name| part_of(&body, name)) {
            secrets.add(value);
        }
        // One that is contained in another must not spoil that before it is found.
        secrets
            .0
            .sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
    }

    fn add_cookies(&mut self, headers: &HeaderMap, name: &HeaderName, pairs: usize) {
        for header in headers.get_all(name) {
            let header = String::from_utf8_lossy(header.as_bytes());
            let pairs = header.split(';').take(pairs);
            for (_, value) in pairs.filter_map(|pair| pair.split_once('=')) {
                self.add(value.trim());
            }
        }
    }

    fn add(&mut self, secret: &str) {
        let fits = (SHORTEST_SECRET..=LONGEST_SECRET).contains(&secret.len());
        if fits && self.0.len() < MOST_SECRETS && !self.0.iter().any(|known| known == secret) {
            self.0.push(secret.to_owned());
        }
    }

    /// A text without them, and without the values of secret fields of a form,
    /// be it encoded or HTML.
    pub(super) fn mask(&self, text: &str) -> String {
        let masked = mask_fields(&mask_inputs(text));
        self.0
            .iter()
            .fold(masked, |text, secret| text.replace(secret, MASK))
    }
}

/// A field of `multipart/form-data`.
fn part_of<'b>(body: &'b str, name: &str) -> Option<&'b str> {
    let (_, rest) = body.split_once(&format!("; name=\"{name}\"\r\n\r\n"))?;
    rest.split("\r\n").next()
}

/// An encoded form: `name=value` between `&`.
fn mask_fields(text: &str) -> String {
    let fields = text.split('&').map(|field| {
        let secret = SECRET_FIELDS.iter().find(|name| {
            let value = field.strip_prefix(**name);
            value.is_some_and(|value| value.starts_with('='))
        });
        match secret {
            Some(name) => format!("{name}={MASK}"),
            None => field.to_owned(),
        }
    });
    fields.collect::<Vec<_>>().join("&")
}

/// HTML: the value of each `input` with a secret name.
fn mask_inputs(html: &str) -> String {
    let mut masked = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(begin) = find_input(rest) {
        let (before, tag) = rest.split_at(begin);
        masked.push_str(before);
        let attributes = Attributes::read(tag);
        match attributes.secret_value {
            Some((from, to)) => {
                masked.push_str(&tag[..from]);
                masked.push_str(MASK);
                masked.push_str(&tag[to..attributes.end]);
            }
            None => masked.push_str(&tag[..attributes.end]),
        }
        rest = &tag[attributes.end..];
    }
    masked + rest
}

const INPUT: &[u8] = b"<input";

fn find_input(html: &str) -> Option<usize> {
    let mut windows = html.as_bytes().windows(INPUT.len());
    windows.position(|window| window.eq_ignore_ascii_case(INPUT))
}

/// What is to be known of an `input`'s attributes; places are bytes from `<`.
struct Attributes {
    /// Where the value lies, if the name is a secret one.
    secret_value: Option<(usize, usize)>,
    /// Behind the tag.
    end: usize,
}

impl Attributes {
    /// Reads a tag as browsers do, whatever is in it; a tag that does not end
    /// goes on to the end of the text.
    fn read(tag: &str) -> Self {
        let bytes = tag.as_bytes();
        let find = |from: usize, ends: &dyn Fn(u8) -> bool| {
            let found = bytes[from..].iter().position(|byte| ends(*byte));
            found.map_or(bytes.len(), |found| from + found)
        };
        let (mut is_secret, mut value) = (false, None);
        let mut at = INPUT.len();
        loop {
            at = find(at, &|byte| !is_space(byte) && byte != b'/');
            if at == bytes.len() || bytes[at] == b'>' {
                break;
            }
            let name_end = find(at + 1, &|byte| is_space(byte) || b"=/>".contains(&byte));
            let name = &tag[at..name_end];
            at = find(name_end, &|byte| !is_space(byte));
            if bytes.get(at) != Some(&b'=') {
                continue;
            }
            let begin = find(at + 1, &|byte| !is_space(byte));
            let (from, to) = match bytes.get(begin) {
                Some(quote @ (b'"' | b'\'')) => {
                    (begin + 1, find(begin + 1, &|byte| byte == *quote))
                }
                _ => (begin, find(begin, &|byte| is_space(byte) || byte == b'>')),
            };
            at = to + usize::from(from > begin && to < bytes.len());
            if name.eq_ignore_ascii_case("value") {
                value.get_or_insert((from, to));
            } else if name.eq_ignore_ascii_case("name") {
                is_secret |= SECRET_FIELDS.contains(&&tag[from..to]);
            }
        }
        Attributes {
            secret_value: value.filter(|_| is_secret),
            end: at,
        }
    }
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_cookies_are_masked_and_their_attributes_are_not() {
        assert_eq!(mask_header(&COOKIE, "a=1; b=2"), "a=…; b=…");
        let set = mask_header(&SET_COOKIE, "a=1=2; Path=/; HttpOnly");
        assert_eq!(set, "a=…; Path=/; HttpOnly");
        let other = HeaderName::from_static("date");
        assert_eq!(mask_header(&other, "a=1; b=2"), "a=1; b=2");
    }

    #[test]
    fn secret_fields_of_forms_are_masked() {
        let secrets = Secrets::default();
        let form = "name=aoi&password=+x%20y+&csrf=abc";
        assert_eq!(secrets.mask(form), "name=aoi&password=…&csrf=…");
        for (html, masked) in [
            (
                r#"<input type="hidden" name="csrf" value="abc"><b>x</b>"#,
                r#"<input type="hidden" name="csrf" value="…"><b>x</b>"#,
            ),
            (
                "椅<INPUT value='a>b' title=\">\" NAME = csrf/ >子",
                "椅<INPUT value='a>b' title=\">\" NAME = csrf/ >子",
            ),
            (
                "<INPUT value='a>b' title=\">\" NAME = csrf >子",
                "<INPUT value='…' title=\">\" NAME = csrf >子",
            ),
            ("<input name=csrf value=abc>", "<input name=csrf value=…>"),
            ("<input name=csrf value='abc", "<input name=csrf value='…"),
            ("<input name=body value=abc>", "<input name=body value=abc>"),
            ("<input", "<input"),
            ("<input name=csrf value", "<input name=csrf value"),
            (
                "<input = /name='csrf'value=1",
                "<input = /name='csrf'value=…",
            ),
        ] {
            assert_eq!(secrets.mask(html), masked, "{html}");
        }
    }

    #[test]
    fn what_is_secret_is_masked_wherever_it_stands() {
        let mut secrets = Secrets::default();
        for secret in ["abcdef", "abc", "xyzxyz"] {
            secrets.add(secret);
        }
        assert_eq!(secrets.mask("abc /abcdef/ xyzxyzxyzxyz"), "abc /…/ ……");
    }
}
