"""Sets through the API what hashicorp/aws 3.39 could not, reads it back, and undoes what would hinder the destroy."""

import json
from collections.abc import Callable
from typing import Any

from deploy_gate.emulator import Emulator

Setter = Callable[[Emulator, str, Any], tuple[Any, Any]]


def set_logging(emulator: Emulator, function: str, value: dict[str, str]) -> tuple[Any, Any]:
    wanted = {"".join(word.title() for word in name.split("_")): given for name, given in value.items()}
    client = emulator.client("lambda")
    client.update_function_configuration(FunctionName=function, LoggingConfig=wanted)
    return wanted, client.get_function_configuration(FunctionName=function).get("LoggingConfig")


def set_deletion_protection(emulator: Emulator, table: str, wanted: bool) -> tuple[Any, Any]:
    client = emulator.client("dynamodb")
    client.update_table(TableName=table, DeletionProtectionEnabled=wanted)
    return wanted, client.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled")


SETTERS: dict[str, Setter] = {
    "aws_lambda_function.logging_config": set_logging,
    "aws_dynamodb_table.deletion_protection_enabled": set_deletion_protection,
}


def apply(emulator: Emulator, entries: list[str]) -> int:
    """Sets all that the output of the down-levelled module holds; how many values that were."""
    bad, count = [], 0
    for entry in map(json.loads, entries):
        for place, value in entry["values"].items():
            if place not in SETTERS:
                raise SystemExit(f"there is no fixup for {place}: write one into fixups.py")
            wanted, found = SETTERS[place](emulator, entry["id"], value)
            count += 1
            if wanted != found:
                bad.append(f"{entry['id']}: {place}: wanted {wanted}, found {found}")
    if bad:
        raise SystemExit("\n".join(bad))
    return count


def undo(emulator: Emulator, entries: list[str]) -> None:
    """Lifts the protection that Terraform, here, does not know of."""
    for entry in map(json.loads, entries):
        if entry["values"].get("aws_dynamodb_table.deletion_protection_enabled"):
            set_deletion_protection(emulator, entry["id"], False)
