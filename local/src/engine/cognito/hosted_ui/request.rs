//! What a client asks the hosted sign-in for.

use axum::http::StatusCode;
use axum::response::Response;
use url::{Host, Url};

use super::page::{error_page, redirect};
use super::parameters::Parameters;
use crate::engine::cognito::UserPool;
use crate::engine::cognito::grant::Grant;
use crate::engine::cognito::tokens::USER_SCOPE;

/// What the client may ask for, and what it asks for if it does not say.
const SCOPES: [&str; 4] = [USER_SCOPE, "email", "openid", "profile"];

/// The scheme of apps that are installed.
const APP_SCHEME: &str = "chinwag";

/// The length of a SHA-256 in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// A request that is in order.
#[derive(Debug)]
pub struct AuthorizationRequest {
    /// What is asked for.
    pub grant: Grant,
    /// Where the answer goes.
    pub redirect: Redirect,
    /// All of it, for the next page.
    pub query: String,
    /// Whom the person is to be sent to; none: they choose.
    pub identity_provider: Option<String>,
    /// Whether they are to show anew who they are.
    pub login_required: bool,
}

/// Where a client gets its answer.
#[derive(Debug)]
pub struct Redirect {
    url: Url,
    state: Option<String>,
}

impl AuthorizationRequest {
    /// Reads a query.
    ///
    /// # Errors
    /// An error page where the answer must not go to the client, else the answer to it.
    pub fn parse(query: Option<&str>, pool: &UserPool) -> Result<Self, Box<Response>> {
        let refused = |message| Box::new(error_page(StatusCode::BAD_REQUEST, message));
        let parameters = Parameters::parse(query.unwrap_or_default())
            .ok_or_else(|| refused("A parameter is given twice."))?;
        let client_id = parameters.get("client_id").filter(|id| *id == pool.client_id());
        let client_id = client_id.ok_or_else(|| refused("There is no such app client."))?;
        let redirect_uri = parameters.get("redirect_uri").unwrap_or_default();
        let url = allowed(redirect_uri)
            .ok_or_else(|| refused("The app client may not be answered at this address."))?;

        let redirect = Redirect { url, state: parameters.get("state").map(str::to_owned) };
        let grant = grant(&parameters, client_id, redirect_uri);
        let grant = grant.map_err(|error| Box::new(redirect.refuse(error)))?;
        Ok(Self {
            grant,
            redirect,
            query: parameters.to_query(),
            identity_provider: parameters.get("identity_provider").map(str::to_owned),
            login_required: parameters.get("prompt") == Some("login"),
        })
    }
}

impl Redirect {
    /// The client gets its code.
    pub fn grant(&self, code: &str) -> Response {
        self.answer(&[("code", code)])
    }

    /// The client learns that it gets none.
    pub fn refuse(&self, error: &str) -> Response {
        self.answer(&[("error", error)])
    }

    fn answer(&self, parameters: &[(&str, &str)]) -> Response {
        let mut url = self.url.clone();
        url.query_pairs_mut()
            .extend_pairs(parameters)
            .extend_pairs(self.state.as_ref().map(|state| ("state", state)));
        redirect(url.as_str())
    }

    /// As the policy of a page names it, whose form may lead there.
    pub fn source(&self) -> String {
        match self.url.host() {
            Some(Host::Ipv4(_) | Host::Domain(_)) if self.url.scheme() == "http" => {
                self.url.origin().ascii_serialization()
            }
            // A policy has no words for the address of IPv6.
            _ => format!("{}:", self.url.scheme()),
        }
    }
}

fn grant(
    parameters: &Parameters,
    client_id: &str,
    redirect_uri: &str,
) -> Result<Grant, &'static str> {
    match parameters.get("response_type") {
        Some("code") => {}
        Some("token") => return Err("unauthorized_client"),
        _ => return Err("invalid_request"),
    }
    let scope = match parameters.get("scope") {
        None => SCOPES.join(" "),
        Some(scope) if scope.split(' ').all(|scope| SCOPES.contains(&scope)) => scope.to_owned(),
        Some(_) => return Err("invalid_scope"),
    };
    let challenge = parameters.get("code_challenge");
    match (challenge, parameters.get("code_challenge_method")) {
        (None, None) => {}
        (Some(challenge), Some("S256")) if is_challenge(challenge) => {}
        _ => return Err("invalid_request"),
    }
    Ok(Grant {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        scope,
        nonce: parameters.get("nonce").map(str::to_owned),
        code_challenge: challenge.map(str::to_owned),
    })
}

fn is_challenge(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    text.len() == CHALLENGE_LENGTH && text.bytes().all(allowed)
}

/// Where browsers may be sent: to this machine, whatever the port (RFC 8252, 7.3), and to an app on it.
pub fn allowed(uri: &str) -> Option<Url> {
    let url = Url::parse(uri).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let allowed = match url.scheme() {
        "http" => here,
        APP_SCHEME => url.has_authority(),
        _ => false,
    };
    (bare && allowed).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_this_machine_and_to_the_app_only() {
        for uri in [
            "http://127.0.0.1:8080/",
            "http://localhost/callback?a=b",
            "http://[::1]:9/x",
            "chinwag://signed-in",
        ] {
            assert!(allowed(uri).is_some(), "{uri}");
        }
        for uri in [
            "",
            "/",
            "//localhost",
            "https://example.com/",
            "http://example.com/",
            "https://localhost/",
            "http://localhost.example.com/",
            "http://127.0.0.1@example.com/",
            "http://me@127.0.0.1/",
            "http://127.0.0.1/#fragment",
            "http://example.com\\@127.0.0.1/",
            "http://10.0.0.1/",
            "chinwag:signed-in",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert!(allowed(uri).is_none(), "{uri}");
        }
    }

    #[test]
    fn a_policy_names_where_the_form_leads() {
        let source = |uri: &str| Redirect { url: allowed(uri).unwrap(), state: None }.source();
        assert_eq!(source("http://127.0.0.1:9/a;b"), "http://127.0.0.1:9");
        assert_eq!(source("http://[::1]:9/"), "http:");
        assert_eq!(source("chinwag://a;b/"), "chinwag:");
    }
}
