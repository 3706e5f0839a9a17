//! Why a call of the portal came to nothing.

use std::{error::Error, fmt::Display};

/// Why a call of the portal came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The portal's URL is none.
    #[error("{url:?} is no address of a portal: {why}; give one such as https://portal.example")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },

    /// The token cannot stand in a header.
    #[error("the token holds characters that no token has; copy it again from the portal")]
    Token,

    /// Nobody answered, or not to the end.
    #[error(
        "cannot reach the portal {portal}: {why}; \
         look whether it runs, and whether the address is right"
    )]
    Unreachable {
        /// Where it should be.
        portal: String,
        /// What happened.
        why: String,
    },

    /// The portal does not do it, and says why.
    #[error("{sentence}")]
    Refused {
        /// The status of the answer, 300 or more.
        status: u16,
        /// What, why and what to do.
        sentence: String,
    },

    /// The answer is not what was expected.
    #[error(
        "cannot read what the portal {portal} answers, {answer:?}: {why}; \
         look whether the address is right, and use an isutori of the portal's version"
    )]
    Unreadable {
        /// Where it is.
        portal: String,
        /// The beginning of its answer.
        answer: String,
        /// What is wrong with it.
        why: String,
    },
}

impl PortalError {
    pub(super) fn address(url: &str, why: &dyn Display) -> Self {
        PortalError::Address {
            url: url.to_owned(),
            why: why.to_string(),
        }
    }

    pub(super) fn unreachable(portal: &str, error: &dyn Error) -> Self {
        // The innermost sentence says what happened.
        let mut cause = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        PortalError::Unreachable {
            portal: portal.to_owned(),
            why: cause.to_string(),
        }
    }

    pub(super) fn silent(portal: &str) -> Self {
        PortalError::Unreachable {
            portal: portal.to_owned(),
            why: "it does not answer in time".to_owned(),
        }
    }

    /// Whether the same call may well succeed later: the portal is away, starts, or is overloaded.
    pub fn is_passing(&self) -> bool {
        match self {
            PortalError::Address { .. } | PortalError::Token => false,
            PortalError::Unreachable { .. } | PortalError::Unreadable { .. } => true,
            PortalError::Refused { status, .. } => {
                *status >= 500 || matches!(status, 408 | 425 | 429)
            }
        }
    }

    /// Whether the portal says that the lease is no longer the caller's: another attempt has begun,
    /// or the job is over or unknown.
    pub fn takes_lease_away(&self) -> bool {
        matches!(
            self,
            PortalError::Refused {
                status: 404 | 409 | 410,
                ..
            }
        )
    }
}
