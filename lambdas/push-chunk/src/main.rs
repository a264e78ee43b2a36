//! The lambda `push-chunk`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(shared::realtime::Realtime::from_env, push_chunk::handle)
}
