//! JSON Web Tokens (RFC 7519).

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use shared::model::Timestamp;

/// Who makes the tokens.
pub const ISSUER: &str = "messaging-api";

/// The longest subject, in bytes.
const MAX_SUBJECT: usize = 256;

/// Which keys can have signed a token.
#[derive(Debug, PartialEq, Eq)]
pub enum Keys {
    /// The secret: HS256.
    Secret,
    /// The public key of this id: RS256.
    Public(String),
}

/// What a token says.
#[derive(Debug, Deserialize)]
pub struct Claims {
    /// For whom it was made.
    pub sub: String,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
}

/// Which keys `token` names; none for any other algorithm, `none` among them.
pub fn signed(token: &str) -> Option<Keys> {
    // What must be understood is not (RFC 7515, section 4.1.11).
    let header = decode_header(token).ok().filter(|header| header.crit.is_none())?;
    match header.alg {
        Algorithm::HS256 => Some(Keys::Secret),
        Algorithm::RS256 => header.kid.map(Keys::Public),
        _ => None,
    }
}

/// The claims, if one of `keys` has signed them.
pub fn verify_hs256(token: &str, keys: &[DecodingKey]) -> Option<Claims> {
    keys.iter().find_map(|key| verify(token, key, Algorithm::HS256))
}

/// The claims, if `key` has signed them.
pub fn verify_rs256(token: &str, key: &DecodingKey) -> Option<Claims> {
    verify(token, key, Algorithm::RS256)
}

fn verify(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<Claims> {
    let mut validation = Validation::new(algorithm);
    validation.set_required_spec_claims(&["exp", "iss", "sub"]);
    validation.set_issuer(&[ISSUER]);
    validation.leeway = 0;
    validation.validate_nbf = true;
    // An audience is no matter of this API.
    validation.validate_aud = false;
    let claims = decode::<Claims>(token, key, &validation).ok()?.claims;
    let in_time = claims.exp > Timestamp::now().epoch_seconds();
    (in_time && (1..=MAX_SUBJECT).contains(&claims.sub.len())).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    const SECRET: &[u8] = b"a secret of the tests, long enough for HS256";

    fn claims() -> Value {
        let now = Timestamp::now().epoch_seconds();
        json!({ "iss": ISSUER, "sub": "me", "exp": now + 60 })
    }

    fn token(claims: &Value, secret: &[u8]) -> String {
        let key = EncodingKey::from_secret(secret);
        encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
    }

    fn accepts(claims: &Value) -> bool {
        verify_hs256(&token(claims, SECRET), &[DecodingKey::from_secret(SECRET)]).is_some()
    }

    #[test]
    fn issuer_subject_and_end_are_needed() {
        assert!(accepts(&claims()));
        let now = Timestamp::now().epoch_seconds();
        for (name, value) in [
            ("iss", json!("other")),
            ("iss", Value::Null),
            ("sub", Value::Null),
            ("sub", json!("")),
            ("sub", json!("x".repeat(257))),
            ("sub", json!(7)),
            ("exp", json!(now)),
            ("exp", json!(now - 1)),
            ("exp", Value::Null),
            ("exp", json!("tomorrow")),
            ("nbf", json!(now + 60)),
        ] {
            let mut claims = claims();
            claims[name] = value.clone();
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            }
            assert!(!accepts(&claims), "{name}: {value}");
        }
    }

    #[test]
    fn either_version_of_the_secret_is_good_and_no_other() {
        let keys = [DecodingKey::from_secret(b"new"), DecodingKey::from_secret(SECRET)];
        assert!(verify_hs256(&token(&claims(), SECRET), &keys).is_some());
        assert!(verify_hs256(&token(&claims(), b"new"), &keys).is_some());
        assert!(verify_hs256(&token(&claims(), b"other"), &keys).is_none());
    }

    #[test]
    fn the_algorithm_decides_which_keys_are_looked_at() {
        assert_eq!(signed(&token(&claims(), SECRET)), Some(Keys::Secret));
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = |header: Value| format!("{}.{}.", part(header), part(claims()));
        assert_eq!(signed(&unsigned(json!({ "alg": "none" }))), None);
        assert_eq!(signed(&unsigned(json!({ "alg": "HS512" }))), None);
        assert_eq!(signed(&unsigned(json!({ "alg": "RS256" }))), None);
        let critical = json!({ "alg": "HS256", "crit": ["b64"], "b64": false });
        assert_eq!(signed(&unsigned(critical)), None);
        let public = Some(Keys::Public("k".to_owned()));
        assert_eq!(signed(&unsigned(json!({ "alg": "RS256", "kid": "k" }))), public);
        for nonsense in ["", "a", "a.b.c", "..", "Bearer"] {
            assert_eq!(signed(nonsense), None);
        }
    }
}
