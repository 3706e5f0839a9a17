//! Why a request is not answered as it hoped for.

use http::StatusCode;

/// A rule that a request breaks, with the sentence that its sender reads.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("This is too much to be sent at once.")]
    TooLong,
    /// There is no such thing, or the viewer may not see it: the two look the same.
    #[error("There is nothing here, or nothing that you may see.")]
    NotFound,
    /// Said only by a twin that breaks this rule.
    #[error("You may not see this.")]
    Hidden,
    #[error("This address takes {0} only.")]
    WrongMethod(&'static str),
    /// Not an error to be read: the answer leads to the login form.
    #[error("Please log in first.")]
    LoginNeeded,
    #[error("This is not a form.")]
    NotAForm,
    #[error("This form is no longer valid.")]
    Csrf,
    #[error("This is not yours to change.")]
    NotYours,
    #[error("The {name} {what}.")]
    Field {
        name: &'static str,
        what: &'static str,
    },
    #[error("This name is taken already.")]
    NameTaken,
    #[error("The name or the password is wrong.")]
    WrongCredentials,
    #[error("This account is locked, because its password was wrong too often.")]
    Locked,
    #[error("Too many logins from your address have failed.")]
    Banned,
    #[error("This is for the organiser.")]
    OrganiserOnly,
    /// Said only by a twin that breaks a rule.
    #[error("Something went wrong.")]
    Broken,
}

impl Refusal {
    /// A field that breaks its limit.
    pub(crate) fn field(name: &'static str, what: &'static str) -> Self {
        Refusal::Field { name, what }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Refusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::NotFound | Refusal::Hidden => StatusCode::NOT_FOUND,
            Refusal::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::LoginNeeded => StatusCode::SEE_OTHER,
            Refusal::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Csrf | Refusal::NotYours | Refusal::Banned | Refusal::OrganiserOnly => {
                StatusCode::FORBIDDEN
            }
            Refusal::Locked => StatusCode::LOCKED,
            Refusal::Field { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::NameTaken => StatusCode::CONFLICT,
            Refusal::WrongCredentials => StatusCode::UNAUTHORIZED,
            Refusal::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
