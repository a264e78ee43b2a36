"""Moves of messages out of a dead-letter queue: ministack has none, and `chinwag dlq redrive` stands on them.

Each message goes back to the queue that gave it up, and is a new one there. As on AWS, what was put into the
dead-letter queue by hand ends the move, since nobody knows where it would belong, and what is hidden stays.
"""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import esm_wake
from ministack.services import sqs

Json = dict[str, Any]

# What this stands on, and another version of ministack may no longer have.
NEEDED = ("_Err", "_HANDLERS", "_queue_by_arn", "_queues", "_queues_lock")

tasks: list[Json] = []


def start(request: Json, _: str) -> Json:
    """Moves at once what AWS moves in a while."""
    source = dead_letter_queue(request.get("SourceArn", ""))
    task = {"SourceArn": source["attributes"]["QueueArn"], "StartedTimestamp": int(time.time() * 1000)}
    tasks.insert(0, task | move_all(source))
    return {"TaskHandle": str(uuid.uuid4())}


def list_tasks(request: Json, _: str) -> Json:
    """The moves out of a queue, the last first."""
    arn = dead_letter_queue(request.get("SourceArn", ""))["attributes"]["QueueArn"]
    found = [task for task in tasks if task["SourceArn"] == arn]
    return {"Results": found[: request.get("MaxResults", 1)]}


def dead_letter_queue(arn: str) -> Json:
    queue = sqs._queue_by_arn(arn)
    if queue is None:
        message = "The resource that you specified for the SourceArn parameter doesn't exist."
        raise sqs._Err("ResourceNotFoundException", message, 404)
    policies = [each["attributes"].get("RedrivePolicy") for each in sqs._queues.values()]
    if arn not in [json.loads(policy)["deadLetterTargetArn"] for policy in policies if policy]:
        raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
    return queue


def move_all(source: Json) -> Json:
    """What a task tells of its move."""
    now, moved, reason = time.time(), 0, None
    with sqs._queues_lock:
        visible = [message for message in source["messages"] if message["visible_at"] <= now]
        for message in visible:
            origin = sqs._queue_by_arn(message.get("sys", {}).get("DeadLetterQueueSourceArn", ""))
            if origin is None:
                reason = "CouldNotDetermineMessageSource"
                break
            source["messages"].remove(message)
            origin["messages"].append(as_new(message, now))
            moved += 1
    esm_wake.set()
    told = {"ApproximateNumberOfMessagesMoved": moved, "ApproximateNumberOfMessagesToMove": len(visible)}
    return told | ({"Status": "FAILED", "FailureReason": reason} if reason else {"Status": "COMPLETED"})


def as_new(message: Json, now: float) -> Json:
    attributes = {name: value for name, value in message["sys"].items() if name != "DeadLetterQueueSourceArn"}
    return message | {
        "id": str(uuid.uuid4()),
        "receipt_handle": None,
        "sent_at": now,
        "enqueued_at": now,
        "visible_at": now,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": attributes | {"SentTimestamp": str(int(now * 1000))},
    }


ACTIONS: dict[str, Callable[[Json, str], Json]] = {
    "ListMessageMoveTasks": list_tasks,
    "StartMessageMoveTask": start,
}
