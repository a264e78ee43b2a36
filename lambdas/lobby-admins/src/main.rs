//! The lambda `lobby-admins`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(shared::app::App::from_env, lobby_admins::handle)
}
