//! What Cognito may want to know between a password and the tokens.

use std::str::FromStr;

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::respond_to_auth_challenge::RespondToAuthChallengeOutput;
use aws_sdk_cognitoidentityprovider::types::ChallengeNameType;
use schemars::JsonSchema;
use serde::de::IntoDeserializer;
use serde::de::value::Error as UnknownName;
use serde::{Deserialize, Serialize};

use super::pool::{fault, reason};
use super::sign_in::Outcome;
use super::{SignIn, UserPool};
use crate::error::{Error, Result};
use crate::model::{Rejected, Username};

/// A challenge of a sign-in that the API has an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Challenge {
    /// The password was given by an administrator: the answer is one of one's own.
    #[serde(rename = "NEW_PASSWORD_REQUIRED")]
    NewPassword,
    /// The answer is the code that the authenticator shows.
    #[serde(rename = "SOFTWARE_TOKEN_MFA")]
    SoftwareToken,
    /// A second factor must be set up: the answer is the first code of the authenticator.
    #[serde(rename = "MFA_SETUP")]
    MfaSetup,
    /// The answer is the code that came by mail.
    #[serde(rename = "EMAIL_OTP")]
    EmailCode,
    /// There are several second factors: the answer is the name of one.
    #[serde(rename = "SELECT_MFA_TYPE")]
    SelectMfa,
}

impl FromStr for Challenge {
    type Err = Rejected;

    fn from_str(name: &str) -> Result<Self, Rejected> {
        Self::deserialize(name.into_deserializer()).map_err(|_: UnknownName| {
            Rejected(
                "must be NEW_PASSWORD_REQUIRED, SOFTWARE_TOKEN_MFA, MFA_SETUP, EMAIL_OTP or SELECT_MFA_TYPE",
            )
        })
    }
}

/// What Cognito asks for. What no client could answer is a fault: the user pool asks for more than it should.
impl TryFrom<ChallengeNameType> for Challenge {
    type Error = Error;

    fn try_from(name: ChallengeNameType) -> Result<Self> {
        let unknown =
            |_| Error::internal(format!("Cognito asks for {name}, which has no answer here"));
        name.as_str().parse().map_err(unknown)
    }
}

impl Challenge {
    fn name(self) -> ChallengeNameType {
        match self {
            Self::NewPassword => ChallengeNameType::NewPasswordRequired,
            Self::SoftwareToken => ChallengeNameType::SoftwareTokenMfa,
            Self::MfaSetup => ChallengeNameType::MfaSetup,
            Self::EmailCode => ChallengeNameType::EmailOtp,
            Self::SelectMfa => ChallengeNameType::SelectMfaType,
        }
    }

    /// Under which name Cognito takes the answer. Of a second factor that was just set up, the session says it all.
    fn parameter(self) -> Option<&'static str> {
        match self {
            Self::NewPassword => Some("NEW_PASSWORD"),
            Self::SoftwareToken => Some("SOFTWARE_TOKEN_MFA_CODE"),
            Self::MfaSetup => None,
            Self::EmailCode => Some("EMAIL_OTP_CODE"),
            Self::SelectMfa => Some("ANSWER"),
        }
    }
}

/// Whatever is wrong with an answer: it must not be told whether the user exists.
pub(super) const REFUSED: Error =
    Error::SignInRefused("the answer is wrong, or the session of the challenge is over");

impl From<RespondToAuthChallengeOutput> for Outcome {
    fn from(output: RespondToAuthChallengeOutput) -> Self {
        Self {
            challenge: output.challenge_name,
            session: output.session,
            parameters: output.challenge_parameters,
            result: output.authentication_result,
        }
    }
}

impl UserPool {
    /// Goes on with a sign-in.
    ///
    /// # Errors
    /// `SignInRefused` for a wrong answer, and for a session that is over or another's; `Invalid` for a new password that is
    /// too weak.
    pub async fn answer(
        &self,
        challenge: Challenge,
        username: &Username,
        session: String,
        answer: &str,
    ) -> Result<SignIn> {
        let session = match challenge {
            Challenge::MfaSetup => self.end_setup(session, answer).await?,
            _ => session,
        };
        let call = |client_id: String| {
            let request = self
                .client
                .respond_to_auth_challenge()
                .client_id(client_id)
                .challenge_name(challenge.name())
                .session(&session)
                .challenge_responses("USERNAME", username.as_str());
            match challenge.parameter() {
                Some(name) => request.challenge_responses(name, answer).send(),
                None => request.send(),
            }
        };
        let output = self.with_client_id(call).await?.map_err(refused)?;
        self.signed_in(username, output.into()).await
    }
}

/// What Cognito says to an answer that it refuses.
pub(super) fn refused<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("InvalidPasswordException" | "PasswordHistoryPolicyViolationException") => {
            Error::invalid("/answer", reason(&error, "is too weak"))
        }
        Some(
            "CodeMismatchException"
            | "EnableSoftwareTokenMFAException"
            | "ExpiredCodeException"
            | "InvalidParameterException"
            | "MFAMethodNotFoundException"
            | "NotAuthorizedException"
            | "PasswordResetRequiredException"
            | "SoftwareTokenMFANotFoundException"
            | "UserNotConfirmedException"
            | "UserNotFoundException",
        ) => REFUSED,
        _ => fault(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_one_that_the_api_answers() {
        for name in [
            "NEW_PASSWORD_REQUIRED",
            "SOFTWARE_TOKEN_MFA",
            "MFA_SETUP",
            "EMAIL_OTP",
            "SELECT_MFA_TYPE",
        ] {
            let asked = Challenge::try_from(ChallengeNameType::from(name)).unwrap();
            assert_eq!((asked.name().as_str(), asked), (name, name.parse().unwrap()));
        }
        for name in ["", "ADMIN_NO_SRP_AUTH", "mfa_setup", "CUSTOM_CHALLENGE"] {
            assert!(name.parse::<Challenge>().is_err(), "{name}");
            let asked = Challenge::try_from(ChallengeNameType::from(name));
            assert!(matches!(asked, Err(Error::Internal(_))), "{name}");
        }
    }
}
