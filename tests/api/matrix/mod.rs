//! Who may do what: every route by everyone.

mod cast;

use std::collections::BTreeSet;
use std::fmt::Write;

use futures_util::future::join_all;
use tests::{Backend, Reply};

use self::cast::Cast;
use crate::routes;

/// A row per route and kind of group, a column per role; `403:forbidden` is a status with its code. In `own` rows the
/// `userId` is the caller's, or the message is. Who `blocked` is, is an admin, and whoever else the route names has
/// blocked them.
const MATRIX: &str = "
route                                                   | where       | anonymous | stranger         | member        | admin         | owner          | blocked       | removed
POST /v1/register                                       |             | 201       | 201              | 201           | 201           | 201            | 201           | 201
POST /v1/register/confirm                               |             | 422       | 422              | 422           | 422           | 422            | 422           | 422
POST /v1/register/resend                                |             | 422       | 422              | 422           | 422           | 422            | 422           | 422
POST /v1/authenticate                                   |             | 200       | 200              | 200           | 200           | 200            | 200           | 200
POST /v1/authenticate/challenge                         |             | 422       | 422              | 422           | 422           | 422            | 422           | 422
POST /v1/authenticate/code                              |             | 422       | 422              | 422           | 422           | 422            | 422           | 422
POST /v1/authenticate/refresh                           |             | 200       | 200              | 200           | 200           | 200            | 200           | 200
POST /v1/password/forgot                                |             | 422       | 422              | 422           | 422           | 422            | 422           | 422
POST /v1/password/reset                                 |             | 422       | 422              | 422           | 422           | 422            | 422           | 422
POST /v1/password/change                                |             | 401       | 422              | 422           | 422           | 422            | 422           | 422
GET /v1/users/me/mfa                                    |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
POST /v1/users/me/mfa                                   |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
POST /v1/users/me/mfa/confirm                           |             | 401       | 422              | 422           | 422           | 422            | 422           | 422
DELETE /v1/users/me/mfa                                 |             | 401       | 422              | 422           | 422           | 422            | 422           | 422
GET /v1/users/me                                        |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
PATCH /v1/users/me                                      |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
GET /v1/users/me/export                                 |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
DELETE /v1/users/me                                     |             | 401       | 400              | 400           | 400           | 400            | 400           | 400
GET /v1/users                                           |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
GET /v1/users/{userId}                                  |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
POST /v1/messages                                       |             | 401       | 201              | 201           | 201           | 201            | 403:blocked   | 201
GET /v1/messages                                        |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
GET /v1/conversations                                   |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
GET /v1/conversations/{conversationId}/messages         | private     | 401       | 404              | 200           | 200           | 200            | 200           | 403:not-a-member
GET /v1/conversations/{conversationId}/messages         | open        | 401       | 403:not-a-member | 200           | 200           | 200            | 200           | 403:not-a-member
GET /v1/conversations/{conversationId}/messages/{seq}   | private     | 401       | 404              | 200           | 200           | 200            | 200           | 403:not-a-member
GET /v1/conversations/{conversationId}/messages/{seq}   | open        | 401       | 403:not-a-member | 200           | 200           | 200            | 200           | 403:not-a-member
PATCH /v1/conversations/{conversationId}/messages/{seq} | private     | 401       | 404              | 403:forbidden | 403:forbidden | 403:forbidden  | 403:forbidden | 403:not-a-member
PATCH /v1/conversations/{conversationId}/messages/{seq} | open        | 401       | 403:not-a-member | 403:forbidden | 403:forbidden | 403:forbidden  | 403:forbidden | 403:not-a-member
PATCH /v1/conversations/{conversationId}/messages/{seq} | private own | 401       | 404              | 200           | 200           | 200            | 200           | 403:not-a-member
DELETE /v1/conversations/{conversationId}/messages/{seq}| private     | 401       | 404              | 403:forbidden | 204           | 204            | 204           | 403:not-a-member
DELETE /v1/conversations/{conversationId}/messages/{seq}| open        | 401       | 403:not-a-member | 403:forbidden | 204           | 204            | 204           | 403:not-a-member
DELETE /v1/conversations/{conversationId}/messages/{seq}| private own | 401       | 404              | 204           | 204           | 204            | 204           | 403:not-a-member
PUT /v1/conversations/{conversationId}/read             | private     | 401       | 404              | 204           | 204           | 204            | 204           | 403:not-a-member
PUT /v1/conversations/{conversationId}/read             | open        | 401       | 403:not-a-member | 204           | 204           | 204            | 204           | 403:not-a-member
PUT /v1/blocks/{userId}                                 |             | 401       | 204              | 204           | 204           | 204            | 204           | 204
DELETE /v1/blocks/{userId}                              |             | 401       | 204              | 204           | 204           | 204            | 204           | 204
GET /v1/blocks                                          |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
POST /v1/groups                                         |             | 401       | 201              | 201           | 201           | 201            | 403:blocked   | 201
GET /v1/groups                                          |             | 401       | 200              | 200           | 200           | 200            | 200           | 200
GET /v1/groups/{groupId}                                | private     | 401       | 404              | 200           | 200           | 200            | 200           | 403:not-a-member
GET /v1/groups/{groupId}                                | open        | 401       | 200              | 200           | 200           | 200            | 200           | 200
PATCH /v1/groups/{groupId}                              | private     | 401       | 404              | 403:forbidden | 403:forbidden | 200            | 403:forbidden | 403:not-a-member
PATCH /v1/groups/{groupId}                              | open        | 401       | 403:not-a-member | 403:forbidden | 403:forbidden | 200            | 403:forbidden | 403:not-a-member
DELETE /v1/groups/{groupId}                             | private     | 401       | 404              | 403:forbidden | 403:forbidden | 204            | 403:forbidden | 403:not-a-member
DELETE /v1/groups/{groupId}                             | open        | 401       | 403:not-a-member | 403:forbidden | 403:forbidden | 204            | 403:forbidden | 403:not-a-member
GET /v1/groups/{groupId}/members                        | private     | 401       | 404              | 200           | 200           | 200            | 200           | 403:not-a-member
GET /v1/groups/{groupId}/members                        | open        | 401       | 403:not-a-member | 200           | 200           | 200            | 200           | 403:not-a-member
PUT /v1/groups/{groupId}/members/{userId}               | private     | 401       | 404              | 403:forbidden | 201           | 201            | 403:blocked   | 403:not-a-member
PUT /v1/groups/{groupId}/members/{userId}               | open        | 401       | 403:not-a-member | 403:forbidden | 201           | 201            | 403:blocked   | 403:not-a-member
PUT /v1/groups/{groupId}/members/{userId}               | private own | 401       | 404              | 200           | 200           | 200            | 200           | 403
PUT /v1/groups/{groupId}/members/{userId}               | open own    | 401       | 201              | 200           | 200           | 200            | 200           | 403
DELETE /v1/groups/{groupId}/members/{userId}            | private     | 401       | 404              | 403:forbidden | 204           | 204            | 204           | 403:not-a-member
DELETE /v1/groups/{groupId}/members/{userId}            | open        | 401       | 403:not-a-member | 403:forbidden | 204           | 204            | 204           | 403:not-a-member
DELETE /v1/groups/{groupId}/members/{userId}            | private own | 401       | 404              | 204           | 204           | 409:last-owner | 204           | 403:not-a-member
POST /v1/groups/{groupId}/messages                      | private     | 401       | 404              | 201           | 201           | 201            | 201           | 403:not-a-member
POST /v1/groups/{groupId}/messages                      | open        | 401       | 403:not-a-member | 201           | 201           | 201            | 201           | 403:not-a-member
POST /v1/realtime/token                                 |             | 401       | 201              | 201           | 201           | 201            | 201           | 201
POST /v1/sign-out                                       |             | 401       | 204              | 204           | 204           | 204            | 204           | 204
";

/// One line of the table.
struct Row {
    route: routes::Route,
    place: &'static str,
    expected: Vec<&'static str>,
}

/// The roles and the rows.
fn matrix() -> (Vec<&'static str>, Vec<Row>) {
    let routes = routes::all();
    let mut lines = MATRIX.trim().lines().map(|line| line.split('|').map(str::trim));
    let roles: Vec<&str> = lines.next().unwrap().skip(2).collect();
    let rows = lines.map(|mut cells| {
        let key = cells.next().unwrap();
        let route = routes.iter().find(|route| route.key == key);
        let route = route.unwrap_or_else(|| panic!("routes.json has no {key}")).clone();
        let place = cells.next().unwrap();
        Row { route, place, expected: cells.collect() }
    });
    let rows: Vec<Row> = rows.collect();
    assert!(rows.iter().all(|row| row.expected.len() == roles.len()), "a row is not full");
    (roles, rows)
}

#[test]
fn the_table_names_every_route() {
    let (_, rows) = matrix();
    let named: BTreeSet<String> = rows.into_iter().map(|row| row.route.key).collect();
    let all: BTreeSet<String> = routes::all().into_iter().map(|route| route.key).collect();
    assert_eq!(named, all);
}

#[tokio::test]
async fn everyone_may_do_what_the_table_says() {
    let cast = Cast::new(Backend::shared().await).await;
    let (roles, rows) = matrix();
    let mut wrong = String::new();
    for row in rows {
        let replies = roles.iter().map(|role| cast.perform(&row.route, row.place, role));
        let replies = join_all(replies).await;
        for ((role, expected), reply) in roles.iter().zip(&row.expected).zip(replies) {
            let found = cell(reply, expected);
            if found != *expected {
                let key = &row.route.key;
                writeln!(wrong, "{key} {} as {role}: {expected}, not {found}", row.place).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The answer as a cell: with its code where the table asks for one.
fn cell(reply: Reply, expected: &str) -> String {
    let status = reply.status.as_u16();
    if status == 401 {
        reply.turned_away(401);
        return status.to_string();
    }
    if reply.status.is_success() {
        reply.expect(status);
        return status.to_string();
    }
    let refusal = reply.refused(status);
    if expected.contains(':') { format!("{status}:{}", refusal.code()) } else { status.to_string() }
}
