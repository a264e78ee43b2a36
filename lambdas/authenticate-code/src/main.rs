//! The lambda `authenticate-code`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(authenticate_code::CodeExchange::from_env, authenticate_code::handle)
}
