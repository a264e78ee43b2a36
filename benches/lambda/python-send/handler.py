"""`POST /v1/messages` in Python, in the usual form of a lambda: the client is made at import.

It does what the lambda `send` does for a new message in a conversation that has begun. What is not
measured is refused: the first message of two people, and `replyTo`.
"""

import base64
import json
import logging
import re
import uuid

import sending
from problem import Problem

CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event: dict, context: object) -> dict:
    try:
        status, entry = sending.send(caller(event), parse(event))
        response = success(status, entry)
    except Problem as problem:
        response = failure(problem, event["requestContext"]["requestId"])
    extra = {"route": event["routeKey"], "status": response["statusCode"]}
    logger.info("answered", extra=extra)
    return response


def caller(event: dict) -> str:
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
    if claims.get("token_use") != "access":
        raise Problem(401, "unauthenticated", "sign in first")
    return claims["sub"]


def parse(event: dict) -> dict:
    text = event.get("body") or "{}"
    if event.get("isBase64Encoded"):
        text = base64.b64decode(text)
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Problem(400, "malformed", str(error), "") from error
    unknown = set(body) - {"recipientId", "body", "clientMessageId"}
    if unknown:
        raise Problem(400, "malformed", f"unknown field {unknown.pop()}", "")
    message = body.get("body") or ""
    if not 1 <= len(message) <= 4_000 or message.isspace() or CONTROL_CHARACTER.search(message):
        raise Problem(422, "invalid", "must be 1 to 4,000 printable characters", "/body")
    if not CLIENT_ID.fullmatch(body.get("clientMessageId") or ""):
        raise Problem(422, "invalid", "must be a client id", "/clientMessageId")
    try:
        body["recipientId"] = str(uuid.UUID(body["recipientId"]))
    except (KeyError, ValueError, AttributeError) as error:
        raise Problem(422, "invalid", "must be a user id", "/recipientId") from error
    return body


def success(status: int, entry: dict) -> dict:
    conversation, seq = entry["conversationId"]["S"], int(entry["seq"]["N"])
    sender = entry["actorId"]["S"]
    lower, higher = conversation[2:38], conversation[39:]
    message = {
        "type": "message",
        "messageId": entry["entryId"]["S"],
        "conversationId": conversation,
        "seq": seq,
        "senderId": sender,
        "recipientId": higher if sender == lower else lower,
        "body": entry["body"]["S"],
        "clientMessageId": entry["clientMessageId"]["S"],
        "createdAt": entry["createdAt"]["S"],
    }
    location = f"/v1/conversations/{conversation}/messages/{seq}"
    headers = {"Location": location, "Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(message)}


def failure(problem: Problem, request_id: str) -> dict:
    body = {
        "type": f"urn:chinwag:problem:{problem.code}",
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "requestId": request_id,
        "errors": problem.errors,
    }
    headers = {"Content-Type": "application/problem+json"}
    return {"statusCode": problem.status, "headers": headers, "body": json.dumps(body)}
