//! Bodies on their way in and out.

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use shared::http::MAX_BODY_BYTES;

use super::refusal::Refusal;

/// How much of a body that is too large is still read, as API Gateway does, in bytes.
const MAX_READ: usize = 10 * 1024 * 1024;

/// The whole body.
///
/// # Errors
/// `TooLarge`, or `Incomplete` where the client broke off.
pub async fn read(body: Body) -> Result<Bytes, Refusal> {
    let mut chunks = body.into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::Incomplete)?;
        length += chunk.len();
        if length <= MAX_BODY_BYTES {
            bytes.extend_from_slice(&chunk);
        } else if length > MAX_READ {
            break;
        }
    }
    if length > MAX_BODY_BYTES { Err(Refusal::TooLarge) } else { Ok(bytes.into()) }
}

/// A lambda's answer as the server sends it.
pub fn from_lambda(body: lambda_http::Body) -> Body {
    match body {
        lambda_http::Body::Text(text) => text.into(),
        lambda_http::Body::Binary(bytes) => bytes.into(),
        _ => Body::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_may_have_256_kib() {
        let body = vec![b'x'; MAX_BODY_BYTES];
        assert_eq!(read(body.clone().into()).await.unwrap(), body);
        let larger = vec![b'x'; MAX_BODY_BYTES + 1];
        assert_eq!(read(larger.into()).await, Err(Refusal::TooLarge));
    }
}
