//! The lambda `refresh`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::identity::Identity::from_env, refresh::handle)
}
