//! The pool as its callers see it.

use super::*;
use dynoxide::Database;
use serde_json::{Value, json};

const PASSWORD: &str = "Correct horse 1";

fn pool(confirm_registration: bool) -> UserPool {
    let documents = Documents::open(Database::memory().unwrap()).unwrap();
    let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
    UserPool::open(documents, outbox, confirm_registration).unwrap()
}

fn call(pool: &UserPool, operation: &str, mut input: Value) -> Result<Value, String> {
    if input["ClientId"].is_null() {
        input["ClientId"] = pool.client_id().into();
    }
    match pool.call(operation, input.to_string().as_bytes()) {
        Ok(output) => Ok(serde_json::from_slice(&output).unwrap()),
        Err(refusal) => Err(format!("{}: {}", refusal.code, refusal.message)),
    }
}

fn sign_up(pool: &UserPool, username: &str) -> Result<Value, String> {
    let email = json!([{ "Name": "email", "Value": "ann@example.com" }]);
    let input = json!({ "Username": username, "Password": PASSWORD, "UserAttributes": email });
    call(pool, "SignUp", input)
}

fn sign_in(pool: &UserPool, username: &str, password: &str) -> Result<Value, String> {
    let parameters = json!({ "USERNAME": username, "PASSWORD": password });
    let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    call(pool, "InitiateAuth", input)
}

fn refresh(pool: &UserPool, token: &Value) -> Result<Value, String> {
    let input =
        json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": { "REFRESH_TOKEN": token } });
    call(pool, "InitiateAuth", input)
}

fn last_code(pool: &UserPool) -> String {
    let body = pool.outbox.list().unwrap().pop().unwrap().body;
    body.split(' ').next_back().unwrap().to_owned()
}

#[test]
fn a_name_is_given_once_whatever_its_case() {
    let pool = pool(false);
    assert_eq!(sign_up(&pool, "Ann").unwrap()["UserConfirmed"], true);
    assert_eq!(sign_up(&pool, "aNN").unwrap_err(), "UsernameExistsException: User already exists");
    sign_in(&pool, "ANN", PASSWORD).unwrap();
}

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let pool = pool(false);
    sign_up(&pool, "ann").unwrap();
    let refused = "NotAuthorizedException: Incorrect username or password.";
    assert_eq!(sign_in(&pool, "ann", "Wrong horse 1").unwrap_err(), refused);
    assert_eq!(sign_in(&pool, "bob", PASSWORD).unwrap_err(), refused);
}

#[test]
fn an_account_waits_for_its_code_where_that_is_asked_for() {
    let pool = pool(true);
    assert_eq!(sign_up(&pool, "ann").unwrap()["UserConfirmed"], false);
    let wrong = sign_in(&pool, "ann", "Wrong horse 1").unwrap_err();
    assert!(wrong.starts_with("NotAuthorizedException"));
    let waiting = sign_in(&pool, "ann", PASSWORD).unwrap_err();
    assert_eq!(waiting, "UserNotConfirmedException: User is not confirmed.");

    let first = last_code(&pool);
    call(&pool, "ResendConfirmationCode", json!({ "Username": "ann" })).unwrap();
    let confirm = |code: &str| {
        call(&pool, "ConfirmSignUp", json!({ "Username": "ann", "ConfirmationCode": code }))
    };
    let second = last_code(&pool);
    if first != second {
        assert!(confirm(&first).unwrap_err().starts_with("CodeMismatchException"));
    }
    confirm(&second).unwrap();
    assert!(confirm(&second).unwrap_err().starts_with("NotAuthorizedException"));
    sign_in(&pool, "ann", PASSWORD).unwrap();
}

#[test]
fn a_code_for_nobody_is_answered_like_one_for_somebody() {
    let pool = pool(true);
    let input = json!({ "Username": "nobody", "ConfirmationCode": "123456" });
    let refused = call(&pool, "ConfirmSignUp", input).unwrap_err();
    assert!(refused.starts_with("CodeMismatchException"));
    let sent = call(&pool, "ResendConfirmationCode", json!({ "Username": "nobody" })).unwrap();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert!(pool.outbox.list().unwrap().is_empty());
}

#[test]
fn a_refresh_token_gets_new_tokens_of_the_same_sign_in() {
    let pool = pool(false);
    sign_up(&pool, "ann").unwrap();
    let first = &sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"];
    let second = &refresh(&pool, &first["RefreshToken"]).unwrap()["AuthenticationResult"];
    assert_ne!(first["AccessToken"], second["AccessToken"]);
    assert!(second.get("RefreshToken").is_none());
    let refused = "NotAuthorizedException: Invalid Refresh Token";
    assert_eq!(refresh(&pool, &first["AccessToken"]).unwrap_err(), refused);
}

#[test]
fn what_the_pool_does_not_know_is_named() {
    let pool = pool(false);
    let input = json!({ "ClientId": "other", "Username": "ann" });
    assert_eq!(
        call(&pool, "ResendConfirmationCode", input).unwrap_err(),
        "ResourceNotFoundException: User pool client other does not exist."
    );
    let input = json!({ "UserPoolId": pool.id(), "Username": "ann" });
    let unknown = call(&pool, "AdminGetUser", input).unwrap_err();
    assert_eq!(unknown, "UserNotFoundException: User does not exist.");
    let refused = call(&pool, "DeleteEverything", json!({})).unwrap_err();
    assert_eq!(refused, "UnknownOperationException: ");
}
