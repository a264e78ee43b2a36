"""Who calls while the contract is fuzzed: nobody, or on each route somebody whom it lets in, who knows what there is."""

import itertools
import os
import random
import threading
import time

import boto3
import jwt
import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

PASSWORD = "Correct-Horse-1"
# Those of the local server, unless a deployment has others.
SECRET = os.environ.get("CHINWAG_MESSAGING_API_SECRET", "local-messaging-api-secret-0123456789")
API_KEY = os.environ.get("CHINWAG_API_KEY", "local-api-key")
CALLER = Credentials(
    os.environ.get("CHINWAG_CALLER_ACCESS_KEY_ID", "local"), os.environ.get("CHINWAG_CALLER_SECRET_ACCESS_KEY", "local")
)
REGION = os.environ.get("CHINWAG_CALLER_REGION", "us-east-1")
# In which an administrator confirms who has registered.
USER_POOL = os.environ.get("CHINWAG_USER_POOL_ID")
JSON = {"content-type": "application/json"}

_numbers = itertools.count()


class Signature(requests.auth.AuthBase):
    """Signs a request with AWS credentials."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = AWSRequest(request.method, request.url, {}, request.body)
        SigV4Auth(CALLER, "execute-api", REGION).add_auth(signed)
        request.headers.update(signed.headers)
        return request


class Person:
    """Somebody who has just registered, and what they have: a friend, a conversation, a group."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = ""
        ada, bob = self._register(), self._register()
        self.token = ada["accessToken"]
        friend = self._profile(bob["accessToken"])["userId"]
        group = self._post("/v1/groups", {"name": "fuzzed", "memberIds": [friend]})
        message = self._post("/v1/messages", {"recipientId": friend, "body": "hi"})
        self.known = {
            "conversationId": [message["conversationId"], group["conversationId"]],
            "groupId": [group["groupId"], "lobby"],
            "seq": [1, 2],
            "templateName": ["fuzzed"],
            "traceId": ["fuzzed"],
            "userId": [friend, self._profile(self.token)["userId"]],
        }

    def _register(self) -> dict:
        name = f"fuzz-{os.getpid()}-{time.time_ns() % 10**9}-{next(_numbers)}"
        account = {"username": name, "email": "fuzz@example.com", "password": PASSWORD}
        if not self._post("/v1/register", account)["confirmed"] and USER_POOL:
            boto3.client("cognito-idp").admin_confirm_sign_up(UserPoolId=USER_POOL, Username=name)
        return self._post("/v1/authenticate", {"username": name, "password": PASSWORD})

    def _post(self, path: str, body: dict) -> dict:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = requests.post(self.url + path, json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def _profile(self, token: str) -> dict:
        headers = {"authorization": f"Bearer {token}"}
        answer = requests.get(self.url + "/v1/users/me", headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json()


_people: dict[str, Person] = {}
_registering = threading.Lock()


def person(case: schemathesis.Case) -> Person:
    """One for each route: another route may end their sessions, or erase them."""
    label = case.operation.label
    with _registering:
        if label not in _people:
            _people[label] = Person(case.operation.base_url.rstrip("/"))
        return _people[label]


def scheme(case: schemathesis.Case) -> str | None:
    """The name of the security scheme of a route."""
    required = case.operation.definition.raw.get("security") or [{}]
    return next(iter(required[0]), None)


if os.environ["CHINWAG_CALLERS"] == "everybody":

    @schemathesis.hook
    def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict) -> None:
        """Every other parameter of a path names something that is there, and so may a body's."""
        somebody = person(case)
        for name in case.path_parameters or {}:
            if name in somebody.known and random.random() < 0.6:
                case.path_parameters[name] = random.choice(somebody.known[name])
        if isinstance(case.body, dict):
            for name in ("recipientId", "userId"):
                if isinstance(case.body.get(name), str) and random.random() < 0.6:
                    case.body[name] = random.choice(somebody.known["userId"])
        case.headers = case.headers or {}
        match scheme(case):
            case "accessToken":
                case.headers["Authorization"] = f"Bearer {somebody.token}"
            case "messagingToken":
                claims = {"iss": "messaging-api", "sub": "fuzz", "exp": int(time.time()) + 3600}
                token = jwt.encode(claims, SECRET, algorithm="HS256")
                case.headers["Authorization"] = f"Bearer {token}"
            case "apiKey":
                case.headers["x-api-key"] = API_KEY
            case "awsSignature":
                kwargs["auth"] = Signature()
