//! Pages whose point is a form or an error.

use isutori_engine::{document::Element, failure::Failure};

use super::{Page, csrf};

/// `GET /login`.
#[derive(Clone, Debug)]
pub struct LoginPage {
    /// The form's token.
    pub csrf: String,
}

impl Page for LoginPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(LoginPage {
            csrf: csrf(root.one("form#login")?)?,
        })
    }
}

/// `GET /signup`.
#[derive(Clone, Debug)]
pub struct SignupPage {
    /// The form's token.
    pub csrf: String,
}

impl Page for SignupPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        Ok(SignupPage {
            csrf: csrf(root.one("form#signup")?)?,
        })
    }
}

/// A page that says why not.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// The sentence; never empty.
    pub sentence: String,
}

impl Page for ErrorPage {
    fn read(root: Element<'_>) -> Result<Self, Failure> {
        let sentence = root.one("p.error[role=alert]")?.text();
        if sentence.is_empty() {
            return Err(Failure::wrong(
                "error.silent",
                "the error page says nothing",
            ));
        }
        Ok(ErrorPage { sentence })
    }
}
