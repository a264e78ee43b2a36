//! Passwords as they are kept.

use std::num::NonZeroU32;

use aws_lc_rs::{pbkdf2, rand};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::engine::Result;

/// What a guess costs: some 4 ms, in a development build 15. A sign-in is to take at most 50 ms, on machines without
/// instructions for SHA-256, too. It is kept with each hash, so that it can be raised.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(30_000).unwrap();

const ALGORITHM: pbkdf2::Algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
const LENGTH: usize = 32;

/// PBKDF2-HMAC-SHA256 of a password under a salt of its own.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordHash {
    iterations: NonZeroU32,
    salt: String,
    hash: String,
}

impl PasswordHash {
    /// Hashes `password`.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(password: &str) -> Result<Self> {
        let mut salt = [0; LENGTH];
        let mut hash = [0; LENGTH];
        rand::fill(&mut salt)?;
        pbkdf2::derive(ALGORITHM, ITERATIONS, &salt, password.as_bytes(), &mut hash);
        Ok(Self {
            iterations: ITERATIONS,
            salt: STANDARD.encode(salt),
            hash: STANDARD.encode(hash),
        })
    }

    /// What stands in for the password of a user who does not exist: a guess at it takes as long as any other.
    pub fn decoy() -> Self {
        let zeros = STANDARD.encode([0; LENGTH]);
        Self { iterations: ITERATIONS, salt: zeros.clone(), hash: zeros }
    }

    /// Whether `password` is the one; takes as long as [`PasswordHash::new`], right or wrong.
    pub fn verify(&self, password: &str) -> bool {
        let (Ok(salt), Ok(hash)) = (STANDARD.decode(&self.salt), STANDARD.decode(&self.hash))
        else {
            return false;
        };
        pbkdf2::verify(ALGORITHM, self.iterations, &salt, password.as_bytes(), &hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_is_right() {
        let hash = PasswordHash::new("Correct horse 1").unwrap();
        assert!(hash.verify("Correct horse 1"));
        assert!(!hash.verify("Correct horse 2"));
        assert!(!PasswordHash::decoy().verify(""));
        assert_ne!(hash.hash, PasswordHash::new("Correct horse 1").unwrap().hash);
    }
}
