//! The lambda `sign-out`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::identity::Sessions::from_env, sign_out::handle)
}
