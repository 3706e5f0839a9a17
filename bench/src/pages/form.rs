//! Pages whose point is a form or an error.

use isutori_engine::{document::Element, failure::Failure};

use super::{Page, csrf};

/// `GET /login` and `GET /signup`.
#[derive(Clone, Debug)]
pub struct FormPage {
    /// The form's token.
    pub csrf: String,
}

impl Page for FormPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(FormPage {
            csrf: csrf(root.one("form#login, form#signup")?)?,
        })
    }
}

/// A page that says why not.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// The sentence.
    pub sentence: String,
}

impl Page for ErrorPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(ErrorPage {
            sentence: root.one("p.error")?.text(),
        })
    }
}
