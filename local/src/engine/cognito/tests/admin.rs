//! What administrators do.

use super::*;

fn create(pool: &UserPool, username: &str) -> Value {
    let attributes = json!([
        { "Name": "email", "Value": "ann@example.com" },
        { "Name": "name", "Value": "Ann" },
    ]);
    let input = json!({ "Username": username, "UserAttributes": attributes });
    call(pool, "AdminCreateUser", input).unwrap()["User"].clone()
}

fn status(pool: &UserPool, username: &str) -> Value {
    call(pool, "AdminGetUser", json!({ "Username": username })).unwrap()["UserStatus"].clone()
}

#[test]
fn a_temporary_password_is_good_for_choosing_another_within_a_week() {
    let pool = pool();
    assert_eq!(create(&pool, "ann")["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let password = last_code(&pool);
    let late = sign_in_at(&pool, "ann", &password, NOW + 7 * 24 * 3_600).unwrap_err();
    assert!(late.starts_with("NotAuthorizedException: Temporary password has expired"), "{late}");

    let challenge = sign_in(&pool, "ann", &password).unwrap();
    let at_the_same_time = sign_in(&pool, "ann", &password).unwrap();
    assert_eq!(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let held = challenge["ChallengeParameters"]["userAttributes"].as_str().unwrap();
    assert!(held.contains("ann@example.com") && !held.contains("sub"), "{held}");
    let weak = answer(&pool, &challenge, json!({ "NEW_PASSWORD": "weak" })).unwrap_err();
    assert!(weak.starts_with("InvalidPasswordException"), "{weak}");
    let chosen = json!({ "NEW_PASSWORD": PASSWORD, "userAttributes.name": "Ann B." });
    let tokens = answer(&pool, &challenge, chosen.clone()).unwrap();
    assert_eq!(claims(&tokens["AuthenticationResult"]["IdToken"])["name"], "Ann B.");
    assert!(answer(&pool, &challenge, chosen.clone()).is_err());
    let second = answer(&pool, &at_the_same_time, chosen).unwrap_err();
    assert!(second.starts_with("NotAuthorizedException"), "{second}");
    assert_eq!(status(&pool, "ann"), "CONFIRMED");
    sign_in(&pool, "ann", PASSWORD).unwrap();
}

#[test]
fn an_account_is_made_once_and_told_of_unless_that_is_suppressed() {
    let pool = pool();
    let input = json!({
        "Username": "ann",
        "MessageAction": "SUPPRESS",
        "TemporaryPassword": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "ann@example.com" }],
    });
    call(&pool, "AdminCreateUser", input.clone()).unwrap();
    assert!(pool.outbox.list().unwrap().is_empty());
    let again = call(&pool, "AdminCreateUser", input).unwrap_err();
    assert!(again.starts_with("UsernameExistsException"), "{again}");
    let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
    assert_eq!(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
}

#[test]
fn a_password_can_be_set_for_good_or_for_once() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let set = |password: &str, permanent: bool| {
        let input = json!({ "Username": "ann", "Password": password, "Permanent": permanent });
        call(&pool, "AdminSetUserPassword", input)
    };
    assert!(set("weak", true).unwrap_err().starts_with("InvalidPasswordException"));
    set("Another horse 2", true).unwrap();
    assert_eq!(status(&pool, "ann"), "CONFIRMED");
    assert_eq!(sign_in(&pool, "ann", PASSWORD).unwrap_err(), REFUSED);
    set("Third horse 3", false).unwrap();
    assert_eq!(status(&pool, "ann"), "FORCE_CHANGE_PASSWORD");
    let challenge = sign_in(&pool, "ann", "Third horse 3").unwrap();
    assert_eq!(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    get_user(&pool, &tokens).unwrap();
}

#[test]
fn who_is_disabled_is_out_until_enabled() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let app = set_up_app(&pool, &tokens, "ann");
    let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
    let named = json!({ "Username": "ann" });
    call(&pool, "AdminDisableUser", named.clone()).unwrap();
    assert!(get_user(&pool, &tokens).unwrap_err().ends_with("has been revoked"));
    assert!(refresh_at(&pool, &tokens["RefreshToken"], NOW).is_err());
    let input = json!({ "SOFTWARE_TOKEN_MFA_CODE": app.code_at(NOW) });
    assert!(answer(&pool, &challenge, input).is_err());
    assert_eq!(sign_in(&pool, "ann", "Wrong horse 1").unwrap_err(), REFUSED);
    let refused = sign_in(&pool, "ann", PASSWORD).unwrap_err();
    assert_eq!(refused, "NotAuthorizedException: User is disabled.");
    pool.outbox.clear().unwrap();
    call(&pool, "ForgotPassword", named.clone()).unwrap();
    assert!(pool.outbox.list().unwrap().is_empty());
    call(&pool, "AdminEnableUser", named).unwrap();
    sign_in(&pool, "ann", PASSWORD).unwrap();
    assert!(get_user(&pool, &tokens).is_err());
}

#[test]
fn a_user_is_named_by_name_or_by_sub() {
    let pool = pool();
    let sub = sign_up(&pool, "ann").unwrap()["UserSub"].clone();
    sign_up(&pool, "bob").unwrap();
    let user = call(&pool, "AdminGetUser", json!({ "Username": sub })).unwrap();
    assert_eq!((&user["Username"], &user["Enabled"]), (&json!("ann"), &json!(true)));
    let attributes = json!([
        { "Name": "email", "Value": "new@example.com" },
        { "Name": "email_verified", "Value": "true" },
    ]);
    let input = json!({ "Username": sub, "UserAttributes": attributes });
    call(&pool, "AdminUpdateUserAttributes", input).unwrap();
    let user = pool.user("ann").unwrap().unwrap();
    assert_eq!((user.email.as_str(), user.email_verified), ("new@example.com", true));
    call(&pool, "AdminDeleteUser", json!({ "Username": sub })).unwrap();
    let gone = call(&pool, "AdminDeleteUser", json!({ "Username": sub })).unwrap_err();
    assert_eq!(gone, "UserNotFoundException: User does not exist.");
    assert_eq!(sign_in(&pool, "ann", PASSWORD).unwrap_err(), REFUSED);
    sign_in(&pool, "bob", PASSWORD).unwrap();
}

#[test]
fn users_are_listed_in_pages_and_by_what_they_hold() {
    let pool = pool();
    let subs: Vec<Value> = ["carl", "Ann", "bob"]
        .map(|name| sign_up(&pool, name).unwrap()["UserSub"].clone())
        .to_vec();
    let list = |input: Value| {
        let output = call(&pool, "ListUsers", input).unwrap();
        let users = output["Users"].as_array().unwrap().iter();
        let names: Vec<_> = users.map(|user| user["Username"].as_str().unwrap()).collect();
        (names.join(" "), output["PaginationToken"].clone())
    };
    let (names, token) = list(json!({ "Limit": 2 }));
    assert_eq!((names.as_str(), &token), ("Ann bob", &json!("bob")));
    assert_eq!(list(json!({ "PaginationToken": token })), ("carl".to_owned(), Value::Null));
    for (filter, names) in [
        (format!("sub = {}", subs[0]), "carl"),
        (r#"email="bob@example.com""#.to_owned(), "bob"),
        (r#"email ^= "a""#.to_owned(), "Ann"),
        (r#""username" = "bob""#.to_owned(), "bob"),
        (r#"email = "b""#.to_owned(), ""),
    ] {
        assert_eq!(list(json!({ "Filter": filter })).0, names, "{filter}");
    }
    for filter in ["email", "email = bob", "phone_number = \"1\""] {
        let refused = call(&pool, "ListUsers", json!({ "Filter": filter })).unwrap_err();
        assert!(refused.starts_with("InvalidParameterException"), "{filter}");
    }
}
