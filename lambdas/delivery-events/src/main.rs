//! The lambda `delivery-events`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(delivery_events::from_env, delivery_events::handle)
}
