//! What a reader must see of an entry.

use serde_json::{Value, json};

use super::changes::{is_deleted, was_deleted};
use super::facts::{Facts, Span};
use super::record::What;

/// Who has written the message that an entry is, or is about.
pub fn author<'a>(facts: &'a Facts, entry: &'a Value) -> Option<&'a str> {
    let conversation = entry["conversationId"].as_str()?;
    match entry["type"].as_str()? {
        "message" => entry["actorId"].as_str(),
        "edited" | "deleted" => {
            facts.entry(conversation, entry["target"].as_u64()?)?["actorId"].as_str()
        }
        _ => None,
    }
}

/// The entry on the wire, for one who sees it.
pub fn shown(facts: &Facts, entry: &Value) -> Value {
    let mut shown = entry.clone();
    let members = shown.as_object_mut().expect("an entry");
    for name in ["streak", "streakSince", "waitedMillis", "authorId"] {
        members.remove(name);
    }
    let id = members.remove("entryId").unwrap_or_default();
    if entry["type"] != "message" {
        return shown;
    }
    let sender = members.remove("actorId").unwrap_or_default();
    let conversation = entry["conversationId"].as_str().unwrap_or_default();
    if let Some((one, other)) = facts.world.pair(conversation) {
        let [one, other] = [one, other].map(|who| json!(facts.world.people[who].id));
        members.insert("recipientId".to_owned(), if one == sender { other } else { one });
    } else {
        members.insert("groupId".to_owned(), json!(conversation.trim_start_matches("g-")));
    }
    members.insert("senderId".to_owned(), sender);
    members.insert("messageId".to_owned(), id);
    shown
}

/// The entry on the wire, for one who may only know that it is there.
pub fn hidden(entry: &Value) -> Value {
    json!({ "type": "hidden", "conversationId": entry["conversationId"], "seq": entry["seq"] })
}

/// What is wrong with an entry that somebody was shown.
pub fn entry(facts: &Facts, reader: usize, seen: &Value, span: Span) -> Option<&'static str> {
    let conversation = seen["conversationId"].as_str().unwrap_or_default();
    let Some(entry) = facts.entry(conversation, seen["seq"].as_u64()?) else {
        return Some("an entry is not in the log");
    };
    let author = author(facts, entry).map(|author| facts.world.who(author));
    let in_group = facts.world.group(conversation).is_some();
    if seen["type"] == "hidden" {
        let may_be = in_group && author.is_some_and(|author| facts.may_block(reader, author, span));
        return (!may_be).then_some("an entry is hidden without a block");
    }
    if in_group && author.is_some_and(|author| facts.surely_blocks(reader, author, span)) {
        return Some("something of a blocked person is shown");
    }
    if entry["type"] == "message" {
        return message(facts, entry, seen, span);
    }
    (*seen != shown(facts, entry)).then_some("an entry is not as it is in the log")
}

/// What is wrong with a message that somebody was shown, as it was at some time in `span`.
pub fn message(facts: &Facts, entry: &Value, seen: &Value, span: Span) -> Option<&'static str> {
    let is_it = seen["messageId"] == entry["entryId"]
        && seen["senderId"] == entry["actorId"]
        && seen["createdAt"] == entry["createdAt"]
        && seen["clientMessageId"] == entry["clientMessageId"];
    if !is_it {
        return Some("a message is not the one in the log");
    }
    let conversation = entry["conversationId"].as_str().unwrap_or_default();
    let seq = entry["seq"].as_u64().unwrap_or_default();
    let Some(body) = seen["body"].as_str() else {
        let may_be = was_deleted(facts, conversation, seq, span.1) && seen["deletedAt"].is_string();
        return (!may_be).then_some("a message has lost its body");
    };
    if is_deleted(facts, conversation, seq, span.0) || seen["deletedAt"].is_string() {
        return Some("a deleted message has a body");
    }
    let may_be = bodies(facts, entry, span).iter().any(|possible| possible == body);
    (!may_be).then_some("a message has a body that it does not have at this time")
}

/// What a message may have said at some time in `span`: its last words before it, and those given to it meanwhile.
fn bodies(facts: &Facts, entry: &Value, span: Span) -> Vec<String> {
    let original = entry["clientMessageId"].as_str().unwrap_or_default().to_owned();
    let mut possible = vec![original];
    for event in &facts.events {
        let What::Edit { conversation, seq, body } = &event.what else { continue };
        let is_of_it = entry["conversationId"] == conversation.as_str() && entry["seq"] == *seq;
        let Some((from, _)) = event.span().filter(|(from, _)| is_of_it && *from < span.1) else {
            continue;
        };
        debug_assert!(from < span.1, "an edit that began in time");
        if event.attempts.iter().any(|attempt| attempt.is_done() && attempt.to < span.0) {
            possible.clear();
        }
        possible.push(body.clone());
    }
    possible
}
