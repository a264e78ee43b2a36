//! The lambda `add-member`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::app::App::from_env, add_member::handle)
}
