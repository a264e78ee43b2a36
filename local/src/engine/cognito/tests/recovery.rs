//! Forgotten passwords.

use super::*;

const NEW: &str = "Another horse 2";

fn forgot(pool: &UserPool, username: &str) -> Result<Value, String> {
    call(pool, "ForgotPassword", json!({ "Username": username }))
}

fn reset_at(pool: &UserPool, name: &str, code: &str, now: i64) -> Result<Value, String> {
    let input = json!({ "Username": name, "ConfirmationCode": code, "Password": NEW });
    call_at(pool, "ConfirmForgotPassword", input, now)
}

#[test]
fn a_code_replaces_the_password_once() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    let sent = forgot(&pool, "ANN").unwrap();
    assert_eq!(sent["CodeDeliveryDetails"]["Destination"], "a***@e***");
    let code = last_code(&pool);
    let weak = json!({ "Username": "ann", "ConfirmationCode": code, "Password": "weak" });
    let refused = call(&pool, "ConfirmForgotPassword", weak).unwrap_err();
    assert!(refused.starts_with("InvalidPasswordException: "), "{refused}");

    assert!(reset_at(&pool, "ann", &code, NOW + 3_600).unwrap_err().starts_with("ExpiredCode"));
    reset_at(&pool, "ann", &code, NOW + 3_599).unwrap();
    assert!(reset_at(&pool, "ann", &code, NOW + 3_599).unwrap_err().starts_with("ExpiredCode"));
    assert_eq!(sign_in(&pool, "ann", PASSWORD).unwrap_err(), REFUSED);
    sign_in(&pool, "ann", NEW).unwrap();
}

#[test]
fn a_new_code_voids_the_old_one_and_another_users_code_is_none() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    sign_up(&pool, "bob").unwrap();
    let mut codes = Vec::new();
    for name in ["ann", "bob", "ann"] {
        forgot(&pool, name).unwrap();
        codes.push(last_code(&pool));
    }
    for other in codes[..2].iter().filter(|code| **code != codes[2]) {
        assert!(reset_at(&pool, "ann", other, NOW).unwrap_err().starts_with("CodeMismatch"));
    }
    reset_at(&pool, "ann", &codes[2], NOW).unwrap();
}

#[test]
fn wrong_codes_are_counted_for_anybody_and_for_nobody() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    forgot(&pool, "ann").unwrap();
    let code = last_code(&pool);
    for name in ["ann", "nobody"] {
        for _ in 0..5 {
            let refused = reset_at(&pool, name, &wrong(&code), NOW).unwrap_err();
            assert!(refused.starts_with("CodeMismatchException"), "{name}: {refused}");
        }
        let refused = reset_at(&pool, name, &code, NOW).unwrap_err();
        assert!(refused.starts_with("LimitExceededException"), "{name}: {refused}");
    }
    reset_at(&pool, "ann", &code, NOW + 300).unwrap();
}

#[test]
fn who_asked_for_no_code_cannot_be_told_from_nobody_by_the_count() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    let limited = |name: &str| {
        let refusals = (0..8).map(|_| reset_at(&pool, name, "123456", NOW).unwrap_err());
        refusals.map(|refusal| refusal.starts_with("LimitExceeded")).collect::<Vec<_>>()
    };
    assert_eq!(limited("ann"), limited("nobody"));
}

#[test]
fn who_cannot_get_a_code_is_answered_like_who_can() {
    let pool = confirming_pool();
    sign_up(&pool, "ann").unwrap();
    pool.outbox.clear().unwrap();
    for name in ["ann", "nobody"] {
        let sent = forgot(&pool, name).unwrap();
        let details = &sent["CodeDeliveryDetails"];
        assert_eq!(
            (&details["AttributeName"], &details["DeliveryMedium"]),
            (&json!("email"), &json!("EMAIL"))
        );
        let destination = details["Destination"].as_str().unwrap();
        assert_eq!(destination.len(), "a***@e***".len());
        assert_eq!(sent, forgot(&pool, &name.to_uppercase()).unwrap());
    }
    assert!(pool.outbox.list().unwrap().is_empty());
}

#[test]
fn a_temporary_password_is_not_forgotten() {
    let pool = pool();
    let attributes = json!([
        { "Name": "email", "Value": "ann@example.com" },
        { "Name": "email_verified", "Value": "true" },
    ]);
    let input = json!({ "Username": "ann", "UserAttributes": attributes });
    call(&pool, "AdminCreateUser", input).unwrap();
    let refused = forgot(&pool, "ann").unwrap_err();
    let sentence = "NotAuthorizedException: User password cannot be reset in the current state.";
    assert_eq!(refused, sentence);
}
