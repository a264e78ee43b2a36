//! `POST /v1/authenticate/challenge`: the answer to what a sign-in still wanted to know.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::{Error, Result};
use shared::http::{Answer, ByName, Input, required, valid};
use shared::identity::{Challenge, Identity, SignIn};
use shared::model::{Password, Username};
use validator::Validate;

/// An answer, and what it answers.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthenticateChallenge {
    /// Who signs in.
    #[validate(required)]
    username: Option<String>,
    /// What is answered.
    #[validate(required, custom(function = "valid::<Challenge>"))]
    #[schemars(with = "ByName<Challenge>")]
    challenge: Option<String>,
    /// As it came with the challenge.
    #[validate(required)]
    session: Option<String>,
    /// The answer.
    #[validate(required)]
    answer: Option<String>,
}

/// Handles the route.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    let body: AuthenticateChallenge = input.body()?;
    let challenge: Challenge = required("/challenge", body.challenge.as_deref())?;
    let answer = body.answer.unwrap_or_default();
    if challenge == Challenge::NewPassword {
        required::<Password>("/answer", Some(&answer))?;
    }
    let username = body.username.unwrap_or_default();
    let username: Username = username.parse().map_err(|_| Error::BadCredentials)?;
    let session = body.session.unwrap_or_default();

    let sign_in = identity.pool.answer(challenge, &username, session, &answer).await?;
    if let SignIn::Tokens(tokens) = &sign_in {
        identity.ensure_profile(tokens).await?;
    }
    Answer::ok(&sign_in)
}
