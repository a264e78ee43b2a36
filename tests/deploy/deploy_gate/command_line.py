"""What an operator does with `chinwag`, done to the deployment: tokens, and messages that were given up on."""

import json
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from deploy_gate import callers, cargo, contract, senders
from deploy_gate.emulator import Emulator

Json = dict[str, Any]

PROGRAM = "chinwag"
QUEUE, FUNCTION = "notifications", "notification-delivery"
PATIENCE_SECONDS = 60
# How old what the authorizer has read of the secret must be for a token that does not fit to make it read again.
MIN_AGE_SECONDS = 1


@dataclass(frozen=True)
class CommandLine:
    """The program, as the account's root runs it."""

    path: str
    environment: dict[str, str]

    def run(self, *arguments: str, **variables: str) -> list[str]:
        """What it prints, in lines."""
        environment = self.environment | variables
        command = [self.path, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
        if done.returncode:
            raise SystemExit(f"{PROGRAM} {' '.join(arguments)} must succeed, but says: {done.stderr or done.stdout}")
        return done.stdout.splitlines()

    def token(self, *arguments: str, **variables: str) -> str:
        (token,) = self.run("token", "mint", *arguments, **variables)
        return token


def build(environment: dict[str, str]) -> str:
    """Builds the program; its path. The package of the API tests is named so that it takes what was built for those."""
    options = ["--locked", "-p", "cli", "-p", "tests", "--bin", PROGRAM, "--message-format=json-render-diagnostics"]
    with cargo.running("build", *options, environment=environment) as process:
        messages = [json.loads(line) for line in process.stdout]
    paths = [message["executable"] for message in messages if message.get("executable")]
    if process.returncode or not paths:
        raise SystemExit(f"{PROGRAM} could not be built")
    return paths[-1]


def check(emulator: Emulator, outputs: Json) -> None:
    program = CommandLine(build(emulator.environment), emulator.environment)
    check_rotation(program, emulator, outputs)
    DeadLetters(program, emulator, outputs).check()


def check_rotation(program: CommandLine, emulator: Emulator, outputs: Json) -> None:
    """Tokens are good while their secret is the last or the one before, whether or not the gateway has met them."""
    secret, url = outputs["messaging_secret"], f"{outputs['api_url']}/v1/templates?limit=1"
    met = program.token("someone", "--aws-secret", secret)
    must_answer(url, "a token of the secret", met, 200)
    new_to_it = program.token("somebody", "--aws-secret", secret)
    client = emulator.client("secretsmanager")
    client.put_secret_value(SecretId=secret, SecretString=secrets.token_hex(48))
    time.sleep(MIN_AGE_SECONDS)
    foreign = program.token("someone", CHINWAG_MESSAGING_API_SECRET=secrets.token_hex(48))
    must_answer(url, "a token of a secret that never was", foreign, 401, 403)
    must_answer(url, "a token of the new secret", program.token("someone", "--aws-secret", secret), 200)
    must_answer(url, "a token of the secret before, used before", met, 200)
    must_answer(url, "a token of the secret before, not used before", new_to_it, 200)


def must_answer(url: str, what: str, token: str, *statuses: int) -> None:
    status = callers.status_of("GET", url, {"authorization": f"Bearer {token}"}, None)
    if status not in statuses:
        raise SystemExit(f"{what} must be answered with {' or '.join(map(str, statuses))}, but is with {status}")


class DeadLetters:
    """Mail that was given up on: it is listed, and brought back."""

    def __init__(self, program: CommandLine, emulator: Emulator, outputs: Json) -> None:
        self.program, self.emulator = program, emulator
        self.sqs = emulator.client("sqs")
        self.url = outputs["queue_urls"][QUEUE]
        self.dead_letters = outputs["queue_urls"][contract.dead_letter(QUEUE)]
        self.function = outputs["function_names"][FUNCTION]

    def check(self) -> None:
        mails = [mail(), mail()]
        with self.resting():
            ids = self.given_up(mails)
        self.check_list(ids, mails)
        self.check_redrive(mails)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Nothing calls the function for a while: what is in the queue stays there."""
        client = self.emulator.client("lambda")
        client.put_function_concurrency(FunctionName=self.function, ReservedConcurrentExecutions=0)
        try:
            yield
        finally:
            client.delete_function_concurrency(FunctionName=self.function)

    def given_up(self, mails: list[Json]) -> set[str]:
        """Takes them from the queue until it gives them up; their ids. What is put there by hand cannot come back."""
        ids = {self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(each))["MessageId"] for each in mails}
        for _ in range(contract.queues()[QUEUE]["maxReceiveCount"] + 1):
            self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return ids

    def check_list(self, ids: set[str], mails: list[Json]) -> None:
        must_be("messages in the dead-letter queue", len(ids), self.count())
        bodies = {json.dumps(each) for each in mails}
        lines = self.listed()
        must_be("ids that are listed", ids, {line.split()[0] for line in lines[:-1]})
        must_be("the last line of the list", f"{len(ids)} messages", lines[-1])
        told = [text for each in mails for text in texts(each) if text in "\n".join(lines)]
        must_be("what is told of bodies without --bodies", [], told)
        must_be("messages after they were listed", len(ids), self.count())
        must_be("bodies that are listed with --bodies", bodies, bodies.intersection(self.listed("--bodies")))

    def listed(self, *options: str) -> list[str]:
        """Those that were listed are hidden for moments."""
        self.wait_until_visible()
        return self.program.run("dlq", "list", self.dead_letters, *options)

    def check_redrive(self, mails: list[Json]) -> None:
        self.wait_until_visible()
        moved = self.program.run("dlq", "redrive", self.dead_letters)
        must_be("what is told of the move", [f"{len(mails)} messages moved"], moved)
        must_be("messages that are left in the dead-letter queue", 0, self.count())
        wait_until("the mails that were brought back are sent", lambda: all(map(self.sent, mails)))
        for each in mails:
            must_be(f"mails to {each['address']}", [each["content"]["body"]], self.sent(each))

    def count(self) -> int:
        """How many there are, those that are hidden among them."""
        return self.number("") + self.number("NotVisible")

    def wait_until_visible(self) -> None:
        wait_until("no message of the dead-letter queue is hidden any more", lambda: not self.number("NotVisible"))

    def number(self, kind: str) -> int:
        name = f"ApproximateNumberOfMessages{kind}"
        answer = self.sqs.get_queue_attributes(QueueUrl=self.dead_letters, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def sent(self, outgoing: Json) -> list[str]:
        """The texts of the mails that were sent to its address."""
        with urllib.request.urlopen(f"{self.emulator.endpoint}/_ministack/ses/messages", timeout=30) as answer:
            accounts = json.load(answer)["messages"]
        mails = (each for account in accounts.values() for each in account)
        return [each["BodyText"] for each in mails if outgoing["address"] in each["To"]]


def mail() -> Json:
    """A message of the queue that nobody has recorded, as the function takes it (`Outgoing` in `shared`)."""
    name = secrets.token_hex(8)
    return {
        "trace": secrets.token_urlsafe(32),
        "address": f"{name}@example.com",
        "deliveryId": "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(25)).rjust(26, "0"),
        "ticket": secrets.token_hex(8),
        "recorded": False,
        "content": {
            "channel": "EMAIL",
            "from": senders.EMAIL,
            "subject": f"The subject of {name}",
            "body": f"The text for {name}",
            "html": False,
        },
    }


def texts(outgoing: Json) -> list[str]:
    """What nobody should see unasked."""
    content = outgoing["content"]
    return [outgoing["address"], outgoing["trace"], content["subject"], content["body"]]


def must_be(what: str, wanted: Any, found: Any) -> None:
    if wanted != found:
        raise SystemExit(f"{what}: wanted {wanted}, found {found}")


def wait_until(what: str, is_so: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f"within {PATIENCE_SECONDS} s it must be that {what}")
        time.sleep(0.2)
