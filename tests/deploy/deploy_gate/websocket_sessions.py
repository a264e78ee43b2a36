"""WebSocket connections of ministack, held as API Gateway holds them.

Ministack handles one frame after the other, takes binary and overlong frames, sends what a lambda answers whether the
route has a response or not, refuses every failed $connect with the same status, and tells $disconnect half a second
late.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from ministack.core import responses
from ministack.services import apigateway

Json = dict[str, Any]
Receive = Callable[[], Awaitable[Json]]
Send = Callable[[Json], Awaitable[None]]

# What this stands on, and another version of ministack may no longer have.
NEEDED = (
    "_api_owner",
    "_apis",
    "_authorize_ws_connect",
    "_evaluate_route_selection",
    "_invoke_ws_lambda",
    "_match_ws_route",
    "_refuse_ws_handshake",
    "_route_responses",
    "_stages",
    "_ws_connections",
    "_ws_request_context",
    "handle_websocket",
    "new_uuid",
)

# A message may have 128 KB, but a frame 32 KB, and clients send a message as one frame.
MAX_FRAME_BYTES = 32 * 1024
NO_STATUS, UNSUPPORTED, TOO_BIG = 1005, 1003, 1009
# How ministack tells that a lambda failed, or was called too often.
FAILED = (429, 502)

connected_at: ContextVar[int] = ContextVar("connected_at")


def tell_whole_context(context: Callable) -> Callable:
    """AWS tells each event of a connection the same time of its beginning, and the direction."""

    def patched(*arguments: Any) -> Json:
        return context(*arguments) | {"connectedAt": connected_at.get(), "messageDirection": "IN"}

    return patched


def hold_connections(_: Callable) -> Callable:
    """Stands in for ministack's handler of a WebSocket."""

    async def patched(scope: Json, receive: Receive, send: Send, api_id: str, path_override: str | None = None) -> None:
        if (await receive()).get("type") != "websocket.connect":
            return
        owner = apigateway._api_owner(api_id)
        stage = (path_override or scope["path"]).lstrip("/").partition("/")[0]
        if not owner or owner[0] != "WEBSOCKET" or stage not in apigateway._stages.get_scoped(*owner[1:], api_id, {}):
            await apigateway._refuse_ws_handshake(scope, send, 403, "Forbidden", "", apigateway.new_uuid())
            return
        responses._request_account_id.set(owner[1])
        responses._request_region.set(owner[2])
        connected_at.set(int(time.time() * 1000))
        await Session(scope, receive, send, api_id, stage, owner[1], owner[2]).run()

    return patched


@dataclass
class Session:
    """One connection, from the handshake to $disconnect."""

    scope: Json
    receive: Receive
    send: Send
    api_id: str
    stage: str
    account: str
    region: str
    authorizer: Json | None = None
    id: str = field(default_factory=lambda: apigateway.new_uuid().replace("-", "")[:16])
    outbox: asyncio.Queue = field(default_factory=asyncio.Queue)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    frames: set[asyncio.Task] = field(default_factory=set)

    def __post_init__(self) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.scope["headers"]]
        self.headers = {name.lower(): value for name, value in headers}
        self.source_ip = (self.scope.get("client") or ["127.0.0.1"])[0]

    async def run(self) -> None:
        if refusal := await self.connect():
            await apigateway._refuse_ws_handshake(self.scope, self.send, *refusal, self.id, apigateway.new_uuid())
            return
        await self.send({"type": "websocket.accept"})
        apigateway._ws_connections[self.id] = self.record()
        sender = asyncio.create_task(self.send_all())
        try:
            ended_by, code, reason = await self.take_frames()
        finally:
            apigateway._ws_connections.pop(self.id, None)
            self.outbox.put_nowait(None)
            await asyncio.gather(sender, return_exceptions=True)
        if ended_by == "us":
            await self.send({"type": "websocket.close", "code": code})
        await self.invoke("$disconnect", "DISCONNECT", disconnect_code=code, disconnect_reason=reason)

    async def connect(self) -> tuple[int, str] | None:
        """Asks the authorizer and $connect; the status and message of a refusal."""
        query = parse_qs(self.scope.get("query_string", b"").decode(), keep_blank_values=True)
        route = apigateway._match_ws_route(self.api_id, "$connect")
        if route.get("authorizationType") == "CUSTOM":
            place = (self.api_id, "$connect", self.stage, self.id, "CONNECT", apigateway.new_uuid())
            context = apigateway._ws_request_context(*place, self.source_ip, self.headers)
            refusal, self.authorizer = await apigateway._authorize_ws_connect(
                self.api_id, route, context, self.headers, query, self.account, self.region
            )
            if refusal:
                return refusal
        answer = await self.invoke("$connect", "CONNECT", query_params=query)
        status = int(answer.get("statusCode", 200))
        return None if 200 <= status < 300 else (status, "Forbidden" if status < 500 else "Internal server error")

    def record(self) -> Json:
        """What the management of connections looks at."""
        now = connected_at.get() // 1000
        return {
            "apiId": self.api_id,
            "accountId": self.account,
            "stage": self.stage,
            "connectedAt": now,
            "lastActiveAt": now,
            "sourceIp": self.source_ip,
            "identity": {"sourceIp": self.source_ip, "userAgent": self.headers.get("user-agent", "")},
            "outbox": self.outbox,
            "close_event": self.closing,
        }

    async def send_all(self) -> None:
        while (text := await self.outbox.get()) is not None:
            await self.send({"type": "websocket.send", "text": text})

    async def take_frames(self) -> tuple[str, int, str]:
        """Takes frames until the end: who ended it, with which code and reason."""
        closed = asyncio.create_task(self.closing.wait())
        while True:
            receiving = asyncio.create_task(self.receive())
            await asyncio.wait({receiving, closed}, return_when=asyncio.FIRST_COMPLETED)
            if not receiving.done():
                receiving.cancel()
                return "us", 1000, ""
            message = receiving.result()
            if message["type"] == "websocket.disconnect":
                closed.cancel()
                return "client", int(message.get("code") or NO_STATUS), message.get("reason") or ""
            if message.get("text") is None:
                return "us", UNSUPPORTED, ""
            if len(message["text"].encode()) > MAX_FRAME_BYTES:
                return "us", TOO_BIG, ""
            # Frames do not wait for each other.
            task = asyncio.create_task(self.take(message["text"]))
            self.frames.add(task)
            task.add_done_callback(self.frames.discard)

    async def take(self, text: str) -> None:
        """Has one frame handled; what is answered goes back where the route has a response."""
        selection = apigateway._apis.get(self.api_id)["routeSelectionExpression"]
        key = apigateway._evaluate_route_selection(selection, text)
        route = apigateway._match_ws_route(self.api_id, key)
        answer = await self.invoke(key, "MESSAGE", text)
        if answer.get("statusCode") in FAILED:
            failure = {"message": "Internal server error", "connectionId": self.id, "requestId": apigateway.new_uuid()}
            self.outbox.put_nowait(json.dumps(failure))
        elif answer.get("body") and self.has_response(route):
            self.outbox.put_nowait(answer["body"])

    def has_response(self, route: Json) -> bool:
        found = apigateway._route_responses.get(self.api_id, {}).get(route["routeId"], {})
        keys = {response["routeResponseKey"] for response in found.values()}
        return route.get("routeResponseSelectionExpression") in keys

    async def invoke(self, key: str, kind: str, text: str = "", **more: Any) -> Json:
        route = apigateway._match_ws_route(self.api_id, key)
        answer = await apigateway._invoke_ws_lambda(
            self.api_id, self.account, self.region, route, self.stage, self.id, kind, apigateway.new_uuid(), text,
            self.source_ip, self.headers, authorizer=self.authorizer, **more,
        )
        return answer or {"statusCode": 502}
