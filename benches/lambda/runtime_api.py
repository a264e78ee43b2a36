"""The Lambda Runtime API for one process: hands out an event at a time and takes the answers."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

PREFIX = "/2018-06-01/runtime"
ARN = "arn:aws:lambda:eu-west-1:000000000000:function:send"
TIMEOUT_SECONDS = 29


@dataclass(frozen=True)
class Call:
    """What one invocation came to."""

    answer: dict[str, Any]
    seconds: float


class RuntimeApi:
    """Listens on a port of its own on the loopback interface."""

    def __init__(self) -> None:
        self.events: SimpleQueue[bytes | None] = SimpleQueue()
        self.asked: SimpleQueue[float] = SimpleQueue()
        self.sent: SimpleQueue[float] = SimpleQueue()
        self.answers: SimpleQueue[tuple[float, bytes] | str] = SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.api = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        """What AWS_LAMBDA_RUNTIME_API says."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def wait_until_asked(self, patience: float = 10) -> float:
        """The moment at which the lambda asked for its next event."""
        try:
            return self.asked.get(timeout=patience)
        except Empty:
            refusal = "" if self.answers.empty() else f": {self.answers.get()}"
            raise TimeoutError(f"the lambda did not ask for an event{refusal}") from None

    def call(self, event: dict[str, Any], patience: float = 10) -> Call:
        """Hands out `event` and waits for the answer; the time counts from its sending."""
        self.events.put(json.dumps(event).encode())
        try:
            answer = self.answers.get(timeout=patience)
        except Empty:
            raise TimeoutError("the lambda did not answer") from None
        if isinstance(answer, str):
            raise RuntimeError(f"the lambda failed: {answer}")
        moment, body = answer
        return Call(json.loads(body), moment - self.sent.get())

    def close(self) -> None:
        """Ends the server and the request that may be waiting."""
        self.events.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        api: RuntimeApi = self.server.api  # type: ignore[attr-defined]
        api.asked.put(time.perf_counter())
        event = api.events.get()
        if event is None:
            self.close_connection = True
            return
        api.sent.put(time.perf_counter())
        self._reply(200, event, _invocation_headers())

    def do_POST(self) -> None:
        api: RuntimeApi = self.server.api  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        moment = time.perf_counter()
        answered = self.path.endswith("/response")
        api.answers.put((moment, body) if answered else body.decode())
        self._reply(202, b'{"status":"OK"}', {})

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the lambda's own log is kept."""


def _invocation_headers() -> dict[str, str]:
    deadline = int((time.time() + TIMEOUT_SECONDS) * 1_000)
    return {
        "Lambda-Runtime-Aws-Request-Id": str(uuid4()),
        "Lambda-Runtime-Deadline-Ms": str(deadline),
        "Lambda-Runtime-Invoked-Function-Arn": ARN,
        "Lambda-Runtime-Trace-Id": "Root=1-65f00000-000000000000000000000000;Sampled=0",
    }
