"""routes.json and tables.json: what the deployment is held to, worked out apart from Terraform."""

import json
from dataclasses import dataclass
from typing import Any

from deploy_gate.places import REPOSITORY

Json = dict[str, Any]

READ = {"BatchGetItem", "GetItem", "Query"}
WRITE = {"BatchWriteItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"}
ACCESS = {"read": READ, "write": WRITE, "readwrite": READ | WRITE}


@dataclass(frozen=True)
class Function:
    """A row of routes.json."""

    routes: list[str]
    authorizer: str
    tables: dict[str, str]
    indexes: list[str]
    secrets: list[str]
    cognito: list[str]

    @classmethod
    def of(cls, row: Json) -> "Function":
        optional = {"tables": {}, "indexes": [], "secrets": [], "cognito": []}
        return cls(**{**optional, **row})

    def table_actions(self, table: str) -> set[str]:
        return ACCESS[self.tables[table]] if table in self.tables else set()

    @property
    def warms_up(self) -> bool:
        """Whether it opens its connection to DynamoDB ahead of the first request."""
        return bool(self.tables or self.indexes)


def functions() -> dict[str, Function]:
    rows = json.loads((REPOSITORY / "routes.json").read_text())
    return {name: Function.of(row) for name, row in rows.items()}


def tables() -> dict[str, Json]:
    return json.loads((REPOSITORY / "tables.json").read_text())


def keys(row: Json) -> list[Json]:
    """The key attributes of a table or an index."""
    return [row[name] for name in ("partitionKey", "sortKey") if name in row]
