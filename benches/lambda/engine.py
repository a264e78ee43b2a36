"""Amazon's DynamoDB Local with the tables of `tables.json` and the people who write."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "test",
}
REGION = "eu-west-1"
START_SECONDS = 60
LAUNCHER = Path(__file__).parents[2] / "tests/dynamodb-local/LoopbackServer.java"


@contextmanager
def dynamodb_local(folder: Path) -> Iterator[int]:
    """Runs the engine whose jars are in `folder`, all in memory. Yields its port."""
    port = _free_port()
    command = ["java", "-Xmx1g", f"-Djava.library.path={folder}", "-cp", f"{folder}/*"]
    command += [str(LAUNCHER), "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def fill(port: int, tables: Path, prefix: str, people: list[str]) -> None:
    """Makes the tables and the rows of `people`."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )
    for name, table in json.loads(tables.read_text()).items():
        client.create_table(**_definition(prefix + name, table))
    for number, person in enumerate(people):
        row = {
            "id": person,
            "username": f"person-{number}",
            "displayName": f"Person {number}",
            "createdAt": "2026-01-01T00:00:00.000Z",
        }
        item = {attribute: {"S": value} for attribute, value in row.items()}
        client.put_item(TableName=f"{prefix}Users", Item=item)


def _definition(name: str, table: dict[str, Any]) -> dict[str, Any]:
    """What `CreateTable` is asked for; `send` needs no index."""
    keys = [(table["partitionKey"], "HASH")]
    if "sortKey" in table:
        keys.append((table["sortKey"], "RANGE"))
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": key["name"], "KeyType": kind} for key, kind in keys],
        "AttributeDefinitions": [
            {"AttributeName": key["name"], "AttributeType": key["type"]} for key, _ in keys
        ],
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("DynamoDB Local does not start: try its command by hand.")
