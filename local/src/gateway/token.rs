//! Access tokens: who may pass on a route that asks for a caller.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};
use shared::model::Timestamp;

/// The claims of a token as the authorizer hands them on: all of them text.
pub type Claims = BTreeMap<String, String>;

/// Knows the pool's keys, its issuer and its app client.
pub struct Verifier {
    keys: BTreeMap<String, DecodingKey>,
    validation: Validation,
    client_id: String,
}

impl Verifier {
    /// For the tokens that `issuer` gives to the app client `client_id`, signed with one of `keys`.
    #[must_use]
    pub fn new(keys: &JwkSet, issuer: &str, client_id: &str) -> Self {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.set_issuer(&[issuer]);
        validation.leeway = 0;
        validation.validate_nbf = true;
        Self {
            keys: keys.keys.iter().filter_map(named_key).collect(),
            validation,
            client_id: client_id.to_owned(),
        }
    }

    /// The claims of the access token in `headers`; none unless it is signed by the pool, for this app client, and in
    /// its time.
    #[must_use]
    pub fn verify(&self, headers: &HeaderMap) -> Option<Claims> {
        let token = bearer(headers)?;
        let key = self.keys.get(&decode_header(token).ok()?.kid?)?;
        let claims = decode::<Map<String, Value>>(token, key, &self.validation).ok()?.claims;
        let is = |name: &str, value: &str| claims.get(name).and_then(Value::as_str) == Some(value);
        let issued_at = claims.get("iat")?.as_i64()?;
        let in_time = issued_at <= Timestamp::now().epoch_seconds();
        let ours = is("token_use", "access") && is("client_id", &self.client_id) && in_time;
        ours.then(|| claims.into_iter().map(|(name, value)| (name, as_text(value))).collect())
    }
}

fn named_key(key: &Jwk) -> Option<(String, DecodingKey)> {
    Some((key.common.key_id.clone()?, DecodingKey::from_jwk(key).ok()?))
}

/// The one `Authorization` header; the word `Bearer` may be missing, as on API Gateway.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim()),
        Some(_) => None,
        None => Some(value),
    }
}

fn as_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cognito::key::SigningKey;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;

    const ISSUER: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a";

    fn key() -> SigningKey {
        SigningKey::parse(&SigningKey::generate().unwrap()).unwrap()
    }

    fn claims() -> Value {
        let now = Timestamp::now().epoch_seconds();
        json!({
            "sub": "me",
            "iss": ISSUER,
            "client_id": "client",
            "token_use": "access",
            "iat": now,
            "exp": now + 900,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn verify(key: &SigningKey, authorization: &str) -> Option<Claims> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        Verifier::new(&key.public(), ISSUER, "client").verify(&headers)
    }

    fn accepts(key: &SigningKey, claims: &Value) -> bool {
        verify(key, &format!("Bearer {}", key.sign(claims).unwrap())).is_some()
    }

    #[test]
    fn the_claims_of_a_good_token_are_handed_on_as_text() {
        let key = key();
        let token = key.sign(&claims()).unwrap();
        let handed_on = verify(&key, &format!("Bearer {token}")).unwrap();
        assert_eq!(handed_on["sub"], "me");
        assert_eq!(handed_on["exp"], claims()["exp"].to_string());
        assert!(verify(&key, &token).is_some());
        assert!(verify(&key, &format!("Basic {token}")).is_none());
    }

    #[test]
    fn a_token_that_is_not_for_us_or_not_for_now_is_refused() {
        let key = key();
        let now = Timestamp::now().epoch_seconds();
        assert!(accepts(&key, &claims()));
        for (name, value) in [
            ("exp", json!(now - 1)),
            ("exp", json!("never")),
            ("exp", Value::Null),
            ("nbf", json!(now + 60)),
            ("iat", json!(now + 60)),
            ("iat", Value::Null),
            ("iss", json!("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_b")),
            ("iss", Value::Null),
            ("client_id", json!("other")),
            ("token_use", json!("id")),
            ("sub", Value::Null),
        ] {
            assert!(!accepts(&key, &with(name, value.clone())), "{name}: {value}");
        }
        let mut id_token = with("aud", json!("client"));
        id_token["token_use"] = json!("id");
        assert!(!accepts(&key, &id_token));
        assert!(!accepts(&key, &with("aud", json!("client"))));
    }

    #[test]
    fn a_token_that_the_pool_did_not_sign_is_refused() {
        let (ours, theirs) = (key(), key());
        assert!(verify(&ours, &theirs.sign(&claims()).unwrap()).is_none());

        let kid = ours.public().keys[0].common.key_id.clone();
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let unsigned = json!({ "alg": "none", "kid": kid });
        assert!(verify(&ours, &format!("{}.{}.", part(unsigned), part(claims()))).is_none());

        let signed = ours.sign(&claims()).unwrap();
        let [head, _, signature] = signed.split('.').collect::<Vec<_>>()[..] else { panic!() };
        let forged = part(with("sub", json!("you")));
        assert!(verify(&ours, &format!("{head}.{forged}.{signature}")).is_none());

        let public = serde_json::to_vec(&ours.public().keys[0]).unwrap();
        let header = Header { kid, ..Header::new(Algorithm::HS256) };
        let symmetric = encode(&header, &claims(), &EncodingKey::from_secret(&public)).unwrap();
        assert!(verify(&ours, &symmetric).is_none());

        for nonsense in ["", "Bearer", "Bearer ", "a.b.c", "Bearer a.b.c"] {
            assert!(verify(&ours, nonsense).is_none(), "{nonsense}");
        }
    }
}
