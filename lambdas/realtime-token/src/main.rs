//! The lambda `realtime-token`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(realtime_token::Tokens::from_env, realtime_token::handle)
}
