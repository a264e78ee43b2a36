//! What every lambda of Chinwag stands on: the models, the tables, the log, the errors and the HTTP edge.
//! A route's own logic is in its lambda.

pub mod app;
pub mod aws;
pub mod cached;
pub mod error;
pub mod events;
pub mod http;
pub mod https;
pub mod identity;
pub mod lambda;
pub mod log;
pub mod logging;
pub mod messaging;
pub mod model;
pub mod queue;
pub mod queues;
pub mod realtime;
pub mod routes;
pub mod store;
pub mod tables;
