//! Answers to challenges.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::UserPool;
use super::attributes::{Attribute, By};
use super::challenge::{Challenge, ChallengeName, Step};
use super::error::{Error, Result};
use super::factors::Factor;
use super::password::PasswordHash;
use super::policy::check_password;
use super::sign_in::parameter;
use super::totp::Verdict;
use super::user::User;

/// What the names of attributes begin with in an answer.
const ATTRIBUTE: &str = "userAttributes.";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RespondToAuthChallenge {
    client_id: String,
    challenge_name: Value,
    session: Option<String>,
    #[serde(default)]
    challenge_responses: HashMap<String, String>,
}

/// What a right answer leads to.
enum Next {
    SecondFactor,
    Ask(ChallengeName),
    Done,
}

impl UserPool {
    pub(super) fn respond_to_auth_challenge(
        &self,
        input: &RespondToAuthChallenge,
        now: i64,
    ) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let missing = || Error::InvalidParameter("Missing required parameter Session".to_owned());
        let session = input.session.as_deref().ok_or_else(missing)?;
        let username = parameter(&input.challenge_responses, "USERNAME")?;
        let answer = &input.challenge_responses;
        let is_asked = |challenge: &Challenge| {
            challenge.is_for(&input.client_id, username)
                && json!(challenge.name) == input.challenge_name
        };
        let step = self.answer(session, is_asked, answer, now)?;
        self.answer_to(step, now)
    }

    /// Takes an answer to the challenge of `session`, if that is one that `is_asked`. A wrong one leaves the session as
    /// it is: the person may try again.
    ///
    /// # Errors
    /// `NotAuthorized` for a session that is none, else what is wrong with the answer.
    pub(super) fn answer(
        &self,
        session: &str,
        is_asked: impl FnOnce(&Challenge) -> bool,
        answer: &HashMap<String, String>,
        now: i64,
    ) -> Result<Step> {
        let _changing = self.changing();
        let (mut user, challenge) = self.challenge(session, now)?;
        if !is_asked(&challenge) {
            return Err(Error::NotAuthorized("Invalid session for the user."));
        }
        let next = match challenge.name {
            ChallengeName::NewPasswordRequired => choose_password(&mut user, answer, now)?,
            ChallengeName::SoftwareTokenMfa => {
                let code = parameter(answer, "SOFTWARE_TOKEN_MFA_CODE")?;
                self.take_factor(&challenge.username, now, || take_token(&mut user, code, now))?
            }
            ChallengeName::EmailOtp => {
                let code = parameter(answer, "EMAIL_OTP_CODE")?;
                let take = || take_mailed(&mut user, &challenge, code, now);
                self.take_factor(&challenge.username, now, take)?
            }
            ChallengeName::MfaSetup => set_up(&mut user, &challenge)?,
            ChallengeName::SelectMfaType => select(&user, parameter(answer, "ANSWER")?)?,
        };
        self.save(&user)?;
        self.use_up(session, challenge)?;
        match next {
            Next::SecondFactor => self.second_factor(user, now),
            Next::Ask(name) => self.ask(name, &user, now),
            Next::Done => self.done(user),
        }
    }

    /// Takes the code of a second factor, unless there were too many wrong ones.
    fn take_factor(
        &self,
        username: &str,
        now: i64,
        take: impl FnOnce() -> Result<Next>,
    ) -> Result<Next> {
        self.admit_sign_in(username, now)?;
        let outcome = take();
        if let Err(Error::FactorMismatch) = &outcome {
            self.count_failed_sign_in(username, now)?;
        }
        outcome
    }
}

fn choose_password(user: &mut User, answer: &HashMap<String, String>, now: i64) -> Result<Next> {
    if user.temporary_until.is_none() {
        return Err(Error::NotAuthorized("Invalid session for the user."));
    }
    let password = parameter(answer, "NEW_PASSWORD")?;
    check_password(password)?;
    let attributes: Vec<_> = answer
        .iter()
        .filter_map(|(name, value)| {
            let name = name.strip_prefix(ATTRIBUTE)?.to_owned();
            Some(Attribute { name, value: value.clone() })
        })
        .collect();
    user.change(&attributes, By::Owner, now)?;
    user.set_password(PasswordHash::new(password)?, now);
    Ok(Next::SecondFactor)
}

fn take_token(user: &mut User, code: &str, now: i64) -> Result<Next> {
    let token = user.factors.software_token.as_mut().ok_or(Error::SoftwareTokenNotFound)?;
    match token.take(code, now)? {
        Verdict::Right => Ok(Next::Done),
        Verdict::Used => Err(Error::SoftwareTokenUsed),
        Verdict::Wrong => Err(Error::FactorMismatch),
    }
}

/// The code came through the address, which is therefore theirs.
fn take_mailed(user: &mut User, challenge: &Challenge, code: &str, now: i64) -> Result<Next> {
    let sent = challenge.code.as_ref().ok_or(Error::ExpiredCode)?;
    sent.check(code, now).map_err(|error| match error {
        Error::CodeMismatch => Error::FactorMismatch,
        other => other,
    })?;
    user.email_verified = true;
    Ok(Next::Done)
}

fn set_up(user: &mut User, challenge: &Challenge) -> Result<Next> {
    if !challenge.set_up {
        return Err(Error::NotAuthorized("Invalid session for the user."));
    }
    user.factors.enable(Factor::SoftwareTokenMfa, true);
    Ok(Next::Done)
}

fn select(user: &User, answer: &str) -> Result<Next> {
    let factor = user.factors.enabled().iter().find(|factor| factor.name() == answer);
    let factor = factor.ok_or_else(|| {
        Error::InvalidParameter("Invalid MFA type selected for the user.".to_owned())
    })?;
    Ok(Next::Ask((*factor).into()))
}
