//! The lambda `mfa`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::identity::Identity::from_env, mfa::handle)
}
