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


def set_queue_attribute(name: str) -> Setter:
    """SQS holds all values as texts."""

    def setter(emulator: Emulator, queue: str, value: Any) -> tuple[Any, Any]:
        client = emulator.client("sqs")
        found = client.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        if value is None:
            return None, found.get(name)
        wanted = json.dumps(value) if isinstance(value, bool) else value
        client.set_queue_attributes(QueueUrl=queue, Attributes={name: wanted})
        return wanted, client.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"].get(name)

    return setter


def set_redrive_policy(emulator: Emulator, queue: str, value: dict[str, str]) -> tuple[Any, Any]:
    return set_queue_attribute("RedrivePolicy")(emulator, queue, value["redrive_policy"])


def set_redrive_allow_policy(emulator: Emulator, queue: str, value: dict[str, str]) -> tuple[Any, Any]:
    return set_queue_attribute("RedriveAllowPolicy")(emulator, queue, value["redrive_allow_policy"])


def set_response_types(emulator: Emulator, mapping: str, wanted: list[str]) -> tuple[Any, Any]:
    client = emulator.client("lambda")
    client.update_event_source_mapping(UUID=mapping, FunctionResponseTypes=wanted)
    return wanted, client.get_event_source_mapping(UUID=mapping).get("FunctionResponseTypes")


def set_filter(emulator: Emulator, mapping: str, value: dict[str, Any]) -> tuple[Any, Any]:
    wanted = {"Filters": [{"Pattern": value["filter"]["pattern"]}]}
    client = emulator.client("lambda")
    client.update_event_source_mapping(UUID=mapping, FilterCriteria=wanted)
    return wanted, client.get_event_source_mapping(UUID=mapping).get("FilterCriteria")


SETTERS: dict[str, Setter] = {
    "aws_lambda_function.logging_config": set_logging,
    "aws_dynamodb_table.deletion_protection_enabled": set_deletion_protection,
    "aws_lambda_event_source_mapping.filter_criteria": set_filter,
    "aws_lambda_event_source_mapping.function_response_types": set_response_types,
    "aws_sqs_queue.deduplication_scope": set_queue_attribute("DeduplicationScope"),
    "aws_sqs_queue.fifo_throughput_limit": set_queue_attribute("FifoThroughputLimit"),
    "aws_sqs_queue.sqs_managed_sse_enabled": set_queue_attribute("SqsManagedSseEnabled"),
    "aws_sqs_queue_redrive_allow_policy": set_redrive_allow_policy,
    "aws_sqs_queue_redrive_policy": set_redrive_policy,
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
