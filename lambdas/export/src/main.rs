//! The lambda `export`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(export::Holdings::from_env, export::handle)
}
