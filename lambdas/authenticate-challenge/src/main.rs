//! The lambda `authenticate-challenge`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::identity::Identity::from_env, authenticate_challenge::handle)
}
