//! What the local server does for this machine alone. The values that let a caller in there are in the documentation, and the outbox shows
//! everybody's codes: nobody else in the network may use them, and no web page whose name was made to lead here.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use shared::routes::{Authorizer, Function};

use crate::gateway::Refusal;

/// Whether the callers of a lambda are let in by a value that everybody knows.
pub fn has_known_callers(function: &Function) -> bool {
    let keys = function.secrets.iter().any(|secret| secret == crate::engine::secrets::API_KEYS);
    keys || matches!(function.authorizer, Authorizer::Iam | Authorizer::Lambda)
}

/// Whether a request comes from this machine, and names it.
pub fn is_asking(peer: SocketAddr, uri: &Uri, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = uri.authority().map(Authority::as_str).or(host);
    peer.ip().to_canonical().is_loopback() && authority.is_some_and(is_this_machine)
}

/// Turns away who asks from elsewhere.
pub async fn only(
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if is_asking(peer, request.uri(), request.headers()) {
        next.run(request).await
    } else {
        Refusal::Elsewhere.response(&uuid::Uuid::new_v4().to_string())
    }
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_few_names() {
        for own in
            ["localhost", "LocalHost:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "[::1]"]
        {
            assert!(is_this_machine(own), "{own}");
        }
        for other in ["", "example.com", "localhost.example.com:8080", "192.168.0.7:8080", "[::2]"]
        {
            assert!(!is_this_machine(other), "{other}");
        }
    }

    #[test]
    fn who_asks_from_elsewhere_is_not_this_machine() {
        let asks = |peer: &str, host: &'static str| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            is_asking(peer.parse().unwrap(), &Uri::from_static("/local/outbox"), &headers)
        };
        assert!(asks("127.0.0.1:5000", "127.0.0.1:8080"));
        assert!(asks("[::ffff:127.0.0.1]:5000", "localhost:8080"));
        assert!(!asks("192.168.0.9:5000", "localhost:8080"));
        assert!(!asks("127.0.0.1:5000", "rebound.example.com:8080"));
    }

    #[test]
    fn the_routes_of_other_systems_are_for_this_machine() {
        let functions = shared::routes::functions().unwrap();
        let known: Vec<&str> = functions
            .iter()
            .filter(|(_, function)| has_known_callers(function) && !function.routes.is_empty())
            .map(|(name, _)| name.as_str())
            .collect();
        let expected =
            ["gateway-message", "graphql", "lobby-admins", "notification", "notify", "templates"];
        assert_eq!(known, expected);
    }
}
