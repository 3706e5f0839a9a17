//! What lets somebody in: tokens, of which only a hash is kept, and passwords.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use sha2::{Digest, Sha256};

/// Bytes drawn for a token; far too many to be guessed.
const TOKEN_BYTES: usize = 24;

/// A secret that was just drawn: shown once, and stored as [`hash`] only.
pub fn draw_token() -> String {
    hex(&rand::random::<[u8; TOKEN_BYTES]>())
}

/// What is kept of a token. It was drawn at random, so a quick hash is enough.
pub fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What is kept of a password. It takes a while on purpose: not for a thread that serves others.
///
/// # Errors
/// When the system has no random numbers.
pub fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

/// Whether this is the password. It takes a while as well.
pub fn is_password(password: &str, kept: &str) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), kept)
        .is_ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_another_every_time() {
        let (one, another) = (draw_token(), draw_token());
        assert_eq!(one.len(), 2 * TOKEN_BYTES);
        assert_ne!(one, another);
        assert_ne!(hash(&one), hash(&another));
        assert!(!hash(&one).contains(&one));
    }

    #[test]
    fn a_password_is_known_by_what_is_kept_of_it() {
        let kept = hash_password("sit down").expect("random numbers");
        assert!(kept.starts_with("$argon2id$"));
        assert!(is_password("sit down", &kept));
        assert!(!is_password("stand up", &kept));
        assert!(!is_password("sit down", "no hash"));
    }
}
