//! The lambda `check-messages`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::app::App::from_env, check_messages::handle)
}
