//! Signature Version 4: who may call the gateway proves it with AWS credentials.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::HeaderName;
use http::header::HOST;
use url::{Position, Url};

use crate::aws;
use crate::client::Call;
use crate::error::{Error, Result};
use crate::profiles::Profile;

/// What the local server knows: its key id, and the secret. Both are good on loopback alone.
const LOCAL_KEY: &str = "local";
/// The region that the local server is in.
const LOCAL_REGION: &str = "us-east-1";
/// The service that a signature is for.
const SERVICE: &str = "execute-api";

/// Signs requests.
pub struct Signer {
    credentials: Credentials,
    region: String,
}

impl Signer {
    /// With what is good at a deployment: the credentials of the environment, unless it is on this machine.
    pub async fn new(profile: &Profile, region: Option<String>) -> Result<Self> {
        if profile.is_loopback() {
            let credentials =
                Credentials::new(LOCAL_KEY, LOCAL_KEY, None, None, "the local server");
            return Ok(Self { credentials, region: region.unwrap_or(LOCAL_REGION.to_owned()) });
        }
        let account = aws::account().await;
        let region = region
            .or_else(|| profile.region())
            .or_else(|| account.region().map(ToString::to_string))
            .ok_or_else(|| {
                Error::Usage("the region is not known: --region, or AWS_REGION".into())
            })?;
        let provider = account.credentials_provider();
        let provider = provider.ok_or_else(|| no_credentials("none are configured"))?;
        let credentials = provider.provide_credentials().await.map_err(no_credentials)?;
        Ok(Self { credentials, region })
    }

    /// The request with the headers of a signature, which are good for some minutes.
    pub fn sign(&self, url: &str, call: Call) -> Result<Call> {
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(Error::failed)?
            .into();
        let parsed = Url::parse(url).map_err(Error::failed)?;
        let host = &parsed[Position::BeforeHost..Position::AfterPort];
        let body = call.text();
        let request = SignableRequest::new(
            call.method().as_str(),
            url,
            [(HOST.as_str(), host)].into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        );
        let request = request.map_err(Error::failed)?;
        let (headers, _) =
            sign(request, &params).map_err(Error::failed)?.into_parts().0.into_parts();
        Ok(headers.into_iter().fold(call, |call, header| {
            call.header(HeaderName::from_static(header.name()), header.value().to_owned())
        }))
    }
}

fn no_credentials(error: impl std::fmt::Display) -> Error {
    Error::Failed(format!("there are no AWS credentials to sign with: {error}"))
}
