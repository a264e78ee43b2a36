//! What holds on every route. Times, nulls and the form of errors are checked with every answer, in the support
//! library.

use http::Method;
use http::header::{CONTENT_TYPE, HeaderName, ORIGIN};
use serde_json::json;
use tests::{Backend, Client, bodies, eventually};

use crate::people;

const KIB: usize = 1024;

fn is_of(text: &str, length: usize, allowed: impl Fn(char) -> bool) -> bool {
    text.len() == length && text.chars().all(allowed)
}

/// A ULID: 26 characters of Crockford's base 32.
fn is_ulid(text: &str) -> bool {
    is_of(text, 26, |c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains(c)) && text < "8"
}

fn is_uuid(text: &str) -> bool {
    let dashes: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    dashes == [8, 13, 18, 23] && is_of(text, 36, |c| c == '-' || c.is_ascii_hexdigit())
}

#[tokio::test]
async fn ids_have_the_form_that_was_promised() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    let direct = alice.send(&bob, "hi").await.expect(201);
    let in_group = alice.say(&group, "hi").await.expect(201);
    assert!(is_uuid(&alice.id), "{}", alice.id);
    for ulid in [&group.id, direct.text("messageId"), in_group.text("messageId")] {
        assert!(is_ulid(ulid), "{ulid}");
    }
    for conversation in [&group.conversation, direct.text("conversationId")] {
        let safe = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(conversation.len() <= 100 && conversation.chars().all(safe), "{conversation}");
    }
}

#[tokio::test]
async fn an_unknown_route_or_method_is_not_found() {
    let [alice] = people().await;
    for (method, path) in [
        (Method::GET, "/v1"),
        (Method::GET, "/v1/nothing"),
        (Method::GET, "/v2/users/me"),
        (Method::GET, "/users/me"),
        (Method::GET, "/v1/register"),
        (Method::PUT, "/v1/messages"),
        (Method::DELETE, "/v1/messages"),
        (Method::PATCH, "/v1/conversations"),
        (Method::POST, "/v1/users/me"),
        (Method::POST, "/v1/blocks"),
        (Method::GET, "/v1/groups/a/b/c/d"),
    ] {
        alice.request(method, path).send().await.turned_away(404);
    }
}

#[tokio::test]
async fn any_web_page_may_call() {
    let [alice] = people().await;
    let backend = Backend::shared().await;
    let anyone = backend.anyone();
    for (method, path) in [
        ("GET", "/v1/users/me"),
        ("POST", "/v1/messages"),
        ("PUT", "/v1/blocks/x"),
        ("PATCH", "/v1/groups/x"),
        ("DELETE", "/v1/groups/x"),
    ] {
        let asked = anyone
            .request(Method::OPTIONS, path)
            .header(ORIGIN, "https://chat.example")
            .header(HeaderName::from_static("access-control-request-method"), method)
            .header(
                HeaderName::from_static("access-control-request-headers"),
                "authorization,content-type",
            );
        let allowed = asked.send().await;
        assert!(allowed.status.is_success(), "{allowed}");
        let origin = allowed.header("access-control-allow-origin");
        assert!(["*", "https://chat.example"].contains(&origin), "{allowed}");
        let list = |name: &str| allowed.header(name).to_lowercase();
        let methods = list("access-control-allow-methods");
        assert!(methods.contains(&method.to_lowercase()) || methods == "*", "{allowed}");
        let headers = list("access-control-allow-headers");
        assert!(headers.contains("authorization") && headers.contains("content-type"), "{allowed}");

        let from_page = |client: &Client| {
            let request = client.request(Method::GET, "/v1/users/me");
            request.header(ORIGIN, "https://chat.example").send()
        };
        let answered = from_page(&alice).await;
        assert_eq!(answered.header("access-control-allow-origin"), origin, "{answered}");
        // A page has to see that it must sign in. Whether API Gateway lets it see its own 401 is not documented.
        if backend.server().is_some() {
            let refused = from_page(&anyone).await;
            assert_eq!(refused.status, 401, "{refused}");
            assert_eq!(refused.header("access-control-allow-origin"), origin, "{refused}");
        }
    }
}

#[tokio::test]
async fn a_body_may_have_256_kib() {
    let [alice, bob] = people().await;
    let message = json!({ "recipientId": bob.id, "body": "hi" }).to_string();
    let request = |length: usize| {
        let request = alice.request(Method::POST, "/v1/messages");
        let padding = " ".repeat(length - message.len());
        request.header(CONTENT_TYPE, "application/json").bytes(format!("{message}{padding}"))
    };
    request(256 * KIB).send().await.expect(201);
    for length in [256 * KIB + 1, 1024 * KIB] {
        request(length).send().await.turned_away(413);
    }
    assert_eq!(bob.check().await.len(), 1);
}

#[tokio::test]
async fn what_is_not_declared_as_json_is_refused() {
    let [alice, bob] = people().await;
    let message = json!({ "recipientId": bob.id, "body": "hi" }).to_string();
    let request = || alice.request(Method::POST, "/v1/messages").bytes(message.clone());
    request().send().await.refused(415);
    for other in [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/octet-stream",
    ] {
        request().header(CONTENT_TYPE, other).send().await.refused(415);
    }
    assert_eq!(bob.check().await.len(), 0);
    for json in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        request().header(CONTENT_TYPE, json).send().await.expect(201);
    }
    assert_eq!(bodies(&bob.check().await), ["hi"; 3]);
}

#[tokio::test]
async fn lists_end_without_a_cursor() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    bob.say(&group, "hi").await.expect(201);
    alice.block(&bob).await.expect(204);
    for (path, name) in [
        ("/v1/messages", "messages"),
        ("/v1/conversations", "conversations"),
        ("/v1/blocks", "blocks"),
        (&group.path("/members"), "members"),
    ] {
        let page = alice.get(path).await.expect(200);
        assert_eq!(tests::keys(&page.body), [name], "{path}");
    }
}

#[tokio::test]
async fn a_last_page_that_is_full_names_no_next_one() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob]).await;
    bob.say(&group, "hi").await.expect(201);
    bob.begin(&alice).await;
    alice.block(&carol).await.expect(204);
    bob.block(&alice).await.expect(204);
    bob.block(&carol).await.expect(204);
    eventually(async || alice.members(&group).await, |members| members.len() == 2).await;
    let mut wrong = Vec::new();
    for (reader, path, name) in [
        (&alice, "/v1/messages", "messages"),
        (&alice, "/v1/conversations", "conversations"),
        (&bob, "/v1/blocks", "blocks"),
        (&alice, &group.path("/members"), "members"),
    ] {
        let page = reader.get(&format!("{path}?limit=1")).await.expect(200);
        assert_eq!(tests::keys(&page.body), [name, "nextCursor"], "{path}");
        let page = reader.get(&format!("{path}?limit=2")).await.expect(200);
        assert_eq!(page[name].as_array().unwrap().len(), 2, "{page}");
        if page.body.get("nextCursor").is_some() {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "there is no more of {wrong:?}");
}

#[tokio::test]
async fn a_data_folder_outlives_its_server() {
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(local::Options::new(data.path())).await;
    let [alice, bob] = tests::people(&backend).await;
    let conversation = alice.begin(&bob).await;
    backend.stop().await;

    let backend = Backend::start(local::Options::new(data.path())).await;
    let still = backend.anyone().with_token(bob.tokens["accessToken"].as_str().unwrap());
    let log = still.get(&format!("/v1/conversations/{conversation}/messages")).await.expect(200);
    assert_eq!(bodies(log["entries"].as_array().unwrap()), ["the first message"]);
    let alice = tests::Person::sign_in(&backend, &alice.username).await;
    assert_eq!(alice.history(&conversation).await.len(), 1);
}
