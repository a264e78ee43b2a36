"""The events that are measured, as the HTTP API sends them, and what their answers must say."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

ROUTE = "POST /v1/messages"
PATH = "/v1/messages"
DOMAIN = "api.chat.example"
TEXT = "Shall we meet at the station at ten past eight, or is that too early for you?"
# About as long as an access token of Cognito.
TOKEN = "x" * 1_000


@dataclass
class Conversation:
    """Two people's log: each message that is sent must take the next place."""

    sender: str
    recipient: str
    seq: int = 0

    def next_event(self, client_message_id: str) -> dict[str, Any]:
        """The event of one more message."""
        message = {"recipientId": self.recipient, "body": TEXT}
        body = json.dumps(message | {"clientMessageId": client_message_id})
        return {
            "version": "2.0",
            "routeKey": ROUTE,
            "rawPath": PATH,
            "rawQueryString": "",
            "headers": _headers(len(body)),
            "requestContext": _context(self.sender, client_message_id),
            "body": body,
            "isBase64Encoded": False,
        }

    def check(self, answer: dict[str, Any], client_message_id: str) -> None:
        """Fails unless `answer` is the message at the next place."""
        self.seq += 1
        expected = {
            "type": "message",
            "seq": self.seq,
            "senderId": self.sender,
            "recipientId": self.recipient,
            "body": TEXT,
            "clientMessageId": client_message_id,
        }
        message = json.loads(answer.get("body") or "{}")
        wrong = {name for name, value in expected.items() if message.get(name) != value}
        if answer.get("statusCode") != 201 or wrong or len(message.get("messageId", "")) != 26:
            raise RuntimeError(f"expected 201 and {expected}, got {answer}")


_numbers = count(1)


def new_client_message_id() -> str:
    """A name that no other message of the run has."""
    return f"benchmark-{next(_numbers):08}"


def _headers(length: int) -> dict[str, str]:
    return {
        "accept": "*/*",
        "authorization": f"Bearer {TOKEN}",
        "content-length": str(length),
        "content-type": "application/json",
        "host": DOMAIN,
        "user-agent": "benchmark/1.0",
        "x-amzn-trace-id": "Root=1-65f00000-000000000000000000000000",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }


def _context(caller: str, request_id: str) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "client_id": "benchmark",
        "exp": str(now + 900),
        "iat": str(now),
        "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_benchmark",
        "sub": caller,
        "token_use": "access",
    }
    return {
        "accountId": "000000000000",
        "apiId": "benchmark",
        "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        "domainName": DOMAIN,
        "domainPrefix": "api",
        "http": {
            "method": "POST",
            "path": PATH,
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "benchmark/1.0",
        },
        "requestId": request_id,
        "routeKey": ROUTE,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": now * 1_000,
    }
