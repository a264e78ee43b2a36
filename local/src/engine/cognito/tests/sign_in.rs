//! Passwords at the door.

use super::*;

#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    assert_eq!(sign_in(&pool, "ann", "Wrong horse 1").unwrap_err(), REFUSED);
    assert_eq!(sign_in(&pool, "bob", PASSWORD).unwrap_err(), REFUSED);
    assert_eq!(sign_in(&pool, &"b".repeat(100_000), PASSWORD).unwrap_err(), REFUSED);
}

#[test]
fn after_five_wrong_passwords_there_is_a_wait_for_anybody_and_for_nobody() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    for name in ["ann", "nobody"] {
        for _ in 0..5 {
            assert_eq!(sign_in(&pool, name, "Wrong horse 1").unwrap_err(), REFUSED, "{name}");
        }
        let locked = sign_in(&pool, name, PASSWORD).unwrap_err();
        assert_eq!(locked, "NotAuthorizedException: Password attempts exceeded", "{name}");
        let later = sign_in_at(&pool, name, "Wrong horse 1", NOW + 1).unwrap_err();
        assert_eq!(later, REFUSED, "{name}");
        let locked = sign_in_at(&pool, &name.to_uppercase(), PASSWORD, NOW + 2).unwrap_err();
        assert_eq!(locked, "NotAuthorizedException: Password attempts exceeded", "{name}");
    }
    sign_in_at(&pool, "ann", PASSWORD, NOW + 3).unwrap();
    for _ in 0..4 {
        let refused = sign_in_at(&pool, "ann", "Wrong horse 1", NOW + 3).unwrap_err();
        assert_eq!(refused, REFUSED);
    }
    sign_in_at(&pool, "ann", PASSWORD, NOW + 3).unwrap();
}

#[test]
fn many_guesses_at_once_are_no_more_than_five() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    let refusals: Vec<String> = std::thread::scope(|scope| {
        let guess = || scope.spawn(|| sign_in(&pool, "ann", "Wrong horse 1").unwrap_err());
        let guesses: Vec<_> = (0..12).map(|_| guess()).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    assert_eq!(refusals.iter().filter(|refusal| *refusal == REFUSED).count(), 5);
}

#[test]
fn a_password_that_is_too_long_is_not_looked_at() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    let endless = "Ab1".repeat(350_000);
    for _ in 0..6 {
        for name in ["ann", "nobody"] {
            let refused = sign_in(&pool, name, &endless).unwrap_err();
            assert!(refused.starts_with("InvalidParameterException: 1 validation error"));
        }
    }
    sign_in(&pool, "ann", PASSWORD).unwrap();
    let input = json!({ "Username": "bob", "Password": endless });
    assert!(call(&pool, "SignUp", input).unwrap_err().starts_with("InvalidParameterException"));
}

#[test]
fn a_refresh_token_is_not_for_initiate_auth() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN", "USER_SRP_AUTH"] {
        let parameters = json!({ "REFRESH_TOKEN": tokens["RefreshToken"] });
        let input = json!({ "AuthFlow": flow, "AuthParameters": parameters });
        let refused = call(&pool, "InitiateAuth", input).unwrap_err();
        let sentence =
            format!("InvalidParameterException: {flow} flow not enabled for this client");
        assert_eq!(refused, sentence);
    }
    let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": {} });
    let refused = call(&pool, "InitiateAuth", input).unwrap_err();
    assert_eq!(refused, "InvalidParameterException: Missing required parameter USERNAME");
}
