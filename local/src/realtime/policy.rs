//! What an authorizer answers.

use serde::Deserialize;
use serde_json::{Map, Value};

/// An authorizer's answer: who it is, and what they may do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    principal_id: String,
    policy_document: Policy,
    #[serde(default)]
    context: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: Effect,
    action: OneOrMany,
    resource: OneOrMany,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Decision {
    /// Whether the policy allows to invoke `resource`: a statement does, and none denies it.
    #[must_use]
    pub fn allows(&self, resource: &str) -> bool {
        let concerned = |statement: &&Statement| {
            statement.action.covers("execute-api:Invoke") && statement.resource.covers(resource)
        };
        let mut effects = self.policy_document.statement.iter().filter(concerned).peekable();
        effects.peek().is_some() && effects.all(|statement| statement.effect == Effect::Allow)
    }

    /// What later events tell of the caller: the context, and who it is.
    #[must_use]
    pub fn into_context(mut self) -> Map<String, Value> {
        self.context.insert("principalId".to_owned(), self.principal_id.into());
        self.context
    }
}

impl OneOrMany {
    fn covers(&self, name: &str) -> bool {
        match self {
            Self::One(pattern) => covers(pattern, name),
            Self::Many(patterns) => patterns.iter().any(|pattern| covers(pattern, name)),
        }
    }
}

/// A `*` at the end stands for anything.
fn covers(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |begin| name.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn allows(statements: &Value) -> bool {
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let answer = json!({ "principalId": "me", "policyDocument": policy });
        serde_json::from_value::<Decision>(answer).unwrap().allows("arn:a/local/$connect")
    }

    fn statement(effect: &str, action: &str, resource: &Value) -> Value {
        json!({ "Effect": effect, "Action": action, "Resource": resource })
    }

    #[test]
    fn something_must_allow_it_and_nothing_deny_it() {
        let allow = || statement("Allow", "execute-api:Invoke", &json!("arn:a/local/$connect"));
        assert!(allows(&json!([allow()])));
        assert!(allows(&json!([statement("Allow", "*", &json!(["arn:b", "arn:a/*"]))])));
        assert!(!allows(&json!([])));
        assert!(!allows(&json!([statement("Allow", "execute-api:Invoke", &json!("arn:b/*"))])));
        assert!(!allows(&json!([statement("Allow", "s3:GetObject", &json!("*"))])));
        assert!(!allows(&json!([allow(), statement("Deny", "execute-api:*", &json!("*"))])));
    }
}
