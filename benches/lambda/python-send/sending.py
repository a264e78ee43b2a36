"""The send: the same reads, claim and conditional put as those of the lambda `send`."""

import os
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import boto3
from botocore.exceptions import ClientError
from problem import Problem

PREFIX = os.environ["TABLE_PREFIX"]
USERS = PREFIX + "Users"
MESSAGES = PREFIX + "Messages"
BLOCKED_USERS = PREFIX + "BlockedUsers"
SENT_IDS = PREFIX + "SentIds"

CLAIM_GOOD_FOR = timedelta(hours=24)
CLAIM_KEPT = timedelta(hours=25)
STREAK_WINDOW = timedelta(seconds=1)
PATIENCE_SECONDS = 10
ULID_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

dynamodb = boto3.client("dynamodb")


def send(sender: str, body: dict) -> tuple[int, dict]:
    recipient = body["recipientId"]
    if recipient == sender:
        raise Problem(422, "invalid", "must be another person", "/recipientId")
    conversation = "d-{}-{}".format(*sorted([sender, recipient]))
    deadline = time.monotonic() + PATIENCE_SECONDS
    entry_id = ulid()

    check_rights(sender, recipient)
    newest = last_entries(conversation, consistent=False)
    claimed_at = claim(sender, conversation, body)
    while time.monotonic() < deadline:
        for entry in newest:
            if is_message_of(entry, sender, body["clientMessageId"], claimed_at):
                return 200, entry
        if not newest:
            raise Problem(404, "not-found", "conversation not found")
        entry = next_entry(newest[0], entry_id, sender, body, claimed_at)
        if append(entry):
            return 201, entry
        check_rights(sender, recipient)
        newest = last_entries(conversation, consistent=True)
    raise Problem(503, "unavailable", "try again")


def check_rights(sender: str, recipient: str) -> None:
    both_ways = [
        {"blockerId": {"S": blocker}, "blockedId": {"S": blocked}}
        for blocker, blocked in [(sender, recipient), (recipient, sender)]
    ]
    people = [{"id": {"S": person}} for person in (sender, recipient)]
    rows = dynamodb.batch_get_item(
        RequestItems={
            BLOCKED_USERS: {"Keys": both_ways, "ConsistentRead": True},
            USERS: {"Keys": people, "ConsistentRead": False},
        }
    )["Responses"]
    existing = {row["id"]["S"] for row in rows.get(USERS, [])}
    if sender not in existing:
        raise Problem(401, "unauthenticated", "sign in first")
    if recipient not in existing:
        raise Problem(404, "not-found", "user not found")
    if rows.get(BLOCKED_USERS):
        raise Problem(403, "blocked", "one of you has blocked the other")


def last_entries(conversation: str, consistent: bool) -> list[dict]:
    return dynamodb.query(
        TableName=MESSAGES,
        KeyConditionExpression="conversationId = :conversation",
        ExpressionAttributeValues={":conversation": {"S": conversation}},
        ScanIndexForward=False,
        Limit=4,
        ConsistentRead=consistent,
    )["Items"]


def claim(sender: str, conversation: str, body: dict) -> str:
    """Claims the client's id and answers since when it is claimed."""
    now = datetime.now(UTC)
    content_hash = hash_of(conversation, "", body["body"])
    item = {
        "senderId": {"S": sender},
        "clientMessageId": {"S": body["clientMessageId"]},
        "conversationId": {"S": conversation},
        "contentHash": {"S": content_hash},
        "createdAt": {"S": text_of(now)},
        "expiresAt": {"N": str(int((now + CLAIM_KEPT).timestamp()))},
    }
    try:
        dynamodb.put_item(
            TableName=SENT_IDS,
            Item=item,
            ConditionExpression="attribute_not_exists(senderId) OR createdAt <= :expired",
            ExpressionAttributeValues={":expired": {"S": text_of(now - CLAIM_GOOD_FOR)}},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        item = row_in_the_way(error)
        if item["contentHash"]["S"] != content_hash:
            raise Problem(409, "client-message-id-reused", "stands for another message") from error
    return item["createdAt"]["S"]


def is_message_of(entry: dict, sender: str, client_id: str, claimed_at: str) -> bool:
    return (
        entry["actorId"]["S"] == sender
        and entry["createdAt"]["S"] >= claimed_at
        and entry.get("clientMessageId", {}).get("S") == client_id
    )


def next_entry(last: dict, entry_id: str, sender: str, body: dict, claimed_at: str) -> dict:
    now = datetime.now(UTC)
    streak, since = 1, text_of(now)
    if last["actorId"]["S"] == sender:
        last_since = last["streakSince"]["S"]
        if now - datetime.fromisoformat(last_since) < STREAK_WINDOW:
            streak, since = int(last["streak"]["N"]) + 1, last_since
    return {
        "conversationId": last["conversationId"],
        "seq": {"N": str(int(last["seq"]["N"]) + 1)},
        "entryId": {"S": entry_id},
        "actorId": {"S": sender},
        "createdAt": {"S": max(text_of(now), last["createdAt"]["S"], claimed_at)},
        "streak": {"N": str(streak)},
        "streakSince": {"S": since},
        "type": {"S": "message"},
        "body": {"S": body["body"]},
        "clientMessageId": {"S": body["clientMessageId"]},
    }


def append(entry: dict) -> bool:
    """Puts the entry at its place; answers whether it stands there."""
    try:
        dynamodb.put_item(
            TableName=MESSAGES,
            Item=entry,
            ConditionExpression="attribute_not_exists(seq)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        return row_in_the_way(error)["entryId"] == entry["entryId"]
    return True


def row_in_the_way(error: ClientError) -> dict:
    """The row because of which a condition did not hold."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    return error.response["Item"]


def hash_of(*parts: str) -> str:
    digest = sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


def text_of(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ulid() -> str:
    number = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(ULID_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))
