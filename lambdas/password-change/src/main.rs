//! The lambda `password-change`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::identity::Sessions::from_env, password_change::handle)
}
