//! The lambda `read-position`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::realtime::Realtime::from_env, read_position::handle)
}
