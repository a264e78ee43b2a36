//! What stands between a password and tokens.

use super::*;

fn app_code(app: &SoftwareToken, time: i64) -> Value {
    json!({ "SOFTWARE_TOKEN_MFA_CODE": app.code_at(time) })
}

#[test]
fn a_code_of_the_app_is_asked_for_behind_the_password() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let app = set_up_app(&pool, &tokens, "ann");
    let user = get_user(&pool, &tokens).unwrap();
    assert_eq!(user["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));

    let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
    assert_eq!(challenge["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    assert!(challenge.get("AuthenticationResult").is_none());
    let mismatch = "CodeMismatchException: Invalid code received for user";
    let late = answer(&pool, &challenge, app_code(&app, NOW + 60)).unwrap_err();
    assert_eq!(late, mismatch);
    let signed_in = answer(&pool, &challenge, app_code(&app, NOW)).unwrap();
    get_user(&pool, &signed_in["AuthenticationResult"]).unwrap();

    let used = answer(&pool, &challenge, app_code(&app, NOW + 30)).unwrap_err();
    let once =
        "NotAuthorizedException: Invalid session for the user, session can only be used once.";
    assert_eq!(used, once);
    let again = sign_in(&pool, "ann", PASSWORD).unwrap();
    let replayed = answer(&pool, &again, app_code(&app, NOW)).unwrap_err();
    let sentence = "ExpiredCodeException: Your software token has already been used once.";
    assert_eq!(replayed, sentence);
    answer(&pool, &again, app_code(&app, NOW + 30)).unwrap();
}

#[test]
fn a_session_is_for_three_minutes_one_challenge_and_one_user() {
    let pool = pool();
    let tokens_of_ann = tokens(&pool, "ann");
    let app = set_up_app(&pool, &tokens_of_ann, "ann");
    sign_up(&pool, "bob").unwrap();
    let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
    let invalid = "NotAuthorizedException: Invalid session for the user.";

    let mut for_bob = app_code(&app, NOW);
    for_bob["USERNAME"] = "bob".into();
    assert_eq!(answer(&pool, &challenge, for_bob).unwrap_err(), invalid);
    let mut other = challenge.clone();
    other["ChallengeName"] = "NEW_PASSWORD_REQUIRED".into();
    let chosen = json!({ "NEW_PASSWORD": "Another horse 2" });
    assert_eq!(answer(&pool, &other, chosen).unwrap_err(), invalid);
    let mut unknown = challenge.clone();
    unknown["Session"] = "unknown".into();
    assert_eq!(answer(&pool, &unknown, app_code(&app, NOW)).unwrap_err(), invalid);
    unknown["Session"] = Value::Null;
    let missing = answer(&pool, &unknown, app_code(&app, NOW)).unwrap_err();
    assert_eq!(missing, "InvalidParameterException: Missing required parameter Session");

    let late = answer_at(&pool, &challenge, app_code(&app, NOW + 180), NOW + 180).unwrap_err();
    let sentence = "NotAuthorizedException: Invalid session for the user, session is expired.";
    assert_eq!(late, sentence);
    answer_at(&pool, &challenge, app_code(&app, NOW + 179), NOW + 179).unwrap();
}

#[test]
fn wrong_codes_of_the_app_lock_like_wrong_passwords() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let app = set_up_app(&pool, &tokens, "ann");
    let wrong_code = json!({ "SOFTWARE_TOKEN_MFA_CODE": wrong(&app.code_at(NOW)) });
    for _ in 0..5 {
        // The right password between the codes begins nothing anew.
        let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
        let refused = answer(&pool, &challenge, wrong_code.clone()).unwrap_err();
        assert!(refused.starts_with("CodeMismatchException"), "{refused}");
    }
    let locked = "NotAuthorizedException: Password attempts exceeded";
    assert_eq!(sign_in(&pool, "ann", PASSWORD).unwrap_err(), locked);
    let challenge = sign_in_at(&pool, "ann", PASSWORD, NOW + 1).unwrap();
    answer_at(&pool, &challenge, wrong_code, NOW + 1).unwrap_err();
    let right = app_code(&app, NOW + 1);
    let refused = answer_at(&pool, &challenge, right.clone(), NOW + 2).unwrap_err();
    assert_eq!(refused, locked);
    answer_at(&pool, &challenge, right, NOW + 3).unwrap();
    sign_in_at(&pool, "ann", "Wrong horse 1", NOW + 3).unwrap_err();
    sign_in_at(&pool, "ann", PASSWORD, NOW + 3).unwrap();
}

#[test]
fn an_app_is_in_use_once_it_has_shown_a_code() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let on = json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    let refused = prefer(&pool, &tokens, &on).unwrap_err();
    let sentence = "InvalidParameterException: User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA";
    assert_eq!(refused, sentence);
    let verify = |code: &str| {
        let input = json!({ "AccessToken": tokens["AccessToken"], "UserCode": code });
        call(&pool, "VerifySoftwareToken", input)
    };
    assert!(verify("123456").unwrap_err().starts_with("SoftwareTokenMFANotFoundException"));
    let token = json!({ "AccessToken": tokens["AccessToken"] });
    let secret = call(&pool, "AssociateSoftwareToken", token.clone()).unwrap();
    assert_eq!(secret["SecretCode"].as_str().unwrap().len(), 52);
    assert!(secret.get("Session").is_none());
    assert_eq!(prefer(&pool, &tokens, &on).unwrap_err(), sentence);
    let code = app_of(&pool, "ann").code_at(NOW);
    let refused = verify(&wrong(&code)).unwrap_err();
    assert!(refused.starts_with("EnableSoftwareTokenMFAException: Code mismatch"), "{refused}");
    assert!(verify("12345x").unwrap_err().starts_with("InvalidParameterException"));
    verify(&code).unwrap();
    sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"].as_object().unwrap();
    prefer(&pool, &tokens, &on).unwrap();
    assert_eq!(get_user(&pool, &tokens).unwrap()["PreferredMfaSetting"], "SOFTWARE_TOKEN_MFA");

    // A new secret takes the app out of use until it has shown a code of that.
    call(&pool, "AssociateSoftwareToken", token).unwrap();
    sign_in(&pool, "ann", PASSWORD).unwrap()["AuthenticationResult"].as_object().unwrap();
    assert!(get_user(&pool, &tokens).unwrap().get("UserMFASettingList").is_none());
}

#[test]
fn a_code_by_mail_is_the_other_factor_and_with_both_one_is_chosen() {
    let pool = pool();
    let tokens = tokens(&pool, "ann");
    let app = set_up_app(&pool, &tokens, "ann");
    let both = json!({
        "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true },
        "EmailMfaSettings": { "Enabled": true, "PreferredMfa": true },
    });
    assert!(prefer(&pool, &tokens, &both).unwrap_err().starts_with("InvalidParameterException"));
    let sms = json!({ "SMSMfaSettings": { "Enabled": true } });
    assert!(prefer(&pool, &tokens, &sms).unwrap_err().ends_with("to turn on SMS_MFA"));
    prefer(&pool, &tokens, &json!({ "EmailMfaSettings": { "Enabled": true } })).unwrap();

    let choice = sign_in(&pool, "ann", PASSWORD).unwrap();
    assert_eq!(choice["ChallengeName"], "SELECT_MFA_TYPE");
    let choices = &choice["ChallengeParameters"]["MFAS_CAN_CHOOSE"];
    assert_eq!(choices, r#"["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]"#);
    let refused = answer(&pool, &choice, json!({ "ANSWER": "SMS_MFA" })).unwrap_err();
    assert!(refused.starts_with("InvalidParameterException"), "{refused}");
    let mailed = answer(&pool, &choice, json!({ "ANSWER": "EMAIL_OTP" })).unwrap();
    assert_eq!(mailed["ChallengeName"], "EMAIL_OTP");
    assert_eq!(mailed["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "a***@e***");
    let code = last_code(&pool);
    let refused = answer(&pool, &mailed, json!({ "EMAIL_OTP_CODE": wrong(&code) })).unwrap_err();
    assert!(refused.starts_with("CodeMismatchException"), "{refused}");
    let other = sign_in(&pool, "ann", PASSWORD).unwrap();
    let other = answer(&pool, &other, json!({ "ANSWER": "EMAIL_OTP" })).unwrap();
    if last_code(&pool) != code {
        assert!(answer(&pool, &other, json!({ "EMAIL_OTP_CODE": code })).is_err());
    }
    answer(&pool, &mailed, json!({ "EMAIL_OTP_CODE": code })).unwrap();

    let choice = sign_in(&pool, "ann", PASSWORD).unwrap();
    let asked = answer(&pool, &choice, json!({ "ANSWER": "SOFTWARE_TOKEN_MFA" })).unwrap();
    answer(&pool, &asked, app_code(&app, NOW)).unwrap();
}

#[test]
fn where_everybody_needs_an_app_it_is_set_up_at_the_first_sign_in() {
    let pool = open(&documents(), Settings { require_mfa: true, ..Settings::default() });
    sign_up(&pool, "ann").unwrap();
    let setup = sign_in(&pool, "ann", PASSWORD).unwrap();
    assert_eq!(setup["ChallengeName"], "MFA_SETUP");
    let can = &setup["ChallengeParameters"]["MFAS_CAN_SETUP"];
    assert_eq!(can, r#"["SOFTWARE_TOKEN_MFA"]"#);
    assert!(answer(&pool, &setup, json!({})).unwrap_err().starts_with("NotAuthorizedException"));

    let session = |session: &Value| json!({ "Session": session });
    let associated = call(&pool, "AssociateSoftwareToken", session(&setup["Session"])).unwrap();
    let stale = call(&pool, "AssociateSoftwareToken", session(&setup["Session"])).unwrap_err();
    assert!(stale.ends_with("session can only be used once."), "{stale}");
    let app = app_of(&pool, "ann");
    let verify = |code: String| {
        let input = json!({ "Session": associated["Session"], "UserCode": code });
        call(&pool, "VerifySoftwareToken", input)
    };
    let refused = verify(wrong(&app.code_at(NOW))).unwrap_err();
    assert!(refused.starts_with("EnableSoftwareTokenMFAException"), "{refused}");
    let verified = verify(app.code_at(NOW)).unwrap();
    let mut last = setup.clone();
    last["Session"] = verified["Session"].clone();
    let signed_in = answer(&pool, &last, json!({})).unwrap();
    get_user(&pool, &signed_in["AuthenticationResult"]).unwrap();

    let challenge = sign_in(&pool, "ann", PASSWORD).unwrap();
    assert_eq!(challenge["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let input = json!({ "Session": challenge["Session"] });
    let refused = call(&pool, "AssociateSoftwareToken", input).unwrap_err();
    assert_eq!(refused, "NotAuthorizedException: Invalid session for the user.");
    answer(&pool, &challenge, app_code(&app, NOW + 30)).unwrap();
}
