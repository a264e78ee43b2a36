//! The pool as its callers see it.

mod accounts;
mod admin;
mod challenges;
mod conformance;
mod recovery;
mod sessions;
mod sign_in;
mod sign_up;

use dynoxide::Database;
use serde_json::{Value, json};

use super::totp::SoftwareToken;
use super::*;

const PASSWORD: &str = "Correct horse 1";

/// When everything happens that no time is given for, in seconds since the epoch.
const NOW: i64 = 1_800_000_000;

const REFUSED: &str = "NotAuthorizedException: Incorrect username or password.";

fn documents() -> Documents {
    Documents::open(Database::memory().unwrap()).unwrap()
}

fn open(documents: &Documents, settings: Settings) -> UserPool {
    let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
    UserPool::open(documents.clone(), outbox, settings).unwrap()
}

fn pool() -> UserPool {
    open(&documents(), Settings::default())
}

fn confirming_pool() -> UserPool {
    open(&documents(), Settings { confirm_registration: true, ..Settings::default() })
}

/// With the client and the pool named where they are not.
fn call_at(pool: &UserPool, operation: &str, mut input: Value, now: i64) -> Result<Value, String> {
    for (name, value) in [("ClientId", pool.client_id()), ("UserPoolId", pool.id())] {
        if input[name].is_null() {
            input[name] = value.into();
        }
    }
    match pool.call_at(operation, input.to_string().as_bytes(), now) {
        Ok(output) => Ok(serde_json::from_slice(&output).unwrap()),
        Err(refusal) => Err(format!("{}: {}", refusal.code, refusal.message)),
    }
}

fn call(pool: &UserPool, operation: &str, input: Value) -> Result<Value, String> {
    call_at(pool, operation, input, NOW)
}

fn sign_up(pool: &UserPool, username: &str) -> Result<Value, String> {
    let email = format!("{}@example.com", username.to_lowercase());
    let attributes = json!([{ "Name": "email", "Value": email }]);
    let input = json!({ "Username": username, "Password": PASSWORD, "UserAttributes": attributes });
    call(pool, "SignUp", input)
}

fn sign_in_at(pool: &UserPool, name: &str, password: &str, now: i64) -> Result<Value, String> {
    let parameters = json!({ "USERNAME": name, "PASSWORD": password });
    let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    call_at(pool, "InitiateAuth", input, now)
}

fn sign_in(pool: &UserPool, username: &str, password: &str) -> Result<Value, String> {
    sign_in_at(pool, username, password, NOW)
}

/// The tokens of an account, which is made for it.
fn tokens(pool: &UserPool, username: &str) -> Value {
    sign_up(pool, username).unwrap();
    sign_in(pool, username, PASSWORD).unwrap()["AuthenticationResult"].clone()
}

fn refresh_at(pool: &UserPool, token: &Value, now: i64) -> Result<Value, String> {
    let output = call_at(pool, "GetTokensFromRefreshToken", json!({ "RefreshToken": token }), now);
    output.map(|output| output["AuthenticationResult"].clone())
}

fn get_user(pool: &UserPool, tokens: &Value) -> Result<Value, String> {
    call(pool, "GetUser", json!({ "AccessToken": tokens["AccessToken"] }))
}

/// The last word of the last mail.
fn last_code(pool: &UserPool) -> String {
    let body = pool.outbox.list().unwrap().pop().unwrap().body;
    body.split(' ').next_back().unwrap().to_owned()
}

/// A code that is another one.
fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '7' { '3' } else { '7' }).collect()
}

fn claims(token: &Value) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// Gives the owner of `tokens` an app, and returns it as it is kept.
fn set_up_app(pool: &UserPool, tokens: &Value, username: &str) -> SoftwareToken {
    let access_token = &tokens["AccessToken"];
    call(pool, "AssociateSoftwareToken", json!({ "AccessToken": access_token })).unwrap();
    let app = app_of(pool, username);
    let code = app.code_at(NOW - 30);
    let input = json!({ "AccessToken": access_token, "UserCode": code });
    assert_eq!(call(pool, "VerifySoftwareToken", input).unwrap()["Status"], "SUCCESS");
    prefer(pool, tokens, &json!({ "SoftwareTokenMfaSettings": { "Enabled": true } })).unwrap();
    app
}

fn app_of(pool: &UserPool, username: &str) -> SoftwareToken {
    pool.user(username).unwrap().unwrap().factors.software_token.unwrap()
}

fn prefer(pool: &UserPool, tokens: &Value, settings: &Value) -> Result<Value, String> {
    let mut input = settings.clone();
    input["AccessToken"] = tokens["AccessToken"].clone();
    call(pool, "SetUserMFAPreference", input)
}

fn answer_at(
    pool: &UserPool,
    challenge: &Value,
    mut responses: Value,
    now: i64,
) -> Result<Value, String> {
    if responses["USERNAME"].is_null() {
        responses["USERNAME"] = challenge["ChallengeParameters"]["USER_ID_FOR_SRP"].clone();
    }
    let input = json!({
        "ChallengeName": challenge["ChallengeName"],
        "Session": challenge["Session"],
        "ChallengeResponses": responses,
    });
    call_at(pool, "RespondToAuthChallenge", input, now)
}

fn answer(pool: &UserPool, challenge: &Value, responses: Value) -> Result<Value, String> {
    answer_at(pool, challenge, responses, NOW)
}
