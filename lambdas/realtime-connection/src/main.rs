//! The lambda `realtime-connection`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(realtime_connection::Door::from_env, realtime_connection::handle)
}
