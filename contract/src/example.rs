//! The people, groups and messages of the examples.

use serde_json::{Value, json};

pub const ADA: &str = "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e";
pub const BOB: &str = "f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a";
pub const GROUP: &str = "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T";
pub const MESSAGE: &str = "01KAQ41Z6E8XH3B5C7D9F0G2JK";
pub const DELIVERY: &str = "01KAQ45N1Q3R5S7T9V0W2X4Y6Z";
pub const OTHER_DELIVERY: &str = "01KAQ45N1Q3R5S7T9V0W2X4Y70";
pub const DIRECT_CONVERSATION: &str =
    "d-0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e-f0a7c2d8-91be-4d52-8c1a-7e5f4d3c2b1a";
pub const GROUP_CONVERSATION: &str = "g-01KAQ3W8Y5V7ZJ4M2N6P9R1S0T";
pub const REQUEST: &str = "5f0c7a52-8a3e-4b0e-9d55-0c1f2e3d4b5a";
pub const SEQUENCE_NUMBER: &str = "18849496460467696128";
pub const TEMPLATE: &str = "alert-template";
pub const TIME: &str = "2026-11-22T13:02:03.004Z";
pub const LATER: &str = "2026-11-22T13:05:06.007Z";
pub const TRACE: &str = "invoice-4711";
pub const CURSOR: &str = "WyIvdjEvYmxvY2tzIiwi4oCmIl0";
pub const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiLigKYifQ.c2lnbmF0dXJl";

pub fn profile() -> Value {
    json!({ "userId": ADA, "username": "ada", "displayName": "Ada Lovelace" })
}

pub fn tokens() -> Value {
    json!({
        "accessToken": TOKEN,
        "idToken": TOKEN,
        "refreshToken": "a refresh token",
        "tokenType": "Bearer",
        "expiresIn": 900,
    })
}

pub fn direct_message() -> Value {
    json!({
        "type": "message",
        "messageId": MESSAGE,
        "conversationId": DIRECT_CONVERSATION,
        "seq": 1,
        "senderId": ADA,
        "recipientId": BOB,
        "body": "Tea at four?",
        "clientMessageId": "tea-1",
        "createdAt": TIME,
    })
}

pub fn edited_message() -> Value {
    let mut message = direct_message();
    message["body"] = json!("Tea at five?");
    message["editedAt"] = json!(LATER);
    message
}

pub fn deleted_message() -> Value {
    let mut message = direct_message();
    message["deletedAt"] = json!(LATER);
    if let Some(members) = message.as_object_mut() {
        members.remove("body");
    }
    message
}

pub fn edited() -> Value {
    change("edited", 2, &json!({ "target": 1 }))
}

/// An entry of the direct conversation, or of the group's log, that is no message.
pub fn change(kind: &str, seq: u64, more: &Value) -> Value {
    let is_direct = matches!(kind, "edited" | "deleted");
    let conversation = if is_direct { DIRECT_CONVERSATION } else { GROUP_CONVERSATION };
    let mut entry = json!({
        "type": kind,
        "conversationId": conversation,
        "seq": seq,
        "actorId": ADA,
        "createdAt": LATER,
    });
    if let (Some(entry), Some(more)) = (entry.as_object_mut(), more.as_object()) {
        entry.extend(more.clone());
    }
    entry
}

pub fn sign_in() -> [(&'static str, Value); 4] {
    let challenge = |name: &str| json!({ "challenge": name, "session": "AYABeC1…" });
    let mut choice = challenge("SELECT_MFA_TYPE");
    choice["options"] = json!(["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]);
    let mut set_up = challenge("MFA_SETUP");
    set_up["secret"] = json!("JBSWY3DPEHPK3PXP");
    set_up["otpauthUri"] =
        json!("otpauth://totp/Chinwag:ada?secret=JBSWY3DPEHPK3PXP&issuer=Chinwag");
    [
        ("signedIn", tokens()),
        ("wantsCode", challenge("SOFTWARE_TOKEN_MFA")),
        ("wantsSetUp", set_up),
        ("wantsChoice", choice),
    ]
}

pub fn group_message() -> Value {
    json!({
        "type": "message",
        "messageId": MESSAGE,
        "conversationId": GROUP_CONVERSATION,
        "seq": 2,
        "senderId": ADA,
        "groupId": GROUP,
        "body": "Welcome, Bob",
        "createdAt": TIME,
    })
}

pub fn group() -> Value {
    json!({
        "groupId": GROUP,
        "conversationId": GROUP_CONVERSATION,
        "name": "Chess club",
        "visibility": "private",
        "createdAt": TIME,
        "createdBy": ADA,
    })
}

pub fn member() -> Value {
    json!({ "userId": BOB, "role": "member", "joinedAt": TIME })
}

pub fn admin() -> Value {
    json!({ "userId": BOB, "role": "admin", "joinedAt": TIME })
}

pub fn template() -> Value {
    json!({
        "TemplateName": TEMPLATE,
        "Subject": "Your {productName} account",
        "MessageBody": "<p>Balance: {accountBalance}</p>",
    })
}
