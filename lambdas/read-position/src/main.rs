//! The lambda `read-position`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::app::App::from_env, read_position::handle)
}
