//! The lambda `gateway-delivery`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(gateway_delivery::Delivery::from_env, gateway_delivery::handle)
}
