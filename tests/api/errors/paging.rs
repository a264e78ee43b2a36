//! Limits and cursors.

use tests::{Backend, Person};

use super::world::World;

/// Every list, with its items' name.
fn lists(world: &World) -> [(String, &'static str); 5] {
    [
        ("/v1/messages".to_owned(), "messages"),
        ("/v1/conversations".to_owned(), "conversations"),
        ("/v1/blocks".to_owned(), "blocks"),
        ("/v1/groups?visibility=open".to_owned(), "groups"),
        (world.group.path("/members"), "members"),
    ]
}

/// A cursor that the list gave out: it has more than one item.
async fn cursor(reader: &Person, path: &str) -> String {
    let page = reader.query(path, &[("limit", "1")]).await.expect(200);
    page.text("nextCursor").to_owned()
}

#[tokio::test]
async fn a_limit_is_a_number_from_1_to_100() {
    let world = World::new(Backend::shared().await).await;
    for (path, name) in lists(&world) {
        for (limit, status) in [
            ("0", 422),
            ("101", 422),
            ("1000000", 422),
            ("-1", 422),
            ("99999999999999999999999999", 422),
            ("", 400),
            ("ten", 400),
            ("0x10", 400),
            ("1 2", 400),
            ("null", 400),
        ] {
            world.alice.query(&path, &[("limit", limit)]).await.refused(status);
        }
        for limit in ["1", "100"] {
            let page = world.alice.query(&path, &[("limit", limit)]).await.expect(200);
            assert!(page[name].is_array(), "{page}");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_one_that_was_given_out() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let [carol] = tests::people(backend).await;
    world.alice.block(&carol).await.expect(204);
    world.bob.send(&world.alice, "more").await.expect(201);
    world.alice.open_group(&[]).await;
    world.alice.open_group(&[]).await;
    for (path, _) in lists(&world) {
        let good = cursor(&world.alice, &path).await;
        world.alice.query(&path, &[("cursor", &good)]).await.expect(200);
        let shorter = &good[..good.len() - 1];
        let front = &good[1..];
        let long = "A".repeat(3_000);
        for bad in ["x", "!", "AAAA", "bnVsbA", "null", "../..", "\u{1F980}", shorter, front, &long]
        {
            world.alice.query(&path, &[("cursor", bad)]).await.refused(400);
        }
    }
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let of_conversations = cursor(&world.alice, "/v1/conversations").await;
    for (path, _) in lists(&world).iter().filter(|(_, name)| *name != "conversations") {
        world.alice.query(path, &[("cursor", &of_conversations)]).await.refused(400);
    }
}
