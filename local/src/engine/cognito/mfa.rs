//! Second factors and their owners: the app that makes codes, and what is asked for at the next sign-in.

use serde::Deserialize;
use serde_json::{Value, json};

use super::UserPool;
use super::challenge::{Challenge, ChallengeName};
use super::error::{Error, Result};
use super::factors::{Factor, Factors};
use super::policy::constraint;
use super::tokens::USER_SCOPE;
use super::totp::{SoftwareToken, Verdict};
use super::user::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssociateSoftwareToken {
    pub access_token: Option<String>,
    pub session: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifySoftwareToken {
    pub access_token: Option<String>,
    pub session: Option<String>,
    pub user_code: String,
    pub friendly_device_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetUserMfaPreference {
    access_token: String,
    software_token_mfa_settings: Option<Preference>,
    email_mfa_settings: Option<Preference>,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<Preference>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Preference {
    #[serde(default)]
    enabled: bool,
    #[serde(default)]
    preferred_mfa: bool,
}

/// Who sets up an app: somebody who is signed in, or somebody whom the pool does not let in without one.
struct Owner {
    user: User,
    signing_in: Option<(String, Challenge)>,
}

impl UserPool {
    /// The app that was there is out of use at once, as with Cognito.
    pub(super) fn associate_software_token(
        &self,
        input: &AssociateSoftwareToken,
        now: i64,
    ) -> Result<Value> {
        let _changing = self.changing();
        let owner = self.owner(input.access_token.as_deref(), input.session.as_deref(), now)?;
        let Owner { mut user, signing_in } = owner;
        let token = SoftwareToken::new()?;
        let mut output = json!({ "SecretCode": token.secret() });
        user.factors.disable(Factor::SoftwareTokenMfa);
        user.factors.software_token = Some(token);
        self.save(&user)?;
        if let Some((session, challenge)) = signing_in {
            output["Session"] = self.renew_challenge(&session, challenge, now)?.into();
        }
        Ok(output)
    }

    pub(super) fn verify_software_token(
        &self,
        input: VerifySoftwareToken,
        now: i64,
    ) -> Result<Value> {
        if input.user_code.len() != 6 || !input.user_code.bytes().all(|c| c.is_ascii_digit()) {
            return Err(constraint("userCode", "satisfy regular expression pattern: [0-9]+"));
        }
        let _changing = self.changing();
        let owner = self.owner(input.access_token.as_deref(), input.session.as_deref(), now)?;
        let Owner { mut user, signing_in } = owner;
        let token = user.factors.software_token.as_mut().ok_or(Error::SoftwareTokenNotFound)?;
        if token.take(&input.user_code, now)? != Verdict::Right {
            return Err(Error::EnableSoftwareToken);
        }
        token.verify(input.friendly_device_name);
        self.save(&user)?;
        let mut output = json!({ "Status": "SUCCESS" });
        if let Some((session, mut challenge)) = signing_in {
            challenge.set_up = true;
            output["Session"] = self.renew_challenge(&session, challenge, now)?.into();
        }
        Ok(output)
    }

    fn owner(&self, access_token: Option<&str>, session: Option<&str>, now: i64) -> Result<Owner> {
        match (access_token, session) {
            (Some(token), _) => {
                let (user, _) = self.bearer(token, USER_SCOPE, now)?;
                Ok(Owner { user, signing_in: None })
            }
            (None, Some(session)) => {
                let (user, challenge) = self.challenge(session, now)?;
                if challenge.name != ChallengeName::MfaSetup {
                    return Err(Error::NotAuthorized("Invalid session for the user."));
                }
                Ok(Owner { user, signing_in: Some((session.to_owned(), challenge)) })
            }
            (None, None) => Err(Error::InvalidParameter(
                "Either an access token or a session is required".to_owned(),
            )),
        }
    }

    pub(super) fn set_user_mfa_preference(
        &self,
        input: &SetUserMfaPreference,
        now: i64,
    ) -> Result<Value> {
        let _changing = self.changing();
        let (mut user, _) = self.bearer(&input.access_token, USER_SCOPE, now)?;
        let wanted = [
            (Factor::SoftwareTokenMfa, &input.software_token_mfa_settings),
            (Factor::EmailOtp, &input.email_mfa_settings),
        ];
        let preferred = wanted.iter().filter(|(_, wanted)| {
            wanted.as_ref().is_some_and(|wanted| wanted.enabled && wanted.preferred_mfa)
        });
        if preferred.count() > 1 {
            return Err(Error::InvalidParameter("Only one MFA method can be preferred".to_owned()));
        }
        if input.sms_mfa_settings.as_ref().is_some_and(|wanted| wanted.enabled) {
            return Err(undeliverable("SMS_MFA"));
        }
        for (factor, wanted) in wanted {
            match wanted {
                Some(wanted) if wanted.enabled => {
                    if !user.can_use(factor) {
                        return Err(undeliverable(factor.name()));
                    }
                    user.factors.enable(factor, wanted.preferred_mfa);
                }
                Some(_) => user.factors.disable(factor),
                None => {}
            }
        }
        user.modified_at = now;
        self.save(&user)?;
        Ok(json!({}))
    }
}

impl User {
    fn can_use(&self, factor: Factor) -> bool {
        match factor {
            Factor::EmailOtp => self.email_verified,
            Factor::SoftwareTokenMfa => {
                self.factors.software_token.as_ref().is_some_and(SoftwareToken::is_verified)
            }
        }
    }
}

impl Factors {
    /// As Cognito tells of them.
    pub fn describe(&self, output: &mut Value) {
        if !self.enabled().is_empty() {
            output["UserMFASettingList"] = json!(self.enabled());
        }
        if let Some(preferred) = self.preferred() {
            output["PreferredMfaSetting"] = json!(preferred);
        }
    }
}

fn undeliverable(factor: &str) -> Error {
    Error::InvalidParameter(format!("User does not have delivery config set to turn on {factor}"))
}
