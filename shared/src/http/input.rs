//! What a handler is given: the caller, the path, the query and the body, each read once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::str::FromStr;

use http::{HeaderValue, Method, header};
use lambda_http::{Body, Request, RequestExt};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Map, Number, Value};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::gateway_context;
use crate::error::{Error, FieldError, Result};
use crate::events::SocketContext;
use crate::model::{ConnectionId, Rejected, Seq, Timestamp, UserId};

/// The largest body, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How many items a page has where nobody says it.
pub const DEFAULT_LIMIT: usize = 50;
/// How many items a page may have.
pub const MAX_LIMIT: usize = 100;

/// A request behind the gateway, or a frame of a socket that asks for the same.
#[derive(Debug)]
pub struct Input {
    request: Request,
    socket: Option<Origin>,
}

/// The socket that a frame came from.
#[derive(Debug)]
struct Origin {
    caller: Caller,
    id: ConnectionId,
}

/// Who calls: the subject of the access token that the gateway verified, or whose token opened the socket. Nothing else
/// makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(UserId);

/// For whom a token of the notifications was made, by whom, as the authorizer verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who made the token.
    pub issuer: String,
    /// For whom.
    pub subject: String,
}

impl Caller {
    /// The caller's user id.
    #[must_use]
    pub fn id(&self) -> &UserId {
        &self.0
    }
}

impl Input {
    pub(super) fn new(request: Request) -> Self {
        Self { request, socket: None }
    }

    /// A frame of `socket`, as a request with these path parameters and this body.
    ///
    /// # Errors
    /// When the body cannot be written as JSON, which no JSON that was read is.
    pub fn of_frame(
        socket: &SocketContext,
        parameters: HashMap<String, String>,
        body: &Map<String, Value>,
    ) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(Error::internal)?;
        let mut request = Request::new(Body::Text(body));
        request.headers_mut().insert(header::CONTENT_TYPE, JSON);
        let request = request.with_path_parameters(parameters);
        let caller = Caller(socket.authorizer.user_id.clone());
        let id = ConnectionId::from(socket.connection_id.clone());
        Ok(Self { request, socket: Some(Origin { caller, id }) })
    }

    /// The socket that it came from, if it is a frame.
    #[must_use]
    pub fn socket(&self) -> Option<&ConnectionId> {
        self.socket.as_ref().map(|origin| &origin.id)
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        self.request.method()
    }

    /// The route's path as `routes.json` has it, `/v1/groups/{groupId}`.
    #[must_use]
    pub fn route_path(&self) -> &str {
        let key = gateway_context(&self.request)
            .and_then(|context| context.route_key.as_deref())
            .unwrap_or_default();
        key.split_once(' ').map_or("", |(_, path)| path)
    }

    /// The caller, from the claims that the gateway's authorizer verified.
    ///
    /// # Errors
    /// `Unauthenticated` without claims, and for an ID token: the gateway accepts both kinds.
    pub fn caller(&self) -> Result<Caller> {
        if let Some(origin) = &self.socket {
            return Ok(origin.caller.clone());
        }
        if self.claim("token_use") != Some("access") {
            return Err(Error::Unauthenticated);
        }
        let subject = self.claim("sub").ok_or(Error::Unauthenticated)?;
        subject.parse().map(Caller).map_err(|_| Error::Unauthenticated)
    }

    /// What the access token that the gateway verified says under `name`.
    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        let authorizer = gateway_context(&self.request)?.authorizer.as_ref()?;
        authorizer.jwt.as_ref()?.claims.get(name).map(String::as_str)
    }

    /// When the caller signed in for the session that the access token belongs to, in seconds of the Unix epoch.
    ///
    /// # Errors
    /// As [`Input::caller`].
    pub fn session_began(&self) -> Result<i64> {
        let auth_time = self.claim("auth_time").and_then(|seconds| seconds.parse().ok());
        auth_time.ok_or(Error::Unauthenticated)
    }

    /// The address that the request came from, as the gateway saw it.
    #[must_use]
    pub fn source_ip(&self) -> Option<&str> {
        gateway_context(&self.request)?.http.source_ip.as_deref()
    }

    /// Who calls, as the lambda that authorizes said. That is asked once in a while: a token's end is looked at here.
    ///
    /// # Errors
    /// `Unauthenticated` when the token is over, or nobody was asked.
    pub fn principal(&self) -> Result<Principal> {
        let authorizer =
            gateway_context(&self.request).and_then(|context| context.authorizer.as_ref());
        let fields = &authorizer.ok_or(Error::Unauthenticated)?.fields;
        let text = |name: &str| {
            let text = fields.get(name).and_then(Value::as_str).map(str::to_owned);
            text.ok_or(Error::Unauthenticated)
        };
        let expires: i64 = text("expiresAt")?.parse().map_err(|_| Error::Unauthenticated)?;
        if expires <= Timestamp::now().epoch_seconds() {
            return Err(Error::Unauthenticated);
        }
        Ok(Principal { issuer: text("issuer")?, subject: text("subject")? })
    }

    /// The path's parameter `name`. What cannot be one of `what` names none: not found.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn path<T: FromStr>(&self, name: &str, what: &'static str) -> Result<T> {
        let parameters = self.request.path_parameters_ref();
        let text = parameters.and_then(|parameters| parameters.first(name)).unwrap_or_default();
        text.parse().map_err(|_| Error::NotFound(what))
    }

    /// The path's `seq`.
    ///
    /// # Errors
    /// `Malformed` for what is no number, `NotFound` for a number that no entry can have.
    pub fn seq(&self) -> Result<Seq> {
        let parameters = self.request.path_parameters_ref();
        let text = parameters.and_then(|parameters| parameters.first("seq")).unwrap_or_default();
        let number: Number = text.parse().map_err(|_| malformed("/seq", "must be a number"))?;
        Seq::try_from(&number).map_err(|_| Error::NotFound("message"))
    }

    /// The header `name`, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The query's first parameter `name`.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.request.query_string_parameters_ref().and_then(|query| query.first(name))
    }

    /// The query's parameter `name` as a `seq`; zero stands before the first entry.
    ///
    /// # Errors
    /// `Malformed` for what is no number, `Invalid` for a number that cannot be a `seq`.
    pub fn query_seq(&self, name: &str) -> Result<Option<Seq>> {
        let pointer = format!("?{name}");
        self.query(name)
            .map(|text| {
                let number: Number =
                    text.parse().map_err(|_| malformed(&pointer, "must be a number"))?;
                Seq::try_from(&number).map_err(|reason| Error::invalid(&pointer, reason.0))
            })
            .transpose()
    }

    /// How many items a page has: the query's `limit`.
    ///
    /// # Errors
    /// `Malformed` for what is no number, `Invalid` for less than 1 and more than 100.
    pub fn limit(&self) -> Result<usize> {
        let Some(text) = self.query("limit") else { return Ok(DEFAULT_LIMIT) };
        let number: Number = text.parse().map_err(|_| malformed("?limit", "must be a number"))?;
        let limit = number.as_u64().and_then(|limit| usize::try_from(limit).ok());
        match limit {
            Some(limit @ 1..=MAX_LIMIT) => Ok(limit),
            _ => Err(Error::invalid("?limit", "must be a whole number from 1 to 100")),
        }
    }

    /// The body, its values checked. No body at all is an empty object, for routes without required fields.
    ///
    /// # Errors
    /// `TooLarge`, `NotJson`, `Malformed` for what does not fit `T`, `Invalid` with every value that `T` does not allow.
    pub fn body<T: DeserializeOwned + Validate>(&self) -> Result<T> {
        let bytes: &[u8] = match self.request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if bytes.len() > MAX_BODY_BYTES {
            return Err(Error::TooLarge(MAX_BODY_BYTES));
        }
        let body: T = if bytes.is_empty() {
            parse(b"{}")?
        } else {
            self.declared_json()?;
            parse(bytes)?
        };
        body.validate().map_err(|errors| Error::Invalid(field_errors(&errors, "")))?;
        Ok(body)
    }

    fn declared_json(&self) -> Result<()> {
        let declared =
            self.request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = declared.and_then(|value| value.split(';').next()).unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        let structured = essence.starts_with("application/") && essence.ends_with("+json");
        if essence == "application/json" || structured { Ok(()) } else { Err(Error::NotJson) }
    }
}

fn malformed(pointer: &str, detail: &str) -> Error {
    Error::Malformed(FieldError::new(pointer, detail))
}

/// serde would also take a list of a struct's values.
fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T> {
    if json.trim_ascii_start().first() != Some(&b'{') {
        return Err(malformed("", "must be a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| malformed(&pointer_of(error.path()), &reason_of(error.inner())))?;
    deserializer.end().map_err(|error| malformed("", &reason_of(&error)))?;
    Ok(value)
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(format!("/{index}")),
        Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
        _ => None,
    };
    path.iter().filter_map(segment).collect()
}

/// serde's words without the place, which the pointer tells, and without the value, which may be a secret.
fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    match text.split_once(", expected ") {
        Some((_, expected)) if text.starts_with("invalid ") => format!("must be {expected}"),
        _ => text.to_owned(),
    }
}

fn field_errors(errors: &ValidationErrors, parent: &str) -> Vec<FieldError> {
    let mut found: Vec<FieldError> = errors
        .errors()
        .iter()
        .flat_map(|(field, kind)| {
            let pointer = format!("{parent}/{}", camel_case(field));
            match kind {
                ValidationErrorsKind::Field(errors) => errors
                    .iter()
                    .map(|error| FieldError::new(pointer.as_str(), sentence(error)))
                    .collect(),
                ValidationErrorsKind::Struct(errors) => field_errors(errors, &pointer),
                ValidationErrorsKind::List(items) => items
                    .iter()
                    .flat_map(|(index, errors)| field_errors(errors, &format!("{pointer}/{index}")))
                    .collect(),
            }
        })
        .collect();
    found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    found
}

fn sentence(error: &ValidationError) -> String {
    match (&error.message, error.code.as_ref()) {
        (Some(message), _) => message.to_string(),
        (None, "required") => "is required".to_owned(),
        (None, code) => format!("is not allowed: {code}"),
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| {
        let mut letters = word.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        camel + &capital.into_iter().chain(letters).collect::<String>()
    })
}

/// For `#[validate(custom(function = "valid::<T>"))]`: the text must be a `T`.
///
/// # Errors
/// With the reason of `T`.
pub fn valid<T: FromStr<Err = Rejected>>(text: &str) -> Result<(), ValidationError> {
    text.parse::<T>().map(drop).map_err(rejected)
}

/// The type of a required member in a schema, by its name: schemars writes out what `validate` requires.
#[derive(Debug)]
pub struct ByName<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for ByName<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

/// As [`valid`], for a number.
///
/// # Errors
/// With the reason of `T`.
pub fn valid_number<'a, T: TryFrom<&'a Number, Error = Rejected>>(
    number: &'a Number,
) -> Result<(), ValidationError> {
    T::try_from(number).map(drop).map_err(rejected)
}

fn rejected(reason: Rejected) -> ValidationError {
    ValidationError::new("rejected").with_message(reason.0.into())
}

/// A required text of a checked body as a `T`.
///
/// # Errors
/// `Invalid` at `pointer`, where the body was not checked with [`valid`].
pub fn required<T: FromStr<Err = Rejected>>(pointer: &str, text: Option<&str>) -> Result<T> {
    optional(pointer, text)?.ok_or_else(|| Error::invalid(pointer, "is required"))
}

/// An optional number of a checked body as a `T`.
///
/// # Errors
/// As [`required`].
pub fn optional_number<'a, T: TryFrom<&'a Number, Error = Rejected>>(
    pointer: &str,
    number: Option<&'a Number>,
) -> Result<Option<T>> {
    let number = number.map(T::try_from).transpose();
    number.map_err(|reason| Error::invalid(pointer, reason.0))
}

/// An optional text of a checked body as a `T`.
///
/// # Errors
/// As [`required`].
pub fn optional<T: FromStr<Err = Rejected>>(
    pointer: &str,
    text: Option<&str>,
) -> Result<Option<T>> {
    text.map(|text| text.parse().map_err(|reason: Rejected| Error::invalid(pointer, reason.0)))
        .transpose()
}
