//! The providers: SES for mail, End User Messaging for text messages.

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_pinpointsmsvoicev2::types as sms;
use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types as email;

use super::plain_text::plain_text;
use super::{Content, MessageType, Outgoing};
use crate::aws::{self, variable};

/// The tag by which a delivery event is found again.
pub const TRACE_TAG: &str = "trace";

const UTF8: &str = "UTF-8";

/// Both of them.
#[derive(Debug, Clone)]
pub struct Providers {
    email: aws_sdk_sesv2::Client,
    sms: aws_sdk_pinpointsmsvoicev2::Client,
    sets: ConfigurationSets,
}

/// The configuration sets, whose event destinations tell what becomes of a message.
#[derive(Debug, Clone, Default)]
pub struct ConfigurationSets {
    /// Of SES.
    pub email: String,
    /// Of End User Messaging.
    pub sms: String,
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Not taken now: it may be later.
    #[error("the provider does not take it now: {0}")]
    Later(String),
    /// Refused for good.
    #[error("the provider refused it: {0}")]
    Refused(String),
    /// Nobody knows whether it was taken: the answer was lost.
    #[error("the provider did not answer: {0}")]
    Unknown(String),
}

/// What says that something is wrong with the message. Anything else is the rate, the day's quota, or a matter for an
/// operator, such as a permission or a configuration set that is missing: the message is as good as before.
const REFUSED: [&str; 4] =
    ["BadRequestException", "ConflictException", "MessageRejected", "ValidationException"];

impl Providers {
    /// Reached as `config` says, but without repeats: after a lost answer a repeat could send twice.
    #[must_use]
    pub fn new(config: &SdkConfig, sets: ConfigurationSets) -> Self {
        let config = config.to_builder().retry_config(RetryConfig::disabled()).build();
        Self {
            email: aws_sdk_sesv2::Client::new(&config),
            sms: aws_sdk_pinpointsmsvoicev2::Client::new(&config),
            sets,
        }
    }

    /// As the lambda's environment says: `EMAIL_CONFIGURATION_SET`, `SMS_CONFIGURATION_SET`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, String> {
        let sets = ConfigurationSets {
            email: variable("EMAIL_CONFIGURATION_SET")?,
            sms: variable("SMS_CONFIGURATION_SET")?,
        };
        Ok(Self::new(&aws::config().await, sets))
    }

    /// Sends, once, and answers the provider's id.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, outgoing: &Outgoing) -> Result<String, SendError> {
        let id = match &outgoing.content {
            Content::Email { .. } => self.send_email(outgoing).await?,
            Content::Sms { from, message_type, body } => {
                let request = self.sms.send_text_message();
                let output = request
                    .destination_phone_number(outgoing.address.as_str())
                    .origination_identity(from)
                    .message_type(match message_type {
                        MessageType::Transactional => sms::MessageType::Transactional,
                        MessageType::Promotional => sms::MessageType::Promotional,
                    })
                    .message_body(body)
                    .configuration_set_name(&self.sets.sms)
                    .context(TRACE_TAG, outgoing.trace.as_str())
                    .send()
                    .await;
                output.map_err(why)?.message_id
            }
        };
        Ok(id.unwrap_or_default())
    }

    async fn send_email(&self, outgoing: &Outgoing) -> Result<Option<String>, SendError> {
        let Content::Email { from, subject, body, html, reply_to } = &outgoing.content else {
            return Ok(None);
        };
        let text = if *html { plain_text(body) } else { body.clone() };
        let parts = email::Body::builder()
            .text(part(&text)?)
            .set_html(html.then(|| part(body)).transpose()?)
            .build();
        let message = email::Message::builder().subject(part(subject)?).body(parts).build();
        let tag = email::MessageTag::builder().name(TRACE_TAG).value(outgoing.trace.as_str());
        let destination = email::Destination::builder().to_addresses(outgoing.address.as_str());
        let request = self.email.send_email();
        let output = request
            .from_email_address(from)
            .destination(destination.build())
            .set_reply_to_addresses(reply_to.as_ref().map(|address| vec![address.to_string()]))
            .content(email::EmailContent::builder().simple(message).build())
            .email_tags(tag.build().map_err(unusable)?)
            .configuration_set_name(&self.sets.email)
            .send()
            .await;
        Ok(output.map_err(why)?.message_id)
    }
}

fn part(text: &str) -> Result<email::Content, SendError> {
    email::Content::builder().data(text).charset(UTF8).build().map_err(unusable)
}

fn unusable(error: impl std::error::Error) -> SendError {
    SendError::Refused(error.to_string())
}

/// What the provider's answer, or that there is none, says of the message.
#[expect(clippy::needless_pass_by_value, reason = "maps the errors of calls")]
fn why<E: ProvideErrorMetadata>(error: SdkError<E, HttpResponse>) -> SendError {
    match &error {
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or("no code");
            if service.raw().status().is_server_error() {
                SendError::Unknown(code.to_owned())
            } else if REFUSED.contains(&code) {
                let message = service.err().message().unwrap_or_default();
                SendError::Refused(format!("{code}: {message}"))
            } else {
                // The message may name roles and accounts.
                SendError::Later(code.to_owned())
            }
        }
        SdkError::ConstructionFailure(_) => SendError::Refused("it cannot be written".to_owned()),
        SdkError::TimeoutError(_) => SendError::Unknown("timeout".to_owned()),
        _ => SendError::Unknown("the connection broke".to_owned()),
    }
}
