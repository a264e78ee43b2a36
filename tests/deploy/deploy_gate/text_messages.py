"""AWS End User Messaging SMS, of which ministack has nothing: as much of it as is deployed and called.

A number's ARN is made of its digits: `+18005551234` is `phone-number/phone-18005551234`. `GET /_gate/text-messages`
tells what was sent.
"""

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import ministack.app as app
from ministack.core.responses import get_account_id, get_region
from ministack.services import sns

from deploy_gate.mail import later

Json = dict[str, Any]

# What this stands on, and another version of ministack may no longer have.
NEEDED_OF_APP = ("_enforce_data_plane",)
NEEDED_OF_SNS = ("publish_internal", "topic_policy_allows")

SERVICE = "PinpointSMSVoiceV2."
SENT = "/_gate/text-messages"
# AWS has such numbers: the first gets what is sent to it, the second never does.
UNREACHABLE = "+14254147167"

sent: list[Json] = []
configuration_sets: dict[str, Json] = {}


class Refused(Exception):
    """An error as AWS tells it: its type, and why."""


def arn_of(resource: str) -> str:
    return f"arn:aws:sms-voice:{get_region()}:{get_account_id()}:{resource}"


def serve_text_messages(handle: Callable) -> Callable:
    """Takes what is for this service out of what ministack looks at before its own."""

    async def patched(method: str, path: str, headers: Json, body: bytes, query: Json, request_id: str) -> Any:
        target = headers.get("x-amz-target", "")
        if not target.startswith(SERVICE):
            return await handle(method, path, headers, body, query, request_id)
        action, request = target.removeprefix(SERVICE), json.loads(body or b"{}")
        arn = number_arn(request) if action == "SendTextMessage" else "*"
        if denied := app._enforce_data_plane("sms-voice", f"sms-voice:{action}", headers, query, request_id, arn):
            return denied
        try:
            return answer(200, ACTIONS[action](request))
        except Refused as refused:
            kind, why = refused.args
            return answer(400, {"__type": kind, "Message": why})

    return patched


def answer(status: int, content: Json) -> tuple:
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(content).encode()


def number_arn(request: Json) -> str:
    return arn_of(f"phone-number/phone-{request.get('OriginationIdentity', '').lstrip('+')}")


def the_set(request: Json) -> Json:
    name = request["ConfigurationSetName"]
    if name not in configuration_sets:
        raise Refused("ResourceNotFoundException", f"There is no configuration set {name}")
    return configuration_sets[name]


def create_configuration_set(request: Json) -> Json:
    name = request["ConfigurationSetName"]
    made = {"ConfigurationSetName": name, "ConfigurationSetArn": arn_of(f"configuration-set/{name}")}
    configuration_sets[name] = made | {"EventDestinations": [], "CreatedTimestamp": int(time.time())}
    return made


def delete_configuration_set(request: Json) -> Json:
    return configuration_sets.pop(the_set(request)["ConfigurationSetName"])


def describe_configuration_sets(_: Json) -> Json:
    return {"ConfigurationSets": list(configuration_sets.values())}


def create_event_destination(request: Json) -> Json:
    names = ("EventDestinationName", "MatchingEventTypes", "SnsDestination")
    destination = {"Enabled": True} | {name: request[name] for name in names}
    the_set(request)["EventDestinations"].append(destination)
    return {"ConfigurationSetName": request["ConfigurationSetName"], "EventDestination": destination}


def send_text_message(request: Json) -> Json:
    if not re.fullmatch(r"\+[1-9]\d{6,14}", request["DestinationPhoneNumber"]):
        raise Refused("ValidationException", "DestinationPhoneNumber is no phone number")
    if request.get("MessageType") not in ("TRANSACTIONAL", "PROMOTIONAL"):
        raise Refused("ValidationException", "MessageType must be TRANSACTIONAL or PROMOTIONAL")
    destinations = the_set(request)["EventDestinations"]
    message = {"MessageId": str(uuid.uuid4()), **request, "Timestamp": time.time()}
    sent.append(message)
    for destination in destinations:
        later(tell, destination["SnsDestination"]["TopicArn"], message)
    return {"MessageId": message["MessageId"]}


def tell(topic: str, message: Json) -> None:
    """Tells a topic what becomes of a message, where its policy lets the service."""
    configuration_set = arn_of(f"configuration-set/{message['ConfigurationSetName']}")
    if not sns.topic_policy_allows(topic, "sms-voice.amazonaws.com", configuration_set, get_account_id()):
        return
    reached = message["DestinationPhoneNumber"] != UNREACHABLE
    last = ("DELIVERED", "Message has been accepted by phone") if reached else ("UNREACHABLE", "Phone is unreachable")
    for status, description in (("QUEUED", "Message is queued"), last):
        event = {
            "eventType": f"TEXT_{status}",
            "eventVersion": "1.0",
            "eventTimestamp": int(time.time() * 1000),
            "isFinal": status != "QUEUED",
            "originationPhoneNumber": message["OriginationIdentity"],
            "destinationPhoneNumber": message["DestinationPhoneNumber"],
            "messageId": message["MessageId"],
            "messageType": message["MessageType"],
            "messageStatus": status,
            "messageStatusDescription": description,
            "context": message.get("Context", {}),
        }
        sns.publish_internal(topic, json.dumps(event))


ACTIONS: dict[str, Callable[[Json], Json]] = {
    "CreateConfigurationSet": create_configuration_set,
    "CreateEventDestination": create_event_destination,
    "DeleteConfigurationSet": delete_configuration_set,
    "DescribeConfigurationSets": describe_configuration_sets,
    "SendTextMessage": send_text_message,
}
