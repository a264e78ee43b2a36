//! The same calls of the SDK on this engine and on the emulator of AWS that the deployment gate runs: they must end alike,
//! but for differences that are known, each with what AWS says.

mod sequence;
mod target;

use std::net::SocketAddr;

use self::target::Target;

/// Where the emulator is: the gate says it.
const ADDRESS: &str = "CHINWAG_EMULATOR_ADDRESS";

/// Steps that end otherwise on the emulator, how, and what Cognito's documentation says.
const KNOWN_DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "the name again, in capitals",
        "ok",
        "UsernameConfigurationType: without case sensitivity, names that differ in case only are one",
    ),
    (
        "a new code for one who needs none",
        "ok",
        "ResendConfirmationCode: for users who are not confirmed; others are an InvalidParameterException",
    ),
    (
        "the password, the name in capitals",
        "UserNotConfirmedException",
        "as for the name in capitals: here they are the second account of that name",
    ),
    (
        "a refresh token at InitiateAuth",
        "ok",
        "Refresh tokens: no REFRESH_TOKEN_AUTH in app clients with refresh token rotation enabled",
    ),
    (
        "a new refresh token comes with it",
        "none",
        "GetTokensFromRefreshToken: issues a new refresh token when rotation is enabled",
    ),
    (
        "a factor that is not there",
        "ok",
        "SetUserMFAPreference: a factor must be set up first, VerifySoftwareToken having succeeded",
    ),
    ("the challenge, answered again", "ok", "RespondToAuthChallenge: a session can be used once"),
    (
        "a session that is none",
        "ok",
        "RespondToAuthChallenge: the session identifies the challenge",
    ),
    (
        "an access token revoked",
        "ok",
        "RevokeToken: a token that is no refresh token is an UnsupportedTokenTypeException",
    ),
    (
        "a weak password in its place",
        "ok",
        "RespondToAuthChallenge: InvalidPasswordException for a password against the policy",
    ),
];

#[tokio::test]
async fn the_sdk_gets_what_cognito_answers() {
    let outcomes = sequence::run(&Target::engine().await).await;
    let expected = sequence::EXPECTED.iter().map(|(step, outcome)| format!("{step}: {outcome}"));
    let found = outcomes.iter().map(|(step, outcome)| format!("{step}: {outcome}"));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[tokio::test]
#[ignore = "needs the emulator: tests/deploy/run dynamic"]
async fn the_emulator_answers_alike() {
    let address: SocketAddr = std::env::var(ADDRESS).unwrap().parse().unwrap();
    let found = sequence::run(&Target::emulator(address).await).await;
    let differences: Vec<_> = sequence::EXPECTED
        .iter()
        .zip(&found)
        .filter(|((_, expected), (_, found))| expected != found)
        .map(|((step, _), (_, found))| (*step, found.as_str()))
        .collect();
    let known: Vec<_> = KNOWN_DIFFERENCES.iter().map(|(step, found, _)| (*step, *found)).collect();
    assert_eq!(differences, known);
}
