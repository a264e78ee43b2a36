//! What the calls are made on.

use std::net::{Ipv4Addr, SocketAddr};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_cognitoidentityprovider::operation::confirm_sign_up::builders::ConfirmSignUpFluentBuilder;
use aws_sdk_cognitoidentityprovider::operation::get_tokens_from_refresh_token::builders::GetTokensFromRefreshTokenFluentBuilder;
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::builders::InitiateAuthFluentBuilder;
use aws_sdk_cognitoidentityprovider::operation::respond_to_auth_challenge::builders::RespondToAuthChallengeFluentBuilder;
use aws_sdk_cognitoidentityprovider::operation::sign_up::builders::SignUpFluentBuilder;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, ChallengeNameType, ExplicitAuthFlowsType, FeatureType,
    PasswordPolicyType, PreventUserExistenceErrorTypes, RefreshTokenRotationType,
    SoftwareTokenMfaConfigType, UserPoolMfaType, UserPoolPolicyType, UsernameConfigurationType,
    VerifiedAttributeType,
};
use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::net::TcpListener;

use super::super::*;
use crate::aws;
use crate::engine::aws_json::{respond, target};

/// A pool as `terraform/identity.tf` makes it, with an app client.
pub struct Target {
    pub client: Client,
    pub pool_id: String,
    pub client_id: String,
    /// None: the emulator, whose codes are always the same.
    pool: Option<Arc<UserPool>>,
}

impl Target {
    /// This engine.
    pub async fn engine() -> Self {
        let pool = Arc::new(confirming_pool());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let config = config(listener.local_addr().unwrap());
        let serving = Arc::clone(&pool);
        let call = async move |headers: HeaderMap, body: Bytes| {
            let (_, operation) = target(&headers).unwrap();
            respond(serving.call(operation, &body))
        };
        tokio::spawn(axum::serve(listener, Router::new().route("/", post(call))).into_future());
        Self {
            client: Client::new(&config),
            pool_id: pool.id().to_owned(),
            client_id: pool.client_id().to_owned(),
            pool: Some(pool),
        }
    }

    /// A new pool on the emulator.
    pub async fn emulator(address: SocketAddr) -> Self {
        let client = Client::new(&config(address));
        let policy = PasswordPolicyType::builder()
            .minimum_length(10)
            .require_lowercase(true)
            .require_uppercase(true)
            .require_numbers(true)
            .build();
        let names = UsernameConfigurationType::builder().case_sensitive(false).build().unwrap();
        let pool = client
            .create_user_pool()
            .pool_name("conformance")
            .policies(UserPoolPolicyType::builder().password_policy(policy).build())
            .username_configuration(names)
            .auto_verified_attributes(VerifiedAttributeType::Email)
            .send()
            .await
            .unwrap();
        let pool_id = pool.user_pool().and_then(|pool| pool.id()).unwrap().to_owned();
        client
            .set_user_pool_mfa_config()
            .user_pool_id(&pool_id)
            .mfa_configuration(UserPoolMfaType::Optional)
            .software_token_mfa_configuration(
                SoftwareTokenMfaConfigType::builder().enabled(true).build(),
            )
            .send()
            .await
            .unwrap();
        let rotation = RefreshTokenRotationType::builder()
            .feature(FeatureType::Enabled)
            .retry_grace_period_seconds(60)
            .build()
            .unwrap();
        let app = client
            .create_user_pool_client()
            .user_pool_id(&pool_id)
            .client_name("conformance")
            .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
            .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
            .enable_token_revocation(true)
            .refresh_token_rotation(rotation)
            .send()
            .await
            .unwrap();
        let client_id = app.user_pool_client().and_then(|app| app.client_id()).unwrap().to_owned();
        Self { client, pool_id, client_id, pool: None }
    }

    pub fn sign_up(&self, username: &str, password: &str) -> SignUpFluentBuilder {
        let email = AttributeType::builder().name("email").value("ann@example.com");
        self.client
            .sign_up()
            .client_id(&self.client_id)
            .username(username)
            .password(password)
            .user_attributes(email.build().unwrap())
    }

    pub fn confirm(&self, username: &str, code: &str) -> ConfirmSignUpFluentBuilder {
        let confirm = self.client.confirm_sign_up().client_id(&self.client_id);
        confirm.username(username).confirmation_code(code)
    }

    pub fn sign_in(&self, username: &str, password: &str) -> InitiateAuthFluentBuilder {
        self.client
            .initiate_auth()
            .client_id(&self.client_id)
            .auth_flow(AuthFlowType::UserPasswordAuth)
            .auth_parameters("USERNAME", username)
            .auth_parameters("PASSWORD", password)
    }

    pub fn refresh(&self, token: &str) -> GetTokensFromRefreshTokenFluentBuilder {
        let refresh = self.client.get_tokens_from_refresh_token().client_id(&self.client_id);
        refresh.refresh_token(token)
    }

    pub fn respond(
        &self,
        challenge: ChallengeNameType,
        session: &str,
        username: &str,
    ) -> RespondToAuthChallengeFluentBuilder {
        self.client
            .respond_to_auth_challenge()
            .client_id(&self.client_id)
            .challenge_name(challenge)
            .session(session)
            .challenge_responses("USERNAME", username)
    }

    /// The code that was sent last, where the emulator has always the same.
    pub fn code(&self, emulators: &str) -> String {
        self.pool.as_deref().map_or_else(|| emulators.to_owned(), last_code)
    }
}

fn config(address: SocketAddr) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    aws::config(address, None)
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .build()
}
