//! The lambda `messaging-authorizer`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(
        messaging_authorizer::Authorizer::from_env,
        messaging_authorizer::handle,
    )
}
