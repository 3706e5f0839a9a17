//! Forms and the limits of their fields.

use std::ops::RangeInclusive;

use bytes::Bytes;
use isutori_dataset::Visibility;
use jiff::civil::Date;

use crate::refusal::Refusal;

/// The fields of a form, decoded.
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<(String, Bytes)>,
}

impl Form {
    /// Reads the body of a form.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let fields = form_urlencoded::parse(body);
        let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned()));
        Form {
            fields: fields.collect(),
            files: Vec::new(),
        }
    }

    /// Reads the body of a form with files, which come between lines of `boundary`; nothing if it
    /// is none.
    pub(crate) fn parse_parts(body: &Bytes, boundary: &str) -> Option<Self> {
        let line = format!("--{boundary}");
        let mut form = Form::parse(b"");
        let mut rest = body.strip_prefix(line.as_bytes())?;
        let line = format!("\r\n{line}");
        while let Some(part) = rest.strip_prefix(b"\r\n") {
            let end = find(part, line.as_bytes())?;
            let head_end = find(part, b"\r\n\r\n").filter(|head_end| *head_end < end)?;
            let head = String::from_utf8_lossy(&part[..head_end]);
            let content = &part[head_end + 4..end];
            let parameter = |name: &str| {
                let (_, value) = head.split_once(&format!("; {name}=\""))?;
                value.split('"').next().map(str::to_owned)
            };
            let name = parameter("name")?;
            match parameter("filename") {
                Some(_) => form.files.push((name, body.slice_ref(content))),
                None => {
                    let value = String::from_utf8_lossy(content).into_owned();
                    form.fields.push((name, value));
                }
            }
            rest = &part[end + line.len()..];
        }
        rest.starts_with(b"--").then_some(form)
    }

    /// A file that was chosen.
    pub(crate) fn file(&self, name: &str) -> Option<&Bytes> {
        let mut files = self.files.iter();
        let (_, file) = files.find(|(field, _)| field == name)?;
        Some(file).filter(|file| !file.is_empty())
    }

    /// The same form as it is kept: line ends become LF, and white space at the ends goes.
    pub(crate) fn tidied(mut self) -> Self {
        for (_, value) in &mut self.fields {
            *value = value.trim().replace("\r\n", "\n").replace('\r', "\n");
        }
        self
    }

    /// The same form without the characters that no field may hold.
    pub(crate) fn without_nul(mut self) -> Self {
        for (_, value) in &mut self.fields {
            value.retain(|character| character != '\0');
        }
        self
    }

    /// A field, whatever it holds.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(field, _)| field == name)
            .map(|(_, value)| &**value)
    }

    /// A field that has to be there. U+0000 is in no field, not even in one that nobody asks for.
    pub(crate) fn field(&self, name: &'static str) -> Result<&str, Refusal> {
        match self.fields.iter().any(|(_, value)| value.contains('\0')) {
            true => Err(Refusal::field("form", "holds a NUL character")),
            false => self.get(name).ok_or(Refusal::field(name, "is missing")),
        }
    }

    /// A field of so many characters.
    pub(crate) fn text(
        &self,
        name: &'static str,
        limits: RangeInclusive<usize>,
    ) -> Result<String, Refusal> {
        let value = self.field(name)?;
        match limits.contains(&value.chars().count()) {
            true => Ok(value.to_owned()),
            false => Err(Refusal::field(name, "is too short or too long")),
        }
    }

    /// An account's name.
    pub(crate) fn account_name(&self) -> Result<String, Refusal> {
        let name = self.field("name")?;
        let is_allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let is_name = (3..=20).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(is_allowed);
        match is_name {
            true => Ok(name.to_owned()),
            false => Err(Refusal::field("name", "has other characters or length")),
        }
    }

    /// Empty, or a real date.
    pub(crate) fn birthday(&self) -> Result<String, Refusal> {
        let birthday = self.field("birthday")?;
        // The parser knows other ways to write a date, so that it is written again.
        let is_date = birthday
            .parse::<Date>()
            .is_ok_and(|date| date.to_string() == birthday);
        match birthday.is_empty() || (is_date && birthday.len() == "YYYY-MM-DD".len()) {
            true => Ok(birthday.to_owned()),
            false => Err(Refusal::field("birthday", "is no date")),
        }
    }

    /// Who shall see an entry.
    pub(crate) fn visibility(&self) -> Result<Visibility, Refusal> {
        match self.field("visibility")? {
            "public" => Ok(Visibility::Public),
            "friends" => Ok(Visibility::Friends),
            "private" => Ok(Visibility::Private),
            _ => Err(Refusal::field(
                "visibility",
                "is none of public, friends and private",
            )),
        }
    }
}

/// Where something begins for the first time.
fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> Form {
        Form::parse(body.as_bytes()).tidied()
    }

    #[test]
    fn fields_are_tidied_before_they_are_measured() {
        let form = form("title=+a%0D%0Ab+&body=%E6%A4%85%E6%A4%85");

        assert_eq!(form.text("title", 1..=3).ok().as_deref(), Some("a\nb"));
        assert_eq!(form.text("body", 1..=2).ok().as_deref(), Some("椅椅"));
        assert!(form.text("body", 3..=9).is_err());
        assert!(form.text("other", 0..=9).is_err());
    }

    #[test]
    fn birthdays_are_real_dates() {
        for (birthday, is_right) in [
            ("", true),
            ("2024-02-29", true),
            ("0001-01-01", true),
            ("2023-02-29", false),
            ("20240229", false),
            ("2024-2-29", false),
            ("-000001-01-01", false),
        ] {
            let form = form(&format!("birthday={birthday}"));
            assert_eq!(form.birthday().is_ok(), is_right, "{birthday}");
        }
    }

    #[test]
    fn files_come_between_lines() {
        let part = |head: &str, content: &str| {
            format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
        };
        let body = [
            part("name=\"title\"", "a\r\nb"),
            part("name=\"photo\"; filename=\"c.png\"", "\r\n--y"),
            part("name=\"other\"; filename=\"\"", ""),
        ];
        let whole = Bytes::from(format!("{}--x--\r\n", body.concat()));
        let form = Form::parse_parts(&whole, "x").expect("a form");

        assert_eq!(form.get("title"), Some("a\r\nb"));
        assert_eq!(
            form.file("photo").map(|file| &file[..]),
            Some(&b"\r\n--y"[..])
        );
        assert!(form.file("other").is_none());
        assert!(Form::parse_parts(&whole, "y").is_none());
        assert!(Form::parse_parts(&whole.slice(..whole.len() - 4), "x").is_none());
    }

    #[test]
    fn nul_is_in_no_field() {
        assert!(form("title=a%00b").field("title").is_err());
        assert!(form("title=a&other=%00").field("title").is_err());
    }
}
