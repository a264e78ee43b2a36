//! The lambda `templates`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(templates::from_env, templates::handle)
}
