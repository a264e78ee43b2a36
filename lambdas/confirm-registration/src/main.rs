//! The lambda `confirm-registration`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::identity::Identity::from_env, confirm_registration::handle)
}
