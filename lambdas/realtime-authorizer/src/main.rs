//! The lambda `realtime-authorizer`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(realtime_authorizer::from_env, realtime_authorizer::handle)
}
