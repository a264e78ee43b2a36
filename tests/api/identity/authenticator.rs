//! An authenticator app (RFC 6238: SHA-1, 30 s, six digits), written apart from the one under test.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};

/// What an app keeps.
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// With a secret in base 32.
    pub fn new(secret: &str) -> Self {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
        for letter in secret.trim_end_matches('=').chars() {
            let value = ALPHABET.find(letter).unwrap();
            bits = bits << 5 | u32::try_from(value).unwrap();
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
            }
        }
        Self(bytes)
    }

    /// The code that it shows now.
    pub fn code(&self) -> String {
        self.at(now() / 30)
    }

    /// The code after this one. A server takes it already, and no code twice.
    pub fn next_code(&self) -> String {
        self.at(now() / 30 + 1)
    }

    /// A code that is neither, nor the one before.
    pub fn wrong_code(&self) -> String {
        let step = now() / 30;
        let good = [self.at(step - 1), self.at(step), self.at(step + 1), self.at(step + 2)];
        let mut codes = (0..10).map(|digit| digit.to_string().repeat(6));
        codes.find(|code| !good.contains(code)).unwrap()
    }

    fn at(&self, step: u64) -> String {
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = sign(&key, &step.to_be_bytes());
        let hash = tag.as_ref();
        let at = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn the_codes_are_those_of_the_rfc() {
    let authenticator = Authenticator::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
        assert_eq!(authenticator.at(time / 30), code);
    }
}
