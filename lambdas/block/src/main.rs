//! The lambda `block`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::realtime::Realtime::from_env, block::handle)
}
