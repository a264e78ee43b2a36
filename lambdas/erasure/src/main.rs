//! The lambda `erasure`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(erasure::Eraser::from_env, erasure::handle)
}
