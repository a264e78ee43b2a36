//! The login page.

use super::*;

#[tokio::test]
async fn who_signs_in_goes_back_with_a_code_and_the_state() {
    let site = Site::with_ann().await;
    let sent = site.get(&format!("{PATH}/oauth2/authorize?{}", site.query(&[]))).await;
    assert_eq!(sent.location().path(), format!("{PATH}/login"));
    let path = sent.headers["location"].to_str().unwrap();
    let back = site.fill_in(path, &[("username", "ANN"), ("password", PASSWORD)]).await;
    assert!(back.location().as_str().starts_with(CALLBACK));
    assert_eq!(back.parameter("state").as_deref(), Some("a state&more"));
    assert_eq!(site.exchange(&back.code(), &[]).await.0, 200);

    let app = site.query(&[("redirect_uri", "chinwag://signed-in"), ("state", "")]);
    let path = format!("{PATH}/login?{app}");
    let back = site.fill_in(&path, &[("username", "ann"), ("password", PASSWORD)]).await;
    assert!(back.location().as_str().starts_with("chinwag://signed-in?code="));
    assert_eq!(back.parameter("state"), None);
}

#[tokio::test]
async fn a_foreign_address_gets_nobody() {
    let site = Site::with_ann().await;
    for change in [
        ("redirect_uri", "https://example.com/"),
        ("redirect_uri", ""),
        ("redirect_uri", "javascript:alert(1)"),
        ("client_id", "other"),
        ("client_id", ""),
    ] {
        for path in [&format!("{PATH}/oauth2/authorize"), &format!("{PATH}/login"), GOOGLE] {
            let page = site.get(&format!("{path}?{}", site.query(&[change]))).await;
            assert_eq!(page.status, 400, "{path} {change:?}");
            assert!(!page.headers.contains_key("location") && !page.body.contains("<form"));
        }
    }
    let twice = format!("{}&redirect_uri=https://example.com/", site.query(&[]));
    assert_eq!(site.get(&format!("{PATH}/login?{twice}")).await.status, 400);
    let logout = format!(
        "{PATH}/logout?client_id={}&logout_uri=https://example.com/",
        site.pool.client_id()
    );
    assert_eq!(site.get(&logout).await.status, 400);
}

#[tokio::test]
async fn what_else_is_wrong_the_client_is_told() {
    let site = Site::with_ann().await;
    for (change, error) in [
        (("response_type", ""), "invalid_request"),
        (("response_type", "token"), "unauthorized_client"),
        (("scope", "openid admin"), "invalid_scope"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("identity_provider", "Other"), "invalid_request"),
    ] {
        let path = format!("{PATH}/oauth2/authorize?{}", site.query(&[change]));
        let back = site.get(&path).await;
        assert_eq!(back.parameter("error").as_deref(), Some(error), "{change:?}");
        assert_eq!(back.parameter("state").as_deref(), Some("a state&more"));
        assert!(back.location().as_str().starts_with(CALLBACK));
    }
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let site = Site::with_ann().await;
    for name in ["ann", "nobody"] {
        let fields = [("username", name), ("password", "Wrong horse 1")];
        let page = site.fill_in(&site.login(), &fields).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("Incorrect username or password."), "{}", page.body);
        assert!(!page.body.contains("Wrong horse"));
    }
    assert!(!site.cookies.lock().unwrap().contains_key("cognito"));
}

#[tokio::test]
async fn behind_the_password_comes_the_second_factor() {
    let site = Site::with_ann().await;
    let (_, tokens) = site.exchange(&site.code(&[]).await, &[]).await;
    let app = site.app(&tokens);
    let path = site.login();
    let fields = [("username", "ann"), ("password", PASSWORD)];
    let page = site.fill_in(&path, &fields).await;
    assert_eq!(page.status, 200);
    let code = app.code_at(now());
    let wrong: String = code.chars().map(|c| if c == '7' { '3' } else { '7' }).collect();
    let again = site.submit(&path, &page, &[("SOFTWARE_TOKEN_MFA_CODE", &wrong)]).await;
    assert_eq!(again.status, 400);
    assert!(again.body.contains("Invalid code received for user"), "{}", again.body);
    let code = app.code_at(now());
    let back = site.submit(&path, &again, &[("SOFTWARE_TOKEN_MFA_CODE", &code)]).await;
    assert_eq!(site.exchange(&back.code(), &[]).await.0, 200);
    let replayed = site.submit(&path, &again, &[("SOFTWARE_TOKEN_MFA_CODE", &code)]).await;
    assert!(replayed.body.contains("session can only be used once."), "{}", replayed.body);
    assert!(replayed.body.contains("name=\"password\""));
}

#[tokio::test]
async fn where_everybody_needs_an_app_the_page_sets_it_up() {
    let site = Site::new(Settings { require_mfa: true, ..Settings::default() }).await;
    site.sign_up("ann");
    let path = site.login();
    let fields = [("username", "ann"), ("password", PASSWORD)];
    let page = site.fill_in(&path, &fields).await;
    let app = site.software_token();
    assert!(page.body.contains(app.secret()), "{}", page.body);
    let again = site.submit(&path, &page, &[("user_code", "12345x")]).await;
    assert!(again.status == 400 && again.body.contains(app.secret()), "{}", again.body);
    let back = site.submit(&path, &again, &[("user_code", &app.code_at(now()))]).await;
    assert_eq!(site.exchange(&back.code(), &[]).await.0, 200);
}

#[tokio::test]
async fn a_temporary_password_is_changed_on_the_page() {
    let site = Site::new(Settings::default()).await;
    site.call(
        "AdminCreateUser",
        &json!({
            "UserPoolId": site.pool.id(),
            "Username": "ann",
            "TemporaryPassword": PASSWORD,
            "UserAttributes": [{ "Name": "email", "Value": "ann@example.com" }],
        }),
    );
    let path = site.login();
    let page = site.fill_in(&path, &[("username", "ann"), ("password", PASSWORD)]).await;
    let again = site.submit(&path, &page, &[("NEW_PASSWORD", "weak")]).await;
    assert!(again.body.contains("did not conform with policy"), "{}", again.body);
    let back = site.submit(&path, &again, &[("NEW_PASSWORD", "Another horse 2")]).await;
    assert_eq!(site.exchange(&back.code(), &[]).await.0, 200);
}

#[tokio::test]
async fn a_page_holds_nothing_foreign_and_is_held_by_nobody() {
    let site = Site::with_ann().await;
    let error = format!("{PATH}/login");
    for path in [site.login(), format!("{GOOGLE}?{}", site.query(&[])), error] {
        let page = site.get(&path).await;
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.headers["x-frame-options"], "DENY");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'none'") && !policy.contains("unsafe"));
        assert!(!page.body.contains("<script") && !page.body.contains("src="));
    }
    let policy = site.get(&site.login()).await.headers["content-security-policy"].clone();
    assert!(policy.to_str().unwrap().contains("form-action 'self' http://127.0.0.1:9;"));

    let hostile = site.query(&[("state", "\"><script>alert(1)</script>")]);
    let page = site.get(&format!("{PATH}/login?{hostile}")).await;
    assert!(!page.body.contains("<script") && !page.body.contains("alert(1)<"));
}
