//! The lambda `realtime-message`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(shared::realtime::Realtime::from_env, realtime_message::handle)
}
