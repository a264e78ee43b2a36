//! Signing in, staying signed in, signing out.

use authenticate::Authenticate;
use authenticate_challenge::AuthenticateChallenge;
use authenticate_code::AuthenticateCode;
use refresh::Refresh;
use serde_json::json;
use shared::error::Error;
use shared::identity::{SignIn, Tokens};
use sign_out::SignOut;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag =
    Tag { name: "Sign-in", description: "Tokens for a user name and a password, and their end." };

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/authenticate", "authenticate", "Sign in")
            .about(
                "Answers tokens, or a challenge where the sign-in wants to know more: it is answered by \
                 `POST /v1/authenticate/challenge`. Whether a user exists is not told.",
            )
            .takes::<Authenticate>(json!({ "username": "ada", "password": "Correct-Horse-1" }))
            .answers::<SignIn>(200, "Signed in, or challenged.", example::sign_in())
            .refuses([Error::BadCredentials, Error::NotConfirmed]),
        Operation::new(
            "POST /v1/authenticate/challenge",
            "authenticateChallenge",
            "Answer a challenge of a sign-in",
        )
        .about(
            "Send back `challenge` and `session` as they came, with the answer: to `NEW_PASSWORD_REQUIRED` a new password, to \
             `SOFTWARE_TOKEN_MFA` the code of the authenticator app, to `EMAIL_OTP` the code that was mailed, to `MFA_SETUP` \
             the first code of the app that was set up with `secret`, to `SELECT_MFA_TYPE` one of `options`. Another challenge \
             may follow.",
        )
        .takes::<AuthenticateChallenge>(json!({
            "username": "ada",
            "challenge": "SOFTWARE_TOKEN_MFA",
            "session": "the session of the challenge",
            "answer": "123456",
        }))
        .answers::<SignIn>(200, "Signed in, or challenged again.", example::sign_in())
        .refuses([Error::SignInRefused(
            "the answer is wrong, or the session of the challenge is over",
        )]),
        Operation::new(
            "POST /v1/authenticate/code",
            "authenticateCode",
            "Exchange the code of the hosted sign-in",
        )
        .about("By email or with Google, where the deployment has the hosted sign-in.")
        .takes::<AuthenticateCode>(json!({
            "code": "the code that the browser came back with",
            "redirectUri": "https://chat.example.com/",
            "codeVerifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        }))
        .answers::<Tokens>(200, "Signed in.", example::tokens())
        .refuses([
            Error::SignInRefused("the code is invalid, or was used before"),
            Error::NotFound("hosted sign-in"),
        ]),
        Operation::new("POST /v1/authenticate/refresh", "refreshTokens", "Get new tokens")
            .about("The answer may bring another refresh token: it takes the place of the one before.")
            .takes::<Refresh>(json!({ "refreshToken": "the refresh token that came last" }))
            .answers::<Tokens>(200, "Still signed in.", example::tokens())
            .refuses([Error::SignInRefused("the refresh token is invalid, or has expired")]),
        Operation::new("POST /v1/sign-out", "signOut", "End one session, or all")
            .about("With a `refreshToken` the session that it belongs to; without one all of the caller's, and their sockets.")
            .takes::<SignOut>(json!({ "refreshToken": "the refresh token that came last" }))
            .says(204, "Signed out."),
    ]
}
