//! The key that signs the tokens.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse,
    RSAKeyParameters, RSAKeyType,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::engine::{EngineError, Result};

/// A 2048-bit RSA key with its name.
#[derive(Debug)]
pub struct SigningKey {
    pair: RsaKeyPair,
    id: String,
}

impl SigningKey {
    /// Makes a key, as text to be kept (PKCS#8 in base64); takes some 100 ms.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn generate() -> Result<String> {
        let der = KeyPair::generate(KeySize::Rsa2048)?.as_der()?;
        Ok(STANDARD.encode(der.as_ref()))
    }

    /// The key that [`SigningKey::generate`] made.
    ///
    /// # Errors
    /// When `kept` is none.
    pub fn parse(kept: &str) -> Result<Self> {
        let der = STANDARD.decode(kept).map_err(|_| EngineError::Cryptography)?;
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|_| EngineError::Cryptography)?;
        let id = STANDARD.encode(digest(&SHA256, pair.public_key().as_ref()));
        Ok(Self { pair, id })
    }

    /// A JWT with `claims`, signed with RS256.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn sign(&self, claims: &Value) -> Result<String> {
        let header = json!({ "kid": self.id, "alg": "RS256" }).to_string();
        let header = URL_SAFE_NO_PAD.encode(header);
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The claims of a JWT that [`SigningKey::sign`] made; none of any other.
    pub fn verify<T: DeserializeOwned>(&self, token: &str) -> Option<T> {
        let (message, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key());
        key.verify(message.as_bytes(), &signature).ok()?;
        let (_, claims) = message.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// The public half, for whoever verifies tokens.
    #[must_use]
    pub fn public(&self) -> JwkSet {
        let key = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let common = CommonParameters {
            public_key_use: Some(PublicKeyUse::Signature),
            key_algorithm: Some(KeyAlgorithm::RS256),
            key_id: Some(self.id.clone()),
            ..CommonParameters::default()
        };
        let algorithm = AlgorithmParameters::RSA(RSAKeyParameters {
            key_type: RSAKeyType::RSA,
            n: number(key.modulus().big_endian_without_leading_zero()),
            e: number(key.exponent().big_endian_without_leading_zero()),
        });
        JwkSet { keys: vec![Jwk { common, algorithm }] }
    }
}
