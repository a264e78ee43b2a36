//! Making and confirming accounts.

use super::*;

fn confirm(pool: &UserPool, username: &str, code: &str) -> Result<Value, String> {
    call(pool, "ConfirmSignUp", json!({ "Username": username, "ConfirmationCode": code }))
}

#[test]
fn a_name_is_given_once_whatever_its_case() {
    let pool = pool();
    assert_eq!(sign_up(&pool, "Ann").unwrap()["UserConfirmed"], true);
    assert_eq!(sign_up(&pool, "aNN").unwrap_err(), "UsernameExistsException: User already exists");
    sign_in(&pool, "ANN", PASSWORD).unwrap();
}

#[test]
fn an_account_waits_for_its_code_where_that_is_asked_for() {
    let pool = confirming_pool();
    assert_eq!(sign_up(&pool, "ann").unwrap()["UserConfirmed"], false);
    assert_eq!(sign_in(&pool, "ann", "Wrong horse 1").unwrap_err(), REFUSED);
    let waiting = sign_in(&pool, "ann", PASSWORD).unwrap_err();
    assert_eq!(waiting, "UserNotConfirmedException: User is not confirmed.");

    let first = last_code(&pool);
    call(&pool, "ResendConfirmationCode", json!({ "Username": "ann" })).unwrap();
    let second = last_code(&pool);
    if first != second {
        let refused = confirm(&pool, "ann", &first).unwrap_err();
        assert!(refused.starts_with("CodeMismatchException"));
    }
    confirm(&pool, "ann", &second).unwrap();
    assert!(confirm(&pool, "ann", &second).unwrap_err().starts_with("NotAuthorizedException"));
    let tokens = sign_in(&pool, "ann", PASSWORD).unwrap();
    assert_eq!(claims(&tokens["AuthenticationResult"]["IdToken"])["email_verified"], true);
}

#[test]
fn a_code_is_good_for_its_own_account() {
    let pool = confirming_pool();
    sign_up(&pool, "ann").unwrap();
    let code = last_code(&pool);
    sign_up(&pool, "bob").unwrap();
    if last_code(&pool) != code {
        assert!(confirm(&pool, "bob", &code).unwrap_err().starts_with("CodeMismatchException"));
    }
    confirm(&pool, "ann", &code).unwrap();
}

#[test]
fn a_code_for_nobody_is_answered_like_one_for_somebody() {
    let pool = confirming_pool();
    sign_up(&pool, "ann").unwrap();
    let code = wrong(&last_code(&pool));
    pool.outbox.clear().unwrap();
    for name in ["ann", "nobody"] {
        for _ in 0..5 {
            let refused = confirm(&pool, name, &code).unwrap_err();
            assert!(refused.starts_with("CodeMismatchException"), "{name}: {refused}");
        }
        let refused = confirm(&pool, name, &code).unwrap_err();
        assert!(refused.starts_with("LimitExceededException"), "{name}: {refused}");
    }
    let sent = call(&pool, "ResendConfirmationCode", json!({ "Username": "nobody" })).unwrap();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    assert!(pool.outbox.list().unwrap().is_empty());
}

#[test]
fn five_wrong_codes_close_the_door_whatever_code_is_new() {
    let pool = confirming_pool();
    sign_up(&pool, "ann").unwrap();
    let code = wrong(&last_code(&pool));
    for _ in 0..5 {
        confirm(&pool, "ann", &code).unwrap_err();
    }
    call(&pool, "ResendConfirmationCode", json!({ "Username": "ann" })).unwrap();
    let input = json!({ "Username": "ann", "ConfirmationCode": last_code(&pool) });
    let early = call_at(&pool, "ConfirmSignUp", input.clone(), NOW + 299).unwrap_err();
    assert!(early.starts_with("LimitExceededException"), "{early}");
    call_at(&pool, "ConfirmSignUp", input, NOW + 300).unwrap();
}

#[test]
fn what_the_pool_does_not_know_is_named() {
    let pool = pool();
    let input = json!({ "ClientId": "other", "Username": "ann" });
    assert_eq!(
        call(&pool, "ResendConfirmationCode", input).unwrap_err(),
        "ResourceNotFoundException: User pool client other does not exist."
    );
    let unknown = call(&pool, "AdminGetUser", json!({ "Username": "ann" })).unwrap_err();
    assert_eq!(unknown, "UserNotFoundException: User does not exist.");
    let input = json!({ "UserPoolId": "other", "Username": "ann" });
    let refused = call(&pool, "AdminGetUser", input).unwrap_err();
    assert_eq!(refused, "ResourceNotFoundException: User pool other does not exist.");
    let refused = call(&pool, "DeleteEverything", json!({})).unwrap_err();
    assert_eq!(refused, "UnknownOperationException: ");
}

#[test]
fn accounts_that_older_versions_wrote_are_read() {
    let pool = pool();
    let hash = json!(PasswordHash::new(PASSWORD).unwrap());
    let old = json!({
        "username": "Ann", "sub": "5b5c1c5e-6c4f-4e5b-9d0a-0d9f3c1a2b3c", "email": "a@example.com",
        "emailVerified": false, "createdAt": NOW, "modifiedAt": NOW, "password": hash,
        "confirmed": true, "attempts": { "count": 0, "since": 0 },
    });
    pool.documents.put(USERS, "ann", &old).unwrap();
    sign_in(&pool, "ann", PASSWORD).unwrap();
}
