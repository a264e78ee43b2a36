//! What stands between a right password and tokens: challenges, each with a session that is good once and for three
//! minutes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::UserPool;
use super::code::Code;
use super::error::{Error, Result};
use super::factors::Factor;
use super::mail::masked;
use super::names::{hash, key_of, random_secret};
use super::user::User;

const CHALLENGES: &str = "challenge";

/// How long a session is good, in seconds.
const LIFETIME: i64 = 3 * 60;

/// Where somebody stands who signs in.
pub enum Step {
    /// They have shown all that was asked for.
    Done(Box<User>),
    /// They are asked for more.
    Challenge {
        /// For what.
        name: ChallengeName,
        /// What the answer has to come with.
        session: String,
        /// What they may want to know.
        parameters: Value,
    },
}

/// What somebody is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChallengeName {
    /// A password in place of a temporary one.
    NewPasswordRequired,
    /// A code of their app.
    SoftwareTokenMfa,
    /// An app, where the pool wants everybody to have one.
    MfaSetup,
    /// A code that was mailed.
    EmailOtp,
    /// Which second factor they want to use.
    SelectMfaType,
}

/// A challenge, as it is kept under the hash of its session. Times are in seconds since the epoch.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Challenge {
    pub name: ChallengeName,
    pub username: String,
    pub sub: Uuid,
    pub client_id: String,
    expires_at: i64,
    /// Whether it was answered.
    used: bool,
    /// Whether the app that was asked for has shown a code.
    pub set_up: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
}

impl From<Factor> for ChallengeName {
    fn from(factor: Factor) -> Self {
        match factor {
            Factor::EmailOtp => Self::EmailOtp,
            Factor::SoftwareTokenMfa => Self::SoftwareTokenMfa,
        }
    }
}

impl UserPool {
    /// What somebody with the right password is asked for; to be called while `changing` is held, as all of these.
    pub(super) fn first_step(&self, user: User, now: i64) -> Result<Step> {
        if user.temporary_until.is_some() {
            return self.ask(ChallengeName::NewPasswordRequired, &user, now);
        }
        self.second_factor(user, now)
    }

    /// What somebody is asked for whose password is settled.
    pub(super) fn second_factor(&self, user: User, now: i64) -> Result<Step> {
        let enabled = user.factors.enabled();
        let only = enabled.iter().next().copied().filter(|_| enabled.len() == 1);
        match user.factors.preferred().or(only) {
            Some(factor) => self.ask(factor.into(), &user, now),
            None if !enabled.is_empty() => self.ask(ChallengeName::SelectMfaType, &user, now),
            None if self.settings.require_mfa => self.ask(ChallengeName::MfaSetup, &user, now),
            None => self.done(user),
        }
    }

    /// Only now the failures are forgotten: who has the password alone cannot try all codes.
    pub(super) fn done(&self, user: User) -> Result<Step> {
        self.forget_failed_sign_ins(&user.username)?;
        Ok(Step::Done(Box::new(user)))
    }

    /// Asks for something.
    pub(super) fn ask(&self, name: ChallengeName, user: &User, now: i64) -> Result<Step> {
        let code = match name {
            ChallengeName::EmailOtp => Some(Code::new(now, LIFETIME)?),
            _ => None,
        };
        let session = self.keep_challenge(&Challenge {
            name,
            username: user.username.clone(),
            sub: user.sub,
            client_id: self.client_id().to_owned(),
            expires_at: now + LIFETIME,
            used: false,
            set_up: false,
            code: code.clone(),
        })?;
        if let Some(code) = code {
            self.mail_code(&user.email, "sign-in", &code)?;
        }
        Ok(Step::Challenge { name, session, parameters: parameters(name, user) })
    }

    /// The challenge of a session, and its user.
    ///
    /// # Errors
    /// `NotAuthorized` for a session that is none, was used, or is over.
    pub(super) fn challenge(&self, session: &str, now: i64) -> Result<(User, Challenge)> {
        let invalid = Error::NotAuthorized("Invalid session for the user.");
        let kept: Option<Challenge> = self.documents.get(CHALLENGES, &hash(session))?;
        let Some(challenge) = kept else { return Err(invalid) };
        if challenge.used {
            return Err(Error::NotAuthorized(
                "Invalid session for the user, session can only be used once.",
            ));
        }
        if challenge.expires_at <= now {
            return Err(Error::NotAuthorized("Invalid session for the user, session is expired."));
        }
        let user = self.user(&challenge.username)?;
        match user.filter(|user| user.sub == challenge.sub && !user.disabled) {
            Some(user) => Ok((user, challenge)),
            None => Err(invalid),
        }
    }

    /// A session takes the place of another one.
    pub(super) fn renew_challenge(
        &self,
        session: &str,
        challenge: Challenge,
        now: i64,
    ) -> Result<String> {
        let next = Challenge { expires_at: now + LIFETIME, ..challenge };
        let next_session = self.keep_challenge(&next)?;
        self.use_up(session, next)?;
        Ok(next_session)
    }

    /// No other answer to this session is taken.
    pub(super) fn use_up(&self, session: &str, challenge: Challenge) -> Result<()> {
        let used = Challenge { used: true, code: None, ..challenge };
        let kept_until = used.expires_at.unsigned_abs();
        Ok(self.documents.put_until(CHALLENGES, &hash(session), &used, kept_until)?)
    }

    fn keep_challenge(&self, challenge: &Challenge) -> Result<String> {
        let session = random_secret()?;
        let kept_until = challenge.expires_at.unsigned_abs();
        self.documents.put_until(CHALLENGES, &hash(&session), challenge, kept_until)?;
        Ok(session)
    }
}

impl Challenge {
    /// Whether it is `client_id` and `username` that answer it.
    pub fn is_for(&self, client_id: &str, username: &str) -> bool {
        self.client_id == client_id
            && (key_of(&self.username) == key_of(username) || self.sub.to_string() == username)
    }
}

/// What comes with a challenge. Lists and objects are JSON in text.
fn parameters(name: ChallengeName, user: &User) -> Value {
    match name {
        ChallengeName::NewPasswordRequired => {
            let attributes: HashMap<_, _> =
                user.attributes().into_iter().filter(|(name, _)| *name != "sub").collect();
            json!({
                "USER_ID_FOR_SRP": user.username,
                "requiredAttributes": "[]",
                "userAttributes": json!(attributes).to_string(),
            })
        }
        ChallengeName::SoftwareTokenMfa => {
            let device = user.factors.software_token.as_ref().and_then(|token| token.device_name());
            let mut parameters = json!({ "USER_ID_FOR_SRP": user.username });
            if let Some(device) = device {
                parameters["FRIENDLY_DEVICE_NAME"] = device.into();
            }
            parameters
        }
        ChallengeName::MfaSetup => json!({
            "USER_ID_FOR_SRP": user.username,
            "MFAS_CAN_SETUP": json!([Factor::SoftwareTokenMfa]).to_string(),
        }),
        ChallengeName::EmailOtp => json!({
            "USER_ID_FOR_SRP": user.username,
            "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
            "CODE_DELIVERY_DESTINATION": masked(&user.email),
        }),
        ChallengeName::SelectMfaType => json!({
            "USER_ID_FOR_SRP": user.username,
            "MFAS_CAN_CHOOSE": json!(user.factors.enabled()).to_string(),
        }),
    }
}
