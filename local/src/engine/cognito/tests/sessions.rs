//! Refresh tokens, and the end of sessions.

use super::*;
use crate::engine::cognito::names::hash;
use crate::engine::cognito::session::Session;
use crate::engine::cognito::tokens::USER_SCOPE;

const REVOKED: &str = "NotAuthorizedException: Access Token has been revoked";
const REFRESH_REVOKED: &str = "NotAuthorizedException: Refresh Token has been revoked";

#[test]
fn another_refresh_token_takes_the_place_of_the_first() {
    let pool = pool();
    let first = tokens(&pool, "ann");
    let second = refresh_at(&pool, &first["RefreshToken"], NOW + 10).unwrap();
    assert_ne!(first["RefreshToken"], second["RefreshToken"]);
    let (old, new) = (claims(&first["AccessToken"]), claims(&second["AccessToken"]));
    assert_ne!(old["jti"], new["jti"]);
    for claim in ["sub", "origin_jti", "auth_time", "scope", "username"] {
        assert_eq!(old[claim], new[claim], "{claim}");
    }
    assert_eq!(new["iat"], NOW + 10);
    let third = refresh_at(&pool, &second["RefreshToken"], NOW + 20).unwrap();
    refresh_at(&pool, &third["RefreshToken"], NOW + 30).unwrap();
}

#[test]
fn a_replaced_refresh_token_answers_for_a_minute() {
    let pool = pool();
    let first = tokens(&pool, "ann");
    let second = refresh_at(&pool, &first["RefreshToken"], NOW).unwrap();
    let retried = refresh_at(&pool, &first["RefreshToken"], NOW + 59).unwrap();
    assert_ne!(second["RefreshToken"], retried["RefreshToken"]);
    // Neither does the retry prolong it, nor does the refusal end the session.
    for time in [NOW + 60, NOW + 61, NOW + 3_600] {
        let reused = refresh_at(&pool, &first["RefreshToken"], time).unwrap_err();
        assert!(reused.starts_with("RefreshTokenReuseException: "), "{reused}");
    }
    refresh_at(&pool, &second["RefreshToken"], NOW + 61).unwrap();
    refresh_at(&pool, &retried["RefreshToken"], NOW + 61).unwrap();
}

#[test]
fn a_new_refresh_token_is_good_for_as_long_as_the_first_one_was() {
    let pool = pool();
    let first = tokens(&pool, "ann");
    let end = NOW + 30 * 24 * 3_600;
    let second = refresh_at(&pool, &first["RefreshToken"], end - 1).unwrap();
    let late = refresh_at(&pool, &second["RefreshToken"], end).unwrap_err();
    assert_eq!(late, "NotAuthorizedException: Refresh Token has expired");
}

#[test]
fn nothing_but_a_refresh_token_of_this_client_refreshes() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let invalid = "NotAuthorizedException: Invalid Refresh Token";
    for other in [&tokens["AccessToken"], &tokens["IdToken"], &json!("")] {
        assert_eq!(refresh_at(&pool, other, NOW).unwrap_err(), invalid);
    }
    let id = hash(tokens["RefreshToken"].as_str().unwrap());
    let mut kept: Value = pool.documents.get("refresh-token", &id).unwrap().unwrap();
    kept["clientId"] = "other".into();
    pool.documents.put("refresh-token", &id, &kept).unwrap();
    assert_eq!(refresh_at(&pool, &tokens["RefreshToken"], NOW).unwrap_err(), invalid);
    call(&pool, "RevokeToken", json!({ "Token": tokens["RefreshToken"] })).unwrap();
    get_user(&pool, &tokens).unwrap();
}

#[test]
fn revoking_a_refresh_token_ends_its_session_and_no_other() {
    let pool = pool();
    let first = tokens(&pool, "ann");
    let other = sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"].clone();
    let second = refresh_at(&pool, &first["RefreshToken"], NOW).unwrap();
    let revoke = |token: &Value| call(&pool, "RevokeToken", json!({ "Token": token }));
    let refused = revoke(&first["AccessToken"]).unwrap_err();
    assert_eq!(refused, "UnsupportedTokenTypeException: Unsupported token type");
    revoke(&second["RefreshToken"]).unwrap();
    revoke(&second["RefreshToken"]).unwrap();
    revoke(&json!("unknown")).unwrap();
    for tokens in [&first, &second] {
        assert_eq!(get_user(&pool, tokens).unwrap_err(), REVOKED);
        let refused = refresh_at(&pool, &tokens["RefreshToken"], NOW).unwrap_err();
        assert_eq!(refused, REFRESH_REVOKED);
    }
    get_user(&pool, &other).unwrap();
    refresh_at(&pool, &other["RefreshToken"], NOW).unwrap();
}

#[test]
fn who_signs_out_everywhere_is_signed_out_everywhere() {
    let pool = pool();
    let (bystander, first) = (tokens(&pool, "bob"), tokens(&pool, "ann"));
    let second = sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"].clone();
    call(&pool, "GlobalSignOut", json!({ "AccessToken": first["AccessToken"] })).unwrap();
    for tokens in [&first, &second] {
        assert_eq!(get_user(&pool, tokens).unwrap_err(), REVOKED);
        let refused = refresh_at(&pool, &tokens["RefreshToken"], NOW).unwrap_err();
        assert_eq!(refused, REFRESH_REVOKED);
    }
    let again = call(&pool, "GlobalSignOut", json!({ "AccessToken": first["AccessToken"] }));
    assert_eq!(again.unwrap_err(), REVOKED);
    get_user(&pool, &bystander).unwrap();

    let third = sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"].clone();
    get_user(&pool, &third).unwrap();
    call(&pool, "AdminUserGlobalSignOut", json!({ "Username": "ann" })).unwrap();
    assert_eq!(get_user(&pool, &third).unwrap_err(), REVOKED);
}

#[test]
fn tokens_do_not_outlive_their_account_whoever_has_the_name_next() {
    let pool = pool();
    let old = tokens(&pool, "ann");
    call(&pool, "DeleteUser", json!({ "AccessToken": old["AccessToken"] })).unwrap();
    assert_eq!(sign_in(&pool, "ann", PASSWORD).unwrap_err(), REFUSED);
    tokens(&pool, "ann");
    assert_eq!(get_user(&pool, &old).unwrap_err(), REVOKED);
    assert_eq!(refresh_at(&pool, &old["RefreshToken"], NOW).unwrap_err(), REFRESH_REVOKED);
}

#[test]
fn a_sign_in_that_ends_behind_the_deletion_gets_nothing() {
    let pool = pool();
    sign_up(&pool, "ann").unwrap();
    let old = pool.user("ann").unwrap().unwrap();
    call(&pool, "AdminDeleteUser", json!({ "Username": "ann" })).unwrap();
    sign_up(&pool, "ann").unwrap();
    let session = Session::new(&old, pool.client_id(), USER_SCOPE, NOW);
    let late = pool.begin_session(&old, &session, NOW).unwrap().as_result();
    assert_eq!(get_user(&pool, &late).unwrap_err(), REVOKED);
    assert_eq!(refresh_at(&pool, &late["RefreshToken"], NOW).unwrap_err(), REFRESH_REVOKED);
}

#[test]
fn an_access_token_is_looked_at_closely() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let user = |token: Value, now| call_at(&pool, "GetUser", json!({ "AccessToken": token }), now);
    user(tokens["AccessToken"].clone(), NOW + 899).unwrap();
    let expired = user(tokens["AccessToken"].clone(), NOW + 900).unwrap_err();
    assert_eq!(expired, "NotAuthorizedException: Access Token has expired");
    let invalid = "NotAuthorizedException: Invalid Access Token";
    assert_eq!(user(tokens["IdToken"].clone(), NOW).unwrap_err(), invalid);
    assert_eq!(user("a.b.c".into(), NOW).unwrap_err(), invalid);
    let forged = format!("{}x", tokens["AccessToken"].as_str().unwrap());
    assert_eq!(user(forged.into(), NOW).unwrap_err(), invalid);
    let others = self::tokens(&self::pool(), "ann");
    assert_eq!(user(others["AccessToken"].clone(), NOW).unwrap_err(), invalid);
}

#[test]
fn a_restart_keeps_everything() {
    let documents = documents();
    let settings = Settings { confirm_registration: true, ..Settings::default() };
    let pool = open(&documents, settings);
    sign_up(&pool, "bob").unwrap();
    let code = last_code(&pool);
    sign_up(&pool, "ann").unwrap();
    let input = json!({ "Username": "ann", "ConfirmationCode": last_code(&pool) });
    call(&pool, "ConfirmSignUp", input).unwrap();
    let tokens = sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"].clone();
    let app = set_up_app(&pool, &tokens, "ann");
    let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
    call(&pool, "ForgotPassword", json!({ "Username": "ann" })).unwrap();
    let reset = last_code(&pool);
    for _ in 0..5 {
        sign_in(&pool, "carl", PASSWORD).unwrap_err();
    }
    let (id, client_id) = (pool.id().to_owned(), pool.client_id().to_owned());
    drop(pool);

    let pool = open(&documents, settings);
    assert_eq!((pool.id(), pool.client_id()), (id.as_str(), client_id.as_str()));
    get_user(&pool, &tokens).unwrap();
    refresh_at(&pool, &tokens["RefreshToken"], NOW).unwrap();
    let input = json!({ "SOFTWARE_TOKEN_MFA_CODE": app.code_at(NOW) });
    answer(&pool, &challenge, input).unwrap();
    let input = json!({ "Username": "bob", "ConfirmationCode": code });
    call(&pool, "ConfirmSignUp", input).unwrap();
    let input =
        json!({ "Username": "ann", "ConfirmationCode": reset, "Password": "Another horse 2" });
    call(&pool, "ConfirmForgotPassword", input).unwrap();
    let locked = sign_in(&pool, "carl", PASSWORD).unwrap_err();
    assert_eq!(locked, "NotAuthorizedException: Password attempts exceeded");
}
