//! What a route does, as its users see it.

use schemars::JsonSchema;
use serde_json::{Value, json};
use shared::error::Error;
use shared::messaging::TemplateName;
use shared::model::{ConversationId, GroupId, Seq, TraceId, UserId};

use crate::example;
use crate::schemas::{SchemaOf, Schemas};

/// The feature that a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub description: &'static str,
}

/// A route.
pub struct Operation {
    /// `GET /v1/blocks`.
    pub route: &'static str,
    /// Its name in generated clients.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// What there is to know beside that.
    pub description: &'static str,
    /// The parameters of its query and its headers.
    pub parameters: Vec<Parameter>,
    /// What is to be sent.
    pub body: Option<Body>,
    /// How it answers when all goes well.
    pub answers: Vec<Answer>,
    /// What else it says no to, beside what its form and its callers allow.
    pub refusals: Vec<Error>,
}

/// A parameter of the query, or a header.
pub struct Parameter {
    /// `query` or `header`.
    pub place: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub required: bool,
    pub schema: SchemaOf,
    pub example: Value,
}

/// A body.
pub struct Body {
    pub schema: SchemaOf,
    pub example: Value,
}

/// What something looks like.
pub enum Examples {
    One(Value),
    /// Several, each under a name.
    Named(Vec<(&'static str, Value)>),
}

impl From<Value> for Examples {
    fn from(example: Value) -> Self {
        Self::One(example)
    }
}

impl<const N: usize> From<[(&'static str, Value); N]> for Examples {
    fn from(examples: [(&'static str, Value); N]) -> Self {
        Self::Named(examples.into())
    }
}

/// A success.
pub struct Answer {
    pub status: u16,
    pub description: &'static str,
    pub content: Option<Content>,
    /// Whether it names a place in `Location`.
    pub located: bool,
}

/// What is in an answer.
pub struct Content {
    pub media_type: &'static str,
    pub form: Form,
    pub examples: Examples,
}

/// The form of an answer's body.
pub enum Form {
    /// One of these.
    One(SchemaOf),
    /// Items of a list under a name, and how many there are at most.
    List(&'static str, SchemaOf, usize),
    /// The items of a page under a name, with `nextCursor` where there is more.
    Page(&'static str, SchemaOf),
    /// As written here, under a name.
    Written(&'static str, Value),
    /// Any object.
    Any,
}

impl Operation {
    /// The route `route`, with nothing to send and no answer yet.
    pub fn new(route: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            route,
            id,
            summary,
            description: "",
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
            refusals: Vec::new(),
        }
    }

    /// What there is to know beside the summary.
    pub fn about(self, description: &'static str) -> Self {
        Self { description, ..self }
    }

    /// With `limit` in the query.
    pub fn limited(self) -> Self {
        self.query("limit", "How many items at most.", limit, json!(50))
    }

    /// With `limit` and `cursor` in the query.
    pub fn paged(self) -> Self {
        let description = "The `nextCursor` of the page before; without it the first page.";
        self.limited().query("cursor", description, text, example::CURSOR.into())
    }

    /// With a parameter of the query.
    pub fn query(
        self,
        name: &'static str,
        description: &'static str,
        schema: SchemaOf,
        example: Value,
    ) -> Self {
        let required = false;
        self.parameter(Parameter { place: "query", name, description, required, schema, example })
    }

    /// With a parameter.
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// With a body.
    pub fn takes<T: JsonSchema>(self, example: Value) -> Self {
        Self { body: Some(Body { schema: Schemas::request::<T>, example }), ..self }
    }

    /// Answers with a body.
    pub fn answers<T: JsonSchema>(
        self,
        status: u16,
        description: &'static str,
        examples: impl Into<Examples>,
    ) -> Self {
        self.answers_as(status, description, Form::One(Schemas::answer::<T>), examples)
    }

    /// Answers 200 with a page of items under `name`.
    pub fn pages<T: JsonSchema>(
        self,
        name: &'static str,
        description: &'static str,
        item: &Value,
    ) -> Self {
        let form = Form::Page(name, Schemas::answer::<T>);
        self.paged().answers_as(200, description, form, json!({ name: [item] }))
    }

    /// Answers with a body of this form.
    pub fn answers_as(
        mut self,
        status: u16,
        description: &'static str,
        form: Form,
        examples: impl Into<Examples>,
    ) -> Self {
        let examples = examples.into();
        let content = Some(Content { media_type: "application/json", form, examples });
        self.answers.push(Answer { status, description, content, located: false });
        self
    }

    /// Answers without a body.
    pub fn says(mut self, status: u16, description: &'static str) -> Self {
        self.answers.push(Answer { status, description, content: None, located: false });
        self
    }

    /// Every answer names a place in `Location`.
    pub fn located(mut self) -> Self {
        for answer in &mut self.answers {
            answer.located = true;
        }
        self
    }

    /// Says no for these reasons, too.
    pub fn refuses<const N: usize>(mut self, refusals: [Error; N]) -> Self {
        self.refusals.extend(refusals);
        self
    }

    /// Its method and its path.
    pub fn method_and_path(&self) -> (&'static str, &'static str) {
        self.route.split_once(' ').unwrap_or((self.route, ""))
    }

    /// The names in its path.
    pub fn path_parameters(&self) -> Vec<&'static str> {
        let (_, path) = self.method_and_path();
        let name = |segment: &'static str| segment.strip_prefix('{')?.strip_suffix('}');
        path.split('/').filter_map(name).collect()
    }
}

/// The parameter `{name}` of a path: its schema, what it is, and an example.
pub fn path_parameter(name: &str) -> Option<(SchemaOf, &'static str, Value)> {
    Some(match name {
        "conversationId" => (
            Schemas::request::<ConversationId>,
            "The conversation.",
            example::DIRECT_CONVERSATION.into(),
        ),
        "groupId" => (Schemas::request::<GroupId>, "The group.", example::GROUP.into()),
        "seq" => (Schemas::request::<Seq>, "The place of the entry in its log.", json!(1)),
        "templateName" => {
            (Schemas::request::<TemplateName>, "The template.", example::TEMPLATE.into())
        }
        "traceId" => {
            let description = "The sender's own id for the request.";
            (Schemas::request::<TraceId>, description, example::TRACE.into())
        }
        "userId" => (Schemas::request::<UserId>, "The person.", example::BOB.into()),
        _ => return None,
    })
}

/// Any text.
pub fn text(_: &mut Schemas) -> Value {
    json!({ "type": "string" })
}

fn limit(_: &mut Schemas) -> Value {
    let (most, default) = (shared::http::MAX_LIMIT, shared::http::DEFAULT_LIMIT);
    json!({ "type": "integer", "minimum": 1, "maximum": most, "default": default })
}
