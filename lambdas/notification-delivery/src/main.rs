//! The lambda `notification-delivery`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run_events(notification_delivery::from_env, notification_delivery::handle)
}
