//! Pages whose point is a form.

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
