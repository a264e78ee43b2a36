//! Conversations, their logs and their entries.

use conversations::Conversation;
use message::Edit;
use read_position::Read;
use serde_json::json;
use shared::error::Error;
use shared::http::MAX_LIMIT;
use shared::log::{MessageView, Shown};
use shared::model::Seq;

use crate::example;
use crate::operation::{Form, Operation, Tag};
use crate::schemas::Schemas;

pub const TAG: Tag = Tag {
    name: "Conversations",
    description: "Each is one ordered log of entries: `seq` is 1, 2, 3 … without a gap.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET /v1/conversations", "listConversations", "List conversations")
            .about(
                "In no particular order: clients sort. `unread` is exact up to 100; it and `lastMessage` look at the last 200 \
                 entries at most.",
            )
            .pages::<Conversation>(
                "conversations",
                "The caller's conversations.",
                &json!({
                    "conversationId": example::DIRECT_CONVERSATION,
                    "kind": "direct",
                    "peerId": example::BOB,
                    "lastSeq": 1,
                    "readSeq": 0,
                    "unread": 0,
                    "lastMessage": example::direct_message(),
                }),
            ),
        Operation::new(
            "GET /v1/conversations/{conversationId}/messages",
            "readHistory",
            "Read a conversation's history",
        )
        .about("The entries above `after`, or the newest below `before`, or between both; without either the newest. An empty page is the end.")
        .limited()
        .query("after", "Behind which entry it begins.", Schemas::request::<Seq>, json!(0))
        .query("before", "Before which entry it ends.", Schemas::request::<Seq>, json!(100))
        .answers_as(
            200,
            "Entries in the order of the log.",
            Form::List("entries", Schemas::answer::<Shown>, MAX_LIMIT),
            json!({ "entries": [example::direct_message(), example::edited()] }),
        )
        .refuses([Error::NotAMember, Error::NotFound("conversation")]),
        Operation::new(
            "GET /v1/conversations/{conversationId}/messages/{seq}",
            "getEntry",
            "Get an entry of a log",
        )
        .about("A message is as it now is: edited, or a tombstone. `Location` of a sent message points here.")
        .answers::<Shown>(200, "The entry.", example::direct_message())
        .refuses([Error::NotAMember, Error::NotFound("message")]),
        Operation::new(
            "PATCH /v1/conversations/{conversationId}/messages/{seq}",
            "editMessage",
            "Edit a message",
        )
        .about("Its sender only. The log gets an entry `edited`.")
        .takes::<Edit>(json!({ "body": "Tea at five?" }))
        .answers::<MessageView>(200, "The message as it is now.", example::edited_message())
        .refuses([
            Error::Forbidden("only its sender may edit a message"),
            Error::NotAMember,
            Error::Blocked,
            Error::NotFound("message"),
            Error::Deleted,
        ]),
        Operation::new(
            "DELETE /v1/conversations/{conversationId}/messages/{seq}",
            "deleteMessage",
            "Delete a message",
        )
        .about("Its sender, or an admin of the group. Its place stays, as a tombstone without a body.")
        .says(204, "Deleted, now or before.")
        .refuses([
            Error::Forbidden("only its sender and admins may delete a message"),
            Error::NotAMember,
            Error::NotFound("message"),
        ]),
        Operation::new(
            "PUT /v1/conversations/{conversationId}/read",
            "markRead",
            "Mark a conversation as read",
        )
        .about("Up to the entry `seq`. It never moves backwards.")
        .takes::<Read>(json!({ "seq": 1 }))
        .says(204, "Read up to there, or further.")
        .refuses([
            Error::NotAMember,
            Error::NotFound("conversation"),
            Error::invalid("/seq", "must not be above the last entry"),
        ]),
    ]
}
