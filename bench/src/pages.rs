//! Suwaru's pages as typed values: what the contract's markup says, read from
//! HTML and not yet judged.

pub mod diary;
pub mod entry;
pub mod error;
pub mod footprints;
pub mod form;
pub mod friends;
pub mod home;
pub mod listed;
pub mod panel;
pub mod profile;
pub mod timeline;

use isutori_engine::{
    document::{Document, Element},
    exchange::Response,
    failure::Failure,
    target::Target,
};

pub use self::{
    diary::ListPage,
    entry::EntryPage,
    error::ErrorPage,
    footprints::FootprintsPage,
    form::{LoginPage, SignupPage},
    friends::FriendsPage,
    home::HomePage,
    listed::{ListedComment, ListedEntry, ListedFootprint, PersonLink},
    panel::{Panel, Tile},
    profile::ProfilePage,
    timeline::{Timeline, ToldEntry},
};

/// What all pages have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The logged-in person, as the header shows it.
    pub me: Option<PersonLink>,
    /// The token of the logout form.
    pub logout_csrf: Option<String>,
    /// Paths of style sheets, scripts and images, on this site.
    pub assets: Vec<String>,
}

/// Where an image comes from, with its query: a path, if it is on this site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSource(pub String);

impl ImageSource {
    fn read(image: Element<'_>) -> Result<Self, Failure> {
        Ok(ImageSource(image.required("src")?.to_owned()))
    }
}

/// A page that can be read from a document.
pub trait Page: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What is missing or malformed, class wrong.
    fn read(root: Element<'_>) -> Result<Self, Failure>;
}

/// Two things on one page, such as a form and what was wrong with it.
impl<A: Page, B: Page> Page for (A, B) {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok((A::read(root)?, B::read(root)?))
    }
}

/// Reads the frame and the page of an HTML answer.
///
/// # Errors
/// Not HTML, not UTF-8, or what the page's own reading says.
pub fn read<P: Page>(response: &Response, target: &Target) -> Result<(Frame, P), Failure> {
    let content_type = response
        .header(http::header::CONTENT_TYPE)
        .unwrap_or_default();
    if !is_html(content_type) {
        return Err(Failure::wrong(
            "html.type",
            format!("Content-Type is {content_type:?}, not text/html; charset=utf-8"),
        ));
    }
    let document = Document::parse(&response.body)?;
    let root = document.root();
    Ok((read_frame(root, target)?, P::read(root)?))
}

/// Whether a `Content-Type` is HTML in UTF-8, in whatever spelling.
fn is_html(content_type: &str) -> bool {
    let content_type = content_type.to_ascii_lowercase().replace('"', "");
    let mut parts = content_type.split(';').map(str::trim);
    parts.next() == Some("text/html") && parts.any(|part| part == "charset=utf-8")
}

/// The token of the form inside `form`.
pub(crate) fn csrf(form: Element<'_>) -> Result<String, Failure> {
    Ok(form.one("input[name=csrf]")?.required("value")?.to_owned())
}

fn read_frame(root: Element<'_>, target: &Target) -> Result<Frame, Failure> {
    let me = root.first("a.me").map(PersonLink::read).transpose()?;
    let logout_csrf = root.first("form[action='/logout']").map(csrf).transpose()?;
    let mut assets = Vec::new();
    for (selector, attribute) in [
        ("link[rel=stylesheet]", "href"),
        ("script[src]", "src"),
        ("img[src]", "src"),
    ] {
        for element in root.all(selector) {
            let path = target.path_on_site(element.required(attribute)?);
            let path = path.filter(|path| !assets.iter().any(|known| known == path));
            assets.extend(path.map(str::to_owned));
        }
    }
    Ok(Frame {
        me,
        logout_csrf,
        assets,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_has_its_charset_in_whatever_spelling() {
        assert!(is_html("text/html; charset=utf-8"));
        assert!(is_html("Text/HTML;charset=\"UTF-8\""));
        for other in [
            "",
            "text/html",
            "text/html; charset=latin1",
            "text/htmlx; charset=utf-8",
        ] {
            assert!(!is_html(other), "{other}");
        }
    }
}
