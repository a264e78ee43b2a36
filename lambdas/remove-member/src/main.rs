//! The lambda `remove-member`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::app::App::from_env, remove_member::handle)
}
