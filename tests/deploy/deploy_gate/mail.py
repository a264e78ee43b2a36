"""What ministack leaves out of SES: who may send mail as whom, and the events that tell what became of it."""

import contextvars
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from email.utils import parseaddr
from typing import Any

import ministack.app as app
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, ses_v2

Json = dict[str, Any]
Handle = Callable[..., Awaitable[tuple]]

# What this stands on, and another version of ministack may no longer have.
NEEDED_OF_APP = ("_enforce_data_plane",)
NEEDED_OF_SES = ("_config_sets", "_identities", "_json_err")
NEEDED_OF_EVENTBRIDGE = ("_put_events",)

SEND = ("POST", "/v2/email/outbound-emails")
# Nothing has become of mail before its sender has heard that it was taken.
DELAY_SECONDS = 0.2

DETAIL_TYPES = {
    "SEND": ("Send", "Email Sent"),
    "DELIVERY": ("Delivery", "Email Delivered"),
    "BOUNCE": ("Bounce", "Email Bounced"),
    "COMPLAINT": ("Complaint", "Email Complaint Received"),
}


def arn_of(resource: str) -> str:
    return f"arn:aws:ses:{get_region()}:{get_account_id()}:{resource}"


def identity_of(address: str) -> str:
    """The identity that an address is sent from: itself, or the nearest domain that is one."""
    labels = address.rpartition("@")[2].split(".")
    domains = [".".join(labels[index:]) for index in range(len(labels))]
    return next((each for each in [address, *domains] if each in ses_v2._identities), address)


def authorize_senders(enforce: Callable) -> Callable:
    """AWS asks the policies for the identity and for the configuration set, and tells them the sender."""

    def patched(method: str, path: str, headers: Json, body: bytes, query: Json, request_id: str) -> tuple | None:
        if (method, path.rstrip("/")) != SEND:
            return enforce(method, path, headers, body, query, request_id)
        mail = json.loads(body or b"{}")
        sender = parseaddr(mail.get("FromEmailAddress", ""))[1]
        resources = [f"identity/{identity_of(sender)}"]
        if name := mail.get("ConfigurationSetName"):
            resources.append(f"configuration-set/{name}")
        for arn in map(arn_of, resources):
            context = {"ses:FromAddress": sender}
            denied = app._enforce_data_plane(
                "sesv2", "ses:SendEmail", headers, query, request_id, arn, context, named_resource=arn
            )
            if denied:
                return denied
        return None

    return patched


def tell_what_became_of_it(handle: Handle) -> Handle:
    """Refuses mail to what is no address; of all other there are events, as its configuration set asks for them."""

    async def patched(method: str, path: str, headers: Json, body: bytes, query: Json) -> tuple:
        if (method, path.rstrip("/")) != SEND:
            return await handle(method, path, headers, body, query)
        mail = json.loads(body)
        if any("@" not in address for address in mail["Destination"]["ToAddresses"]):
            return ses_v2._json_err("BadRequestException", "Missing final '@domain'")
        answer = await handle(method, path, headers, body, query)
        if answer[0] == 200 and (wanted := event_types(mail.get("ConfigurationSetName"))):
            told = [event for kind, event in events(mail, json.loads(answer[2])["MessageId"]) if kind in wanted]
            later(eventbridge._put_events, {"Entries": told}, allow_aws_source=True)
        return answer

    return patched


def later(call: Callable, *arguments: Any, **options: Any) -> None:
    """Calls something in a while, for the account and in the region of now."""
    context = contextvars.copy_context()
    threading.Timer(DELAY_SECONDS, lambda: context.run(call, *arguments, **options)).start()


def event_types(configuration_set: str | None) -> set[str]:
    """What the event bus is to be told."""
    destinations = (ses_v2._config_sets.get(configuration_set) or {}).get("EventDestinations") or {}
    enabled = [each for each in destinations.values() if each["Enabled"] and "EventBridgeDestination" in each]
    return {kind for each in enabled for kind in each["MatchingEventTypes"]}


def events(mail: Json, message_id: str) -> Iterator[tuple[str, Json]]:
    """What becomes of mail, by kind, as entries for the event bus: the mailbox simulator has what it is asked for."""
    sender, (recipient, *_) = mail["FromEmailAddress"], mail["Destination"]["ToAddresses"]
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    tags = {tag["Name"]: [tag["Value"]] for tag in mail.get("EmailTags", [])}
    described = {
        "timestamp": now,
        "source": sender,
        "sourceArn": arn_of(f"identity/{identity_of(parseaddr(sender)[1])}"),
        "sendingAccountId": get_account_id(),
        "messageId": message_id,
        "destination": [recipient],
        "headersTruncated": False,
        "tags": tags | {"ses:configuration-set": [mail["ConfigurationSetName"]]},
    }
    for kind, more in outcomes(recipient, now):
        name, title = DETAIL_TYPES[kind]
        detail = {"eventType": name, "mail": described, name.lower(): more}
        yield kind, {"Source": "aws.ses", "DetailType": title, "Detail": json.dumps(detail), "Resources": []}


def outcomes(recipient: str, now: str) -> list[tuple[str, Json]]:
    delivery = {"timestamp": now, "recipients": [recipient], "smtpResponse": "250 2.6.0 Message received"}
    complaint = {"timestamp": now, "complainedRecipients": [{"emailAddress": recipient}], "feedbackId": "gate"}
    complaint["complaintFeedbackType"] = "abuse"
    match simulated(recipient):
        case "bounce":
            return [("SEND", {}), ("BOUNCE", bounce(recipient, now, "General", "smtp; 550 5.1.1 user unknown"))]
        case "suppressionlist":
            reason = "Amazon SES did not send the message to this address because it is on the suppression list"
            return [("SEND", {}), ("BOUNCE", bounce(recipient, now, "Suppressed", reason))]
        case "complaint":
            return [("SEND", {}), ("DELIVERY", delivery), ("COMPLAINT", complaint)]
        case _:
            return [("SEND", {}), ("DELIVERY", delivery)]


def simulated(recipient: str) -> str:
    """What is asked for of the mailbox simulator; a label may follow it."""
    name, _, domain = recipient.lower().rpartition("@")
    return name.partition("+")[0] if domain == "simulator.amazonses.com" else ""


def bounce(recipient: str, now: str, kind: str, reason: str) -> Json:
    bounced = {"emailAddress": recipient, "action": "failed", "status": "5.1.1", "diagnosticCode": reason}
    more = {"timestamp": now, "feedbackId": "gate", "bouncedRecipients": [bounced]}
    return more | {"bounceType": "Permanent", "bounceSubType": kind}
