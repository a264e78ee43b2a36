//! Paths that lead to nothing: 404.

use tests::Backend;

use super::world::World;
use crate::routes;

/// What no id looks like.
const IMPOSSIBLE: [&str; 13] = [
    "x",
    "0",
    "null",
    "undefined",
    "00000000-0000-4000-8000-00000000000g",
    "ZZZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "%F0%9F%A6%80",
    "%00",
    "%0A",
    "a%2Fb",
    "%7BuserId%7D",
    "'%20OR%201=1--",
    "*",
];

#[tokio::test]
async fn an_id_that_cannot_be_is_not_found() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let before = world.look().await;
    let long = "x".repeat(2_000);
    for route in routes::all() {
        let ids = route.parameters().into_iter().filter(|name| *name != "seq");
        for id in ids {
            for impossible in IMPOSSIBLE.into_iter().chain([long.as_str()]) {
                let path = route.path_with(|name| {
                    if name == id { impossible.to_owned() } else { world.parameter(name) }
                });
                let request = world.client(backend, &route).request(route.method(), &path);
                let request = match world.body(&route) {
                    Some(body) => request.json(&body),
                    None => request,
                };
                request.send().await.turned_away(404);
            }
        }
        assert_eq!(world.look().await, before, "{}", route.key);
    }
}

#[tokio::test]
async fn a_place_that_is_no_number_is_refused_and_one_that_cannot_be_not_found() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let before = world.look().await;
    for route in routes::all().into_iter().filter(|route| route.parameters().contains(&"seq")) {
        for (seq, status) in
            [("x", 400), ("1x", 400), ("%20", 400), ("0", 404), ("99999999999999999999999", 404)]
        {
            let path = route.path_with(|name| match name {
                "seq" => seq.to_owned(),
                _ => world.parameter(name),
            });
            let request = world.client(backend, &route).request(route.method(), &path);
            let request = match world.body(&route) {
                Some(body) => request.json(&body),
                None => request,
            };
            request.send().await.refused(status);
        }
    }
    assert_eq!(world.look().await, before);
}
