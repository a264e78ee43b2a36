#!/usr/bin/env python3
"""A long-running task that reports back: a producer for Chinwag's gateway.

It works on something for a while and tells one person how it goes. Whoever is away gets all of it later, in order, once.

    pip install botocore
    python long_task.py --url https://API --region REGION --user USER_ID

It signs with the AWS credentials of its environment, whose role needs nothing but the policy that `terraform output
gateway_policy` names. Against a local server:

    AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local python long_task.py --user USER_ID
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

ROUTE = "/v1/gateway/messages"
TRIES = 5


class Gateway:
    """Sends messages to one person."""

    def __init__(self, url: str, region: str, user: str) -> None:
        self.url = url.rstrip("/") + ROUTE
        self.user = user
        credentials = Session().get_credentials()
        if credentials is None:
            raise SystemExit("no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run under a role")
        self.signer = SigV4Auth(credentials, "execute-api", region)

    def tell(self, message: object, deduplication_id: str) -> str:
        """Sends a message, and answers its id.

        What is repeated with the same id within 5 minutes is sent once: so an answer that was lost does no harm.
        """
        body = json.dumps({"userId": self.user, "message": message, "deduplicationId": deduplication_id})
        for attempt in range(TRIES):
            request = AWSRequest("POST", self.url, data=body, headers={"content-type": "application/json"})
            self.signer.add_auth(request)
            try:
                signed = urllib.request.Request(self.url, body.encode(), dict(request.headers), method="POST")
                with urllib.request.urlopen(signed, timeout=10) as answer:
                    return json.load(answer)["messageId"]
            except urllib.error.HTTPError as refused:
                if refused.code < 500 and refused.code != 429:
                    raise SystemExit(f"refused: {refused.code} {refused.read().decode(errors='replace')}") from None
                problem: Exception = refused
            except OSError as unreachable:
                problem = unreachable
            time.sleep(2**attempt * 0.2)
        raise SystemExit(f"the gateway does not answer: {problem}")


def work(steps: int, seconds: float):
    """The task itself: the percentage that is done, step by step."""
    for step in range(1, steps + 1):
        time.sleep(seconds)
        yield 100 * step // steps


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--url", default="http://127.0.0.1:8080", help="where the API is")
    arguments.add_argument("--region", default="us-east-1", help="the region of the API")
    arguments.add_argument("--user", required=True, help="the id of the person who is told")
    arguments.add_argument("--task", default=f"task-{time.time_ns()}", help="the name of the task")
    arguments.add_argument("--steps", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=1, help="how long a step takes")
    given = arguments.parse_args()

    gateway = Gateway(given.url, given.region, given.user)
    gateway.tell({"task": given.task, "state": "started"}, f"{given.task}-started")
    for percent in work(given.steps, given.seconds):
        message_id = gateway.tell({"task": given.task, "percent": percent}, f"{given.task}-{percent}")
        print(f"{percent:3} %  {message_id}", file=sys.stderr)
    gateway.tell({"task": given.task, "state": "done"}, f"{given.task}-done")


if __name__ == "__main__":
    main()
