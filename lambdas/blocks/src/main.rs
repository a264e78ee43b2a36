//! The lambda `blocks`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::app::App::from_env, blocks::handle)
}
