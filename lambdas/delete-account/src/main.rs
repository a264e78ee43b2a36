//! The lambda `delete-account`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(delete_account::Leaving::from_env, delete_account::handle)
}
