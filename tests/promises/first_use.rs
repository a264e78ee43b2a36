//! The profile of whoever signs in without one: somebody who comes by Google, or whose registration broke off.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Backend, PASSWORD, Person, Reply, people};

use crate::support::tables::Tables;

/// Somebody with an account, whose profile is not there (any more).
async fn without_profile(backend: &Backend) -> Person {
    let [ada] = people(backend).await;
    let tables = Tables::of(backend);
    for id in [&ada.id, &name_key(&ada.username)] {
        tables.delete("Users", &json!({ "id": id })).await;
    }
    ada.get("/v1/users/me").await.refused(401);
    ada
}

fn name_key(username: &str) -> String {
    format!("username#{username}")
}

async fn sign_in(backend: &Backend, person: &Person) -> Reply {
    let body = json!({ "username": person.username, "password": PASSWORD });
    backend.anyone().post("/v1/authenticate", body).await
}

async fn refresh(backend: &Backend, person: &Person) -> Reply {
    let body = json!({ "refreshToken": person.tokens["refreshToken"] });
    backend.anyone().post("/v1/authenticate/refresh", body).await
}

/// The profile, which must be found by its name, too.
async fn profile(backend: &Backend, person: &Person) -> Value {
    let me = person.get("/v1/users/me").await.expect(200).body.clone();
    assert_eq!(me["userId"], person.id);
    let name = me["username"].as_str().expect("a name");
    let found = person.query("/v1/users", &[("username", name)]).await.expect(200);
    assert_eq!(found["userId"], person.id);
    let row = Tables::of(backend).get("Users", &json!({ "id": name_key(name) })).await;
    assert_eq!(row.expect("a row of the name")["userId"], person.id);
    me
}

#[tokio::test]
async fn signing_in_and_refreshing_make_the_profile() {
    let backend = Backend::private(|_| {}).await;
    let (ada, bob) = (without_profile(&backend).await, without_profile(&backend).await);
    sign_in(&backend, &ada).await.expect(200);
    refresh(&backend, &bob).await.expect(200);
    for person in [&ada, &bob] {
        assert_eq!(profile(&backend, person).await["username"], person.username);
    }
}

#[tokio::test]
async fn of_many_first_uses_at_once_comes_one_profile() {
    let backend = Backend::private(|_| {}).await;
    let ada = without_profile(&backend).await;
    let sign_ins = join_all((0..8).map(|_| sign_in(&backend, &ada))).await;
    let refreshes = join_all((0..8).map(|_| refresh(&backend, &ada))).await;
    for reply in sign_ins.into_iter().chain(refreshes) {
        reply.expect(200);
    }
    assert_eq!(profile(&backend, &ada).await["username"], ada.username);
}

#[tokio::test]
async fn a_name_that_is_taken_gets_digits_and_stays_so() {
    let backend = Backend::private(|_| {}).await;
    let (ada, bob) = (without_profile(&backend).await, without_profile(&backend).await);
    let taken = json!({ "id": name_key(&ada.username), "userId": bob.id });
    Tables::of(&backend).put("Users", &taken).await;

    sign_in(&backend, &ada).await.expect(200);
    let made = profile(&backend, &ada).await;
    let digits = made["username"].as_str().and_then(|name| name.strip_prefix(&ada.username));
    let digits = digits.expect("the name that was registered, with digits behind it");
    assert!(!digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()), "{made}");

    sign_in(&backend, &ada).await.expect(200);
    refresh(&backend, &ada).await.expect(200);
    assert_eq!(profile(&backend, &ada).await, made);
}

/// Cognito knows nothing of the name of who came by Google: nobody else may get an account that cannot have it.
#[tokio::test]
async fn a_name_without_an_account_is_taken_all_the_same() {
    let backend = Backend::private(|_| {}).await;
    let [ada] = people(&backend).await;
    let taken = json!({ "id": name_key("by-google"), "userId": ada.id });
    Tables::of(&backend).put("Users", &taken).await;
    let body = json!({ "username": "By-Google", "email": tests::MAILBOX, "password": PASSWORD });
    backend.anyone().post("/v1/register", body).await.problem(409, "username-taken");
    let body = json!({ "username": "by-google", "password": PASSWORD });
    backend.anyone().post("/v1/authenticate", body).await.problem(401, "bad-credentials");
}
