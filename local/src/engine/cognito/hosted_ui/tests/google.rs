//! People whom the stand-in for Google vouches for.

use super::*;

async fn tokens(site: &Site, email: &str, name: &str) -> Value {
    let authorize =
        format!("{PATH}/oauth2/authorize?{}", site.query(&[("identity_provider", "Google")]));
    let sent = site.get(&authorize).await;
    assert_eq!(sent.location().path(), GOOGLE);
    let path = sent.headers["location"].to_str().unwrap();
    let back = site.fill_in(path, &[("email", email), ("name", name)]).await;
    site.exchange(&back.code(), &[]).await.1
}

#[tokio::test]
async fn who_comes_from_google_has_one_account_and_no_password() {
    let site = Site::with_ann().await;
    let login = site.get(&site.login()).await;
    assert!(login.body.contains("Continue with Google"));
    let first = tokens(&site, "Ann@example.com", "Ann").await;
    let second = tokens(&site, "ann@example.com", "Ann B.").await;
    let user = |tokens: &Value| {
        let user = site.call("GetUser", &json!({ "AccessToken": tokens["access_token"] }));
        let attributes = user["UserAttributes"].as_array().unwrap().iter();
        let value = |name: &str| {
            let found = attributes.clone().find(|attribute| attribute["Name"] == name);
            found.unwrap()["Value"].as_str().unwrap().to_owned()
        };
        let identities: Value = serde_json::from_str(&value("identities")).unwrap();
        let username = user["Username"].as_str().unwrap().to_owned();
        (username, value("sub"), value("email_verified"), value("name"), identities)
    };
    let (username, sub, verified, name, identities) = user(&first);
    assert_eq!((user(&second).0, user(&second).1), (username.clone(), sub.clone()));
    let number = username.strip_prefix("google_").unwrap();
    assert!(number.len() == 21 && number.bytes().all(|digit| digit.is_ascii_digit()));
    assert_eq!((verified.as_str(), name.as_str()), ("true", "Ann B."));
    assert_eq!(identities[0]["userId"], number);
    assert_eq!(identities[0]["providerName"], "Google");
    assert_ne!(sub, site.pool.user("ann").unwrap().unwrap().sub.to_string());
    let others = tokens(&site, "bob@example.com", "").await;
    assert!(others["access_token"].is_string());

    for password in ["", "Correct horse 1"] {
        let parameters = json!({ "USERNAME": username, "PASSWORD": password });
        let input = json!({
            "ClientId": site.pool.client_id(),
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": parameters,
        });
        let refused = site.pool.call("InitiateAuth", input.to_string().as_bytes()).unwrap_err();
        assert_eq!(refused.message, "Incorrect username or password.");
    }
    let input = json!({ "UserPoolId": site.pool.id(), "Username": username });
    assert_eq!(site.call("AdminGetUser", &input)["UserStatus"], "EXTERNAL_PROVIDER");
}

#[tokio::test]
async fn no_address_and_no_account_that_was_disabled_comes_from_google() {
    let site = Site::with_ann().await;
    let path = format!("{GOOGLE}?{}", site.query(&[]));
    let page = site.fill_in(&path, &[("email", "<b>nobody</b>")]).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("Invalid email address format."), "{}", page.body);
    tokens(&site, "ann@example.com", "Ann").await;
    let users = site.pool.users().unwrap().into_iter();
    let username = users.map(|user| user.username).find(|name| name.starts_with("google_"));
    let input = json!({ "UserPoolId": site.pool.id(), "Username": username });
    site.call("AdminDisableUser", &input);
    let page = site.fill_in(&path, &[("email", "ann@example.com")]).await;
    assert!(page.body.contains("User is disabled."), "{}", page.body);
}
