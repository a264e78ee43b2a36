"""Sets through the API what hashicorp/aws 3.39 could not, reads it back, and undoes what would hinder the destroy."""

import json
from collections.abc import Callable
from typing import Any

from deploy_gate.emulator import Emulator

Setter = Callable[[Emulator, str, Any], tuple[Any, Any]]

SMS = "pinpoint-sms-voice-v2"


def as_request(value: Any) -> Any:
    """A value with the names that the API has for Terraform's."""
    if not isinstance(value, dict):
        return value
    return {"".join(word.title() for word in name.split("_")): as_request(given) for name, given in value.items()}


def set_logging(emulator: Emulator, function: str, value: dict[str, str]) -> tuple[Any, Any]:
    wanted = as_request(value)
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


def make_email_configuration_set(emulator: Emulator, name: str, value: dict[str, Any]) -> tuple[Any, Any]:
    wanted, client = as_request(value), emulator.client("sesv2")
    client.create_configuration_set(ConfigurationSetName=name, **wanted)
    found = client.get_configuration_set(ConfigurationSetName=name)
    return wanted, {option: found.get(option) for option in wanted}


def make_email_event_destination(emulator: Emulator, name: str, value: dict[str, Any]) -> tuple[Any, Any]:
    wanted, client = as_request(value), emulator.client("sesv2")
    place = {"ConfigurationSetName": wanted["ConfigurationSetName"]}
    client.create_configuration_set_event_destination(EventDestinationName=name, **wanted)
    (found,) = client.get_configuration_set_event_destinations(**place)["EventDestinations"]
    return wanted["EventDestination"] | {"Name": name}, found


def make_email_identity(emulator: Emulator, identity: str, _: Any) -> tuple[Any, Any]:
    client = emulator.client("sesv2")
    client.create_email_identity(EmailIdentity=identity)
    return True, client.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]


def make_sms_configuration_set(emulator: Emulator, name: str, _: Any) -> tuple[Any, Any]:
    client = emulator.client(SMS)
    client.create_configuration_set(ConfigurationSetName=name)
    return [name], [each["ConfigurationSetName"] for each in client.describe_configuration_sets()["ConfigurationSets"]]


def make_sms_event_destination(emulator: Emulator, name: str, value: dict[str, Any]) -> tuple[Any, Any]:
    wanted, client = as_request(value), emulator.client(SMS)
    client.create_event_destination(EventDestinationName=name, **wanted)
    (found,) = client.describe_configuration_sets()["ConfigurationSets"]
    (destination,) = found["EventDestinations"]
    told = {"ConfigurationSetName": found["ConfigurationSetName"], **destination}
    return wanted | {"EventDestinationName": name, "Enabled": True}, told


SETTERS: dict[str, Setter] = {
    "aws_lambda_function.logging_config": set_logging,
    "aws_dynamodb_table.deletion_protection_enabled": set_deletion_protection,
    "aws_pinpointsmsvoicev2_configuration_set": make_sms_configuration_set,
    "aws_pinpointsmsvoicev2_event_destination": make_sms_event_destination,
    "aws_sesv2_configuration_set": make_email_configuration_set,
    "aws_sesv2_configuration_set_event_destination": make_email_event_destination,
    "aws_sesv2_email_identity": make_email_identity,
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
    """Lifts the protection, and removes the resources, that Terraform, here, does not know of."""
    mail, messages = emulator.client("sesv2"), emulator.client(SMS)
    undoers: dict[str, Callable[[str], Any]] = {
        "aws_dynamodb_table.deletion_protection_enabled": lambda table: set_deletion_protection(emulator, table, False),
        "aws_pinpointsmsvoicev2_configuration_set": lambda name: messages.delete_configuration_set(
            ConfigurationSetName=name
        ),
        "aws_sesv2_configuration_set": lambda name: mail.delete_configuration_set(ConfigurationSetName=name),
        "aws_sesv2_email_identity": lambda name: mail.delete_email_identity(EmailIdentity=name),
    }
    for entry in map(json.loads, entries):
        for place in entry["values"].keys() & undoers.keys():
            undoers[place](entry["id"])
