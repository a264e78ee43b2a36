//! The contract of the WebSocket, which every frame of every test is held against: `api/asyncapi.json`.

use std::sync::OnceLock;

use serde_json::Value;

use crate::schemas::Schemas;

const DOCUMENT: &str = include_str!("../../api/asyncapi.json");

struct Contract {
    document: Value,
    schemas: Schemas,
}

/// How a frame that was pushed, or answers one, is not as the contract has it, if so.
pub fn deviation(frame: &Value) -> Option<String> {
    held("server", &frame["type"], frame)
}

/// As [`deviation`], for a frame of a client's.
pub fn deviation_of_client(frame: &Value) -> Option<String> {
    held("client", &frame["action"], frame)
}

fn held(sender: &str, kind: &Value, frame: &Value) -> Option<String> {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    let Contract { document, schemas } = CONTRACT.get_or_init(|| {
        let document: Value = serde_json::from_str(DOCUMENT).expect("the contract is JSON");
        Contract { schemas: Schemas::of(&document), document }
    });
    let name = format!("{sender}.{}", kind.as_str().unwrap_or_default());
    let Some(message) = document["components"]["messages"].get(&name) else {
        return Some(format!("a frame that is not described: {name}"));
    };
    let errors = schemas.errors(name.clone(), &message["payload"], frame);
    (!errors.is_empty())
        .then(|| format!("the frame is not as it is described: {name}: {errors:#?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_described_is_named() {
        let typing = json!({
            "type": "typing",
            "conversationId": "g-01HF7YAT00TXCRQ5M8Z6S3K2PV",
            "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e",
        });
        assert_eq!(deviation(&typing), None);
        let more = |name: &str| {
            let mut frame = typing.clone();
            frame[name] = json!("more");
            deviation(&frame).unwrap_or_default()
        };
        assert!(more("email").contains("email"));
        assert!(more("type").contains("server.more"));
        assert!(deviation(&json!({ "type": "typing" })).is_some_and(|it| it.contains("required")));
        assert_eq!(deviation_of_client(&json!({ "action": "ping" })), None);
        assert!(deviation_of_client(&typing).is_some());
    }
}
