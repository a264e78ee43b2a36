"""Functions that EventBridge and SNS call: asynchronously, and again where they fail.

Ministack calls them once, and forgets what failed.
"""

import json
from typing import Any

from ministack.services import lambda_svc

# What this stands on, and another version of ministack may no longer have.
NEEDED = ("_get_func_record_for_ref", "invoke_async_with_retry")


def call(arn: str, event: Any) -> None:
    """Has a function called, and what it cannot do sent to its on-failure destination."""
    function, _, _ = lambda_svc._get_func_record_for_ref(arn)
    if function:
        lambda_svc.invoke_async_with_retry(function, event)


def call_for_event(_: Any) -> Any:
    """Stands in for how ministack's EventBridge calls a function."""

    def patched(arn: str, payload: str) -> None:
        call(arn, json.loads(payload))

    return patched


def call_for_notification(_: Any) -> Any:
    """Stands in for how ministack's SNS calls a function."""

    def patched(endpoint: str, envelope: str, topic_arn: str, subscription: str, *_: Any) -> None:
        record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription}
        call(endpoint, {"Records": [record | {"Sns": json.loads(envelope)}]})

    return patched
