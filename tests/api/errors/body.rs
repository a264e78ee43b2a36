//! Bodies that cannot be read: 400.

use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tests::{Backend, Refusal, Reply};

use super::world::{Accepting, World};

/// Sends `bytes` as JSON in the place of what the route would accept.
async fn send(world: &World, to: &Accepting, bytes: impl Into<Vec<u8>>) -> Reply {
    let backend = Backend::shared().await;
    let request = world.request(backend, &to.route, to.route.method());
    request.header(CONTENT_TYPE, "application/json").bytes(bytes).send().await
}

/// Sends each body to each route. All must be refused as unreadable, and nothing may change.
async fn all_are_unreadable(bodies: impl Fn(&Accepting) -> Vec<(Vec<u8>, Check)>) {
    let world = World::new(Backend::shared().await).await;
    let before = world.look().await;
    for to in world.accepting() {
        for (body, check) in bodies(&to) {
            check(&send(&world, &to, body).await.refused(400));
        }
        assert_eq!(world.look().await, before, "{}", to.route.key);
    }
}

type Check = Box<dyn Fn(&Refusal)>;

fn any() -> Check {
    Box::new(|_| {})
}

fn names(pointer: String) -> Check {
    Box::new(move |refusal| refusal.naming(&[&pointer]))
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    all_are_unreadable(|to| {
        let whole = to.body.to_string();
        let texts = [
            "{".to_owned(),
            "nonsense".to_owned(),
            "{'body': 'hi'}".to_owned(),
            "username=ada&password=x".to_owned(),
            "\u{0}".to_owned(),
            "[".repeat(10_000),
            format!("{whole}}}"),
            format!("{whole}{whole}"),
            whole.replace("\":", "\":NaN,\"x\":"),
            whole.replacen('{', "{,", 1),
            format!("// a comment\n{whole}"),
        ];
        texts.map(|text| (text.into_bytes(), any())).into()
    })
    .await;
}

#[tokio::test]
async fn what_breaks_off_is_refused_wherever_it_does() {
    let world = World::new(Backend::shared().await).await;
    let before = world.look().await;
    for to in world.accepting() {
        let whole = to.body.to_string();
        for length in 1..whole.len() {
            send(&world, &to, &whole[..length]).await.refused(400);
        }
        assert_eq!(world.look().await, before, "{}", to.route.key);
    }
}

#[tokio::test]
async fn what_is_no_unicode_is_refused() {
    // A gateway of lambdas puts U+FFFD in the place of bytes that are no UTF-8: events are JSON.
    let bytes_arrive = Backend::shared().await.server().is_some();
    all_are_unreadable(|to| {
        let strings = to.body.as_object().unwrap().iter().filter(|(_, value)| value.is_string());
        strings
            .flat_map(|(name, _)| {
                let with = |text: &[u8]| {
                    let mut body = to.body.clone();
                    body[name] = "HERE".into();
                    let body = body.to_string();
                    let (head, tail) = body.split_once("HERE").unwrap();
                    let bytes = [head.as_bytes(), text, tail.as_bytes()].concat();
                    (bytes, any())
                };
                let texts: [&[u8]; 5] =
                    [br"\ud800", br"a\udc00b", br"\ud83d and \ude00", b"a\nb", br"\x41"];
                let bytes: [&[u8]; 3] = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80"];
                let bytes = bytes.into_iter().filter(|_| bytes_arrive);
                texts.into_iter().chain(bytes).map(with).collect::<Vec<_>>()
            })
            .collect()
    })
    .await;
}

#[tokio::test]
async fn what_is_no_object_is_refused() {
    all_are_unreadable(|to| {
        let values: Vec<&Value> = to.body.as_object().unwrap().values().collect();
        let mut others = vec![json!([]), json!("text"), json!(7), json!(true), json!([to.body])];
        // A list of the fields' values, in the contract's order and in any other.
        others.push(json!(values));
        others.push(json!(values.iter().rev().collect::<Vec<_>>()));
        others.into_iter().map(|other| (other.to_string().into_bytes(), any())).collect()
    })
    .await;
}

#[tokio::test]
async fn a_list_of_a_messages_values_is_no_message() {
    let world = World::new(Backend::shared().await).await;
    let before = world.look().await;
    for list in
        [json!([world.bob.id, "smuggled", null, null]), json!([world.bob.id, "smuggled", 1, "c-1"])]
    {
        world.alice.post("/v1/messages", list).await.refused(400);
    }
    assert_eq!(world.look().await, before);
}

#[tokio::test]
async fn a_wrong_type_is_refused_and_its_place_named() {
    all_are_unreadable(|to| {
        let mut cases = Vec::new();
        for (name, right) in to.body.as_object().unwrap() {
            for wrong in [json!("text"), json!(7), json!(true), json!({ "a": 1 }), json!([1])] {
                let same_type = std::mem::discriminant(&wrong) == std::mem::discriminant(right);
                let mut body = to.body.clone();
                body[name] = wrong;
                if !same_type {
                    cases.push((body.to_string().into_bytes(), names(format!("/{name}"))));
                } else if right.is_array() {
                    cases.push((body.to_string().into_bytes(), names(format!("/{name}/0"))));
                }
            }
        }
        cases
    })
    .await;
}

#[tokio::test]
async fn an_unknown_field_is_refused_and_named() {
    all_are_unreadable(|to| {
        let known = to.body.as_object().unwrap().keys().next().unwrap().to_uppercase();
        ["surprise", "senderId", "__proto__", "", &known]
            .map(|name| {
                let mut body = to.body.clone();
                body[name] = "x".into();
                let name = name.to_owned();
                let check: Check = Box::new(move |refusal| {
                    let said = format!("{:?} {}", refusal.pointers(), refusal.details());
                    assert!(said.contains(&name), "{name} is not named: {said}");
                });
                (body.to_string().into_bytes(), check)
            })
            .into()
    })
    .await;
}

#[tokio::test]
async fn a_number_that_no_computer_holds_is_refused() {
    let world = World::new(Backend::shared().await).await;
    let before = world.look().await;
    for to in world.accepting() {
        let numbers = to.body.as_object().unwrap().iter().filter(|(_, value)| value.is_number());
        for (name, _) in numbers {
            for huge in ["1e400", "-1e400", "99999999999999999999999999", "18446744073709551616"] {
                let mut body = to.body.clone();
                body[name] = "HERE".into();
                let reply = send(&world, &to, body.to_string().replace("\"HERE\"", huge)).await;
                // A number, but none that fits: unreadable or not allowed, as one likes.
                let status = if reply.status == 400 { 400 } else { 422 };
                reply.refused(status).naming(&[&format!("/{name}")]);
            }
        }
    }
    assert_eq!(world.look().await, before);
}
