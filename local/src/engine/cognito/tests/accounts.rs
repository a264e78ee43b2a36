//! What people do with their own account.

use super::*;

fn update(pool: &UserPool, tokens: &Value, name: &str, value: &str) -> Result<Value, String> {
    let attributes = json!([{ "Name": name, "Value": value }]);
    let input = json!({ "AccessToken": tokens["AccessToken"], "UserAttributes": attributes });
    call(pool, "UpdateUserAttributes", input)
}

fn attribute(pool: &UserPool, tokens: &Value, name: &str) -> Option<String> {
    let user = get_user(pool, tokens).unwrap();
    let attributes = user["UserAttributes"].as_array().unwrap().iter();
    let found = attributes.clone().find(|attribute| attribute["Name"] == name);
    found.map(|attribute| attribute["Value"].as_str().unwrap().to_owned())
}

#[test]
fn a_name_can_be_changed_and_taken_away() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    update(&pool, &tokens, "name", "Ann B.").unwrap();
    assert_eq!(attribute(&pool, &tokens, "name").as_deref(), Some("Ann B."));
    let fresh = refresh_at(&pool, &tokens["RefreshToken"], NOW).unwrap();
    assert_eq!(claims(&fresh["IdToken"])["name"], "Ann B.");
    update(&pool, &tokens, "name", "").unwrap();
    assert_eq!(attribute(&pool, &tokens, "name"), None);
    assert!(update(&pool, &tokens, "name", &"x".repeat(2_049)).is_err());
}

#[test]
fn a_new_address_is_verified_by_a_code_that_goes_there() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let sent = update(&pool, &tokens, "email", "new@example.org").unwrap();
    assert_eq!(sent["CodeDeliveryDetailsList"][0]["Destination"], "n***@e***");
    assert_eq!(pool.outbox.list().unwrap().pop().unwrap().to, "new@example.org");
    assert_eq!(attribute(&pool, &tokens, "email_verified").as_deref(), Some("false"));
    let verify = |code: &str| {
        let token = &tokens["AccessToken"];
        let input = json!({ "AccessToken": token, "AttributeName": "email", "Code": code });
        call(&pool, "VerifyUserAttribute", input)
    };
    let code = last_code(&pool);
    assert!(verify(&wrong(&code)).unwrap_err().starts_with("CodeMismatchException"));
    verify(&code).unwrap();
    assert!(verify(&code).unwrap_err().starts_with("ExpiredCodeException"));
    assert_eq!(attribute(&pool, &tokens, "email_verified").as_deref(), Some("true"));

    let same = update(&pool, &tokens, "email", "new@example.org").unwrap();
    assert_eq!(same["CodeDeliveryDetailsList"], json!([]));
    assert_eq!(attribute(&pool, &tokens, "email_verified").as_deref(), Some("true"));
}

#[test]
fn a_code_for_a_password_does_not_go_over_to_a_new_address() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    call(&pool, "ForgotPassword", json!({ "Username": "ann" })).unwrap();
    let code = last_code(&pool);
    update(&pool, &tokens, "email", "new@example.org").unwrap();
    let input = json!({ "Username": "ann", "ConfirmationCode": code, "Password": PASSWORD });
    let refused = call(&pool, "ConfirmForgotPassword", input).unwrap_err();
    assert!(refused.starts_with("ExpiredCodeException"), "{refused}");
}

#[test]
fn some_attributes_are_not_the_owners_to_change() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    for (name, value, code) in [
        ("sub", "x", "InvalidParameterException"),
        ("identities", "[]", "InvalidParameterException"),
        ("custom:x", "x", "InvalidParameterException"),
        ("email", "nobody", "InvalidParameterException"),
        ("email_verified", "true", "NotAuthorizedException"),
    ] {
        let refused = update(&pool, &tokens, name, value).unwrap_err();
        assert!(refused.starts_with(code), "{name}: {refused}");
    }
}

#[test]
fn a_password_is_changed_by_who_knows_it() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let change = |previous: &str, proposed: &str| {
        let input = json!({
            "AccessToken": tokens["AccessToken"],
            "PreviousPassword": previous,
            "ProposedPassword": proposed,
        });
        call(&pool, "ChangePassword", input)
    };
    let weak = change(PASSWORD, "Correct horse").unwrap_err();
    let sentence = "InvalidPasswordException: Password did not conform with policy: Password must have numeric characters";
    assert_eq!(weak, sentence);
    assert_eq!(change("Wrong horse 1", "weak").unwrap_err(), REFUSED);
    change(PASSWORD, "Another horse 2").unwrap();
    get_user(&pool, &tokens).unwrap();
    sign_in(&pool, "ann", "Another horse 2").unwrap();
    assert_eq!(sign_in(&pool, "ann", PASSWORD).unwrap_err(), REFUSED);

    for _ in 0..5 {
        assert_eq!(change(PASSWORD, "Third horse 3").unwrap_err(), REFUSED);
    }
    let limited = change("Another horse 2", "Third horse 3").unwrap_err();
    assert!(limited.starts_with("LimitExceededException: Attempt limit exceeded"), "{limited}");
}
