//! The lambda `notification`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(notification::from_env, notification::handle)
}
