//! The lambda `notify`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(notify::Notifier::from_env, notify::handle)
}
