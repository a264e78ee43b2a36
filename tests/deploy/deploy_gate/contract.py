"""routes.json, tables.json and queues.json: what the deployment is held to, worked out apart from Terraform."""

import json
from dataclasses import dataclass, field
from typing import Any

from deploy_gate.places import REPOSITORY

Json = dict[str, Any]

READ = {"BatchGetItem", "GetItem", "Query"}
WRITE = {"BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"}
ACCESS = {"read": READ, "write": WRITE, "readwrite": READ | WRITE}
STREAM = {"DescribeStream", "GetRecords", "GetShardIterator"}
TAKE = {"ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"}
METHODS = {"post": "POST", "close": "DELETE"}
# Where what became of notifications waits that could not be told.
UNTOLD = "delivery-events-failures"


@dataclass(frozen=True)
class Function:
    """A row of routes.json."""

    routes: list[str] = field(default_factory=list)
    authorizer: str | None = None
    websocketRoutes: list[str] = field(default_factory=list)
    authorizes: str | None = None
    stream: Json | None = None
    queue: Json | None = None
    tables: dict[str, str] = field(default_factory=dict)
    indexes: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    cognito: list[str] = field(default_factory=list)
    sends: list[str] = field(default_factory=list)
    realtime: list[str] = field(default_factory=list)
    messaging: list[str] = field(default_factory=list)
    deliveryEvents: bool = False

    def table_actions(self, table: str) -> set[str]:
        return ACCESS[self.tables[table]] if table in self.tables else set()

    def stream_actions(self, table: str) -> set[str]:
        return STREAM if self.stream and self.stream["table"] == table else set()

    def queue_actions(self, queue: str) -> set[str]:
        fails = self.stream["onFailure"] if self.stream else UNTOLD if self.deliveryEvents else None
        sends = queue in self.sends or queue == fails
        takes = bool(self.queue and self.queue["name"] == queue)
        return (TAKE if takes else set()) | ({"SendMessage"} if sends else set())

    def connection_methods(self) -> set[str]:
        """What it may do to a client's connection."""
        return {METHODS[use] for use in self.realtime if use in METHODS}

    @property
    def warms_up(self) -> bool:
        """Whether it opens its connection to DynamoDB ahead of the first request."""
        return bool(self.tables or self.indexes)


def functions() -> dict[str, Function]:
    rows = json.loads((REPOSITORY / "routes.json").read_text())
    return {name: Function(**row) for name, row in rows.items()}


def tables() -> dict[str, Json]:
    return json.loads((REPOSITORY / "tables.json").read_text())


def queues() -> dict[str, Json]:
    """The queues, and the dead-letter queues of those that give up."""
    rows = json.loads((REPOSITORY / "queues.json").read_text())
    limited = {name: row for name, row in rows.items() if "maxReceiveCount" in row}
    return rows | {dead_letter(name): {**row, "maxReceiveCount": None} for name, row in limited.items()}


def dead_letter(queue: str) -> str:
    return f"{queue}-dlq"


def variable(queue: str) -> str:
    """What a function that sends to a queue finds its URL in."""
    return queue.upper().replace("-", "_") + "_QUEUE_URL"


def keys(row: Json) -> list[Json]:
    """The key attributes of a table or an index."""
    return [row[name] for name in ("partitionKey", "sortKey") if name in row]
