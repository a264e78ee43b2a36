//! Who may call a route.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use shared::events::EventHandler;
use shared::routes::{Api, Authorizer, Functions};

use super::authorizer::{Context, LambdaAuthorizer};
use super::event::Incoming;
use super::refusal::Refusal;
use super::signature;
use super::token::{Claims, Verifier};
use crate::error::StartError;

/// What guards the routes.
pub struct Guards {
    verifier: Arc<Verifier>,
    lambda: Option<Arc<LambdaAuthorizer>>,
}

/// What guards one route.
pub enum Guard {
    /// Nothing.
    Open,
    /// The user pool's access tokens.
    Token(Arc<Verifier>),
    /// A lambda.
    Lambda(Arc<LambdaAuthorizer>),
    /// The signature.
    Signature,
}

/// Who calls.
pub enum Caller {
    /// Nobody was asked.
    Anyone,
    /// The claims of their access token.
    User(Claims),
    /// Who signed the request.
    Account(Value),
    /// Who a lambda lets in, with what it says of them.
    Admitted(Context),
}

impl Caller {
    /// As the request's context has it.
    #[must_use]
    pub fn into_authorizer(self) -> Option<Value> {
        match self {
            Self::Anyone => None,
            Self::User(claims) => Some(json!({ "jwt": { "claims": claims, "scopes": null } })),
            Self::Account(signer) => Some(json!({ "iam": signer })),
            Self::Admitted(context) => Some(json!({ "lambda": context })),
        }
    }
}

impl Guards {
    /// The lambda among `functions` that lets callers in has its handler in `handlers`.
    ///
    /// # Errors
    /// When it has none.
    pub fn new(
        functions: &Functions,
        handlers: &BTreeMap<&'static str, EventHandler>,
        verifier: Verifier,
    ) -> Result<Self, StartError> {
        let named = functions.iter().find(|(_, function)| function.authorizes == Some(Api::Http));
        let lambda = named.map(|(name, _)| {
            let handler = handlers.get(name.as_str()).map(Arc::clone);
            let authorizer = handler.map(|handler| Arc::new(LambdaAuthorizer::new(handler)));
            authorizer.ok_or_else(|| StartError::UnknownFunction(name.clone()))
        });
        Ok(Self { verifier: Arc::new(verifier), lambda: lambda.transpose()? })
    }

    /// What guards a route of this kind.
    ///
    /// # Errors
    /// When that is a lambda and there is none.
    pub fn of(&self, authorizer: Authorizer) -> Result<Guard, StartError> {
        let missing = || StartError::UnknownFunction("http authorizer".to_owned());
        Ok(match authorizer {
            Authorizer::None => Guard::Open,
            Authorizer::Jwt => Guard::Token(Arc::clone(&self.verifier)),
            Authorizer::Lambda => Guard::Lambda(self.lambda.clone().ok_or_else(missing)?),
            Authorizer::Iam => Guard::Signature,
        })
    }
}

impl Guard {
    /// Who calls, if they may.
    ///
    /// # Errors
    /// Why they may not.
    pub async fn admit(&self, request: &Incoming<'_>, body: &[u8]) -> Result<Caller, Refusal> {
        match self {
            Self::Open => Ok(Caller::Anyone),
            Self::Token(verifier) => {
                let claims = verifier.verify(&request.head.headers);
                claims.map(Caller::User).ok_or(Refusal::Unauthorized)
            }
            Self::Lambda(authorizer) => authorizer.admit(request).await.map(Caller::Admitted),
            Self::Signature if signature::is_signed(request.head, body) => {
                Ok(Caller::Account(signature::signer()))
            }
            Self::Signature => Err(Refusal::Forbidden),
        }
    }
}
