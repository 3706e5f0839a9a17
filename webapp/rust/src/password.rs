//! Passwords are hashed by a program of its own, which is this one: `suwaru hash SALT`.

use std::{
    io::{self, Read},
    path::PathBuf,
    process::Stdio,
    sync::Arc,
};

use sha2::{Digest, Sha512};
use tokio::{io::AsyncWriteExt, process::Command};

/// Starts the program that hashes.
#[derive(Clone)]
pub struct Hasher {
    program: Arc<PathBuf>,
}

impl Hasher {
    /// Remembers the path of this program, as it can no longer be asked for once the file has been
    /// replaced by a newer one.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            program: Arc::new(std::env::current_exe()?),
        })
    }

    /// The hash of a password with a salt, in hexadecimal.
    pub async fn hash(&self, salt: &str, password: &str) -> io::Result<String> {
        let mut child = Command::new(&*self.program)
            .args(["hash", salt])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut stdin = child
            .stdin
            .take()
            .ok_or_else(|| io::Error::other("the program has no standard input"))?;
        stdin.write_all(password.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        if !output.status.success() {
            return Err(io::Error::other(format!(
                "the program ended with {}",
                output.status
            )));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A salt for a new password: 128 random bits in hexadecimal.
pub fn random_salt() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// The program `suwaru hash`: reads a password from standard input, prints its hash.
pub fn print_hash(salt: &str) -> io::Result<()> {
    let mut password = String::new();
    io::stdin().read_to_string(&mut password)?;
    println!("{}", hash(salt, &password));
    Ok(())
}

fn hash(salt: &str, password: &str) -> String {
    Sha512::digest(format!("{salt}:{password}"))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected value is `printf salt:password | sha512sum`.
    #[test]
    fn the_hash_is_that_of_salt_colon_password() {
        assert_eq!(
            hash("salt", "password"),
            "4d3734c0d8199ea3ed80fe6cc98d30c6b45c1ea7fac218cd3f3789b92a6c526b5b7d191c83f32bf7edf49773f4b11cef6210bee4afeea38245a289f1a41e5130"
        );
    }
}
