//! User names as keys, and names and secrets that are made up.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::engine::EngineError;

/// User names that differ in case only are the same.
pub fn key_of(username: &str) -> String {
    username.to_lowercase()
}

/// A key for what is kept of a name that may be nobody's, however long it is.
pub fn hash_of_name(username: &str) -> String {
    hash(&key_of(username))
}

/// Only this is kept of a secret.
pub fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

/// Random letters and digits.
///
/// # Errors
/// When the system has no random numbers.
pub fn random_name(length: usize) -> Result<String, EngineError> {
    const LETTERS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut random = vec![0; length];
    rand::fill(&mut random)?;
    Ok(random
        .into_iter()
        .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
        .collect())
}

/// A secret that nobody guesses: 64 letters and digits, 380 bits.
///
/// # Errors
/// When the system has no random numbers.
pub fn random_secret() -> Result<String, EngineError> {
    random_name(64)
}
