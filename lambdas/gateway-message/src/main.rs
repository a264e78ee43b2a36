//! The lambda `gateway-message`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(gateway_message::Gateway::from_env, gateway_message::handle)
}
