//! The lambda `graphql`.

fn main() -> Result<(), lambda_http::Error> {
    shared::lambda::run(graphql::GraphQl::from_env, graphql::handle)
}
