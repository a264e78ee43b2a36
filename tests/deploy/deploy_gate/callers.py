"""Other systems, which call the routes that ask for IAM: with the policies that the deployment tells, and without."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from deploy_gate import contract
from deploy_gate.emulator import REGION, Emulator

USER = "gate-caller"


@dataclass(frozen=True)
class Caller:
    """A user of the account, by their access key."""

    credentials: Credentials

    def call(self, url: str, route: str) -> int:
        """Calls a route with an empty body, signed; the status."""
        method, path = route.split(" ")
        url += path.replace("{userId}", "nobody")
        signed = AWSRequest(method, url, {"content-type": "application/json"}, b"{}")
        SigV4Auth(self.credentials, "execute-api", REGION).add_auth(signed)
        return status_of(method, signed.url, dict(signed.headers))


def status_of(method: str, url: str, headers: dict[str, str], body: bytes | None = b"{}") -> int:
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@contextmanager
def calling(emulator: Emulator, policies: dict[str, str]) -> Iterator[Caller]:
    """A user with these policies, for a while."""
    iam = emulator.client("iam")
    iam.create_user(UserName=USER)
    for name, policy in policies.items():
        iam.put_user_policy(UserName=USER, PolicyName=name, PolicyDocument=policy)
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    try:
        yield Caller(Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    finally:
        iam.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
        for name in policies:
            iam.delete_user_policy(UserName=USER, PolicyName=name)
        iam.delete_user(UserName=USER)


def check(emulator: Emulator, outputs: dict[str, Any]) -> int:
    """Who has the policy of one function is let to its routes and to no other; how many requests that took."""
    policies, url = outputs["caller_policies"], outputs["api_url"]
    routes = {name: row.routes for name, row in contract.functions().items() if row.authorizer == "iam"}
    if routes.keys() != policies.keys():
        raise SystemExit(f"policies for callers: wanted {sorted(routes)}, found {sorted(policies)}")
    wrong, count = [], 0
    for name in routes:
        with calling(emulator, {name: policies[name]}) as caller:
            for other, route in ((other, route) for other in routes for route in routes[other]):
                count += 1
                if ((status := caller.call(url, route)) != 403) != (other == name):
                    wrong.append(f"who may call {name} gets {status} of {route}")
    for route in (route for name in routes for route in routes[name]):
        count += 1
        method, path = route.split(" ")
        if (status := status_of(method, url + path.replace("{userId}", "nobody"), {})) != 403:
            wrong.append(f"who signs nothing gets {status} of {route}")
    if wrong:
        raise SystemExit("\n".join(wrong))
    return count
