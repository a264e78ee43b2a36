//! The lambda `register`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(register::Registry::from_env, register::handle)
}
