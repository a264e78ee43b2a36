//! What the browser keeps.

use super::*;

#[tokio::test]
async fn a_form_of_another_site_is_not_taken() {
    let site = Site::with_ann().await;
    let own = site.get(&site.login()).await.hidden("_csrf").unwrap();
    let fields = [("username", "ann"), ("password", PASSWORD)];
    for token in ["", "guessed"] {
        let mut form = vec![("_csrf", token)];
        form.extend(fields);
        for path in [site.login(), format!("{GOOGLE}?{}", site.query(&[]))] {
            let page = site.send("POST", &path, Some(&form)).await;
            assert_eq!(page.status, 403, "{token}");
        }
    }
    let mut form = vec![("_csrf", own.as_str())];
    form.extend(fields);
    site.send("POST", &site.login(), Some(&form)).await.code();
    // Without its cookie the secret is worth nothing; and two empty ones are no secret.
    site.cookies.lock().unwrap().clear();
    assert_eq!(site.send("POST", &site.login(), Some(&form)).await.status, 403);
    site.cookies.lock().unwrap().insert("XSRF-TOKEN".to_owned(), String::new());
    assert_eq!(site.send("POST", &site.login(), Some(&fields)).await.status, 403);
}

#[tokio::test]
async fn who_signed_in_lately_is_not_asked_again_until_signing_out() {
    let site = Site::with_ann().await;
    let authorize =
        |changes: &[(&str, &str)]| format!("{PATH}/oauth2/authorize?{}", site.query(changes));
    site.code(&[]).await;
    let back = site.get(&authorize(&[])).await;
    assert_eq!(site.exchange(&back.code(), &[]).await.0, 200);
    let asked = site.get(&authorize(&[("prompt", "login")])).await;
    assert_eq!(asked.location().path(), format!("{PATH}/login"));

    let kept = site.cookies.lock().unwrap()["cognito"].clone();
    let home = form_urlencoded::byte_serialize(b"http://localhost:8080/").collect::<String>();
    let path = format!("{PATH}/logout?client_id={}&logout_uri={home}", site.pool.client_id());
    assert_eq!(site.get(&path).await.location().as_str(), "http://localhost:8080/");
    site.cookies.lock().unwrap().insert("cognito".to_owned(), kept);
    let asked = site.get(&authorize(&[])).await;
    assert_eq!(asked.location().path(), format!("{PATH}/login"));
}

#[tokio::test]
async fn the_browser_forgets_after_an_hour_and_when_the_account_goes() {
    let site = Site::with_ann().await;
    site.code(&[]).await;
    let headers = {
        let cookie = format!("a=b; cognito={}", site.cookies.lock().unwrap()["cognito"]);
        axum::http::HeaderMap::from_iter([(http::header::COOKIE, cookie.parse().unwrap())])
    };
    let at = |now| site.pool.user_at(&headers, now).unwrap().map(|(user, _)| user.username);
    assert_eq!(at(now()).as_deref(), Some("ann"));
    assert_eq!(at(now() + 3_600), None);
    let input = json!({ "UserPoolId": site.pool.id(), "Username": "ann" });
    site.call("AdminDeleteUser", &input);
    site.sign_up("ann");
    assert_eq!(at(now()), None);
}
