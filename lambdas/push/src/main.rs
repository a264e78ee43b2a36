//! The lambda `push`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(push::Pusher::from_env, push::handle)
}
