"""The API tests that the local server is held to, against the deployment."""

import hashlib
import json
import re
import secrets
import subprocess
from typing import Any

from deploy_gate import cargo, senders
from deploy_gate.callers import Caller
from deploy_gate.emulator import REGION, Emulator

# None left out: as many as on the local server.
PASSED = re.compile(r"test result: ok\. (\d+) passed; 0 failed; 0 ignored; 0 measured; 0 filtered out")


def run(emulator: Emulator, outputs: dict[str, Any], caller: Caller, threads: int) -> int:
    """Runs them, their output shown; how many passed."""
    environment = emulator.environment | {
        "CHINWAG_URL": outputs["api_url"],
        "CHINWAG_USER_POOL_ID": outputs["user_pool_id"],
        # What the routes that ask for IAM are signed with.
        "CHINWAG_CALLER_ACCESS_KEY_ID": caller.credentials.access_key,
        "CHINWAG_CALLER_SECRET_ACCESS_KEY": caller.credentials.secret_key,
        "CHINWAG_CALLER_REGION": REGION,
        # What tokens for the notifications are signed with, and where what was sent can be read.
        "CHINWAG_MESSAGING_API_SECRET": messaging_secret(emulator, outputs),
        "CHINWAG_API_KEY": api_key(emulator, outputs),
        "CHINWAG_SENT_EMAIL_URL": f"{emulator.endpoint}/_ministack/ses/messages",
        "CHINWAG_SENT_SMS_URL": f"{emulator.endpoint}/_gate/text-messages",
    }
    command = ["test", "--locked", "-p", "tests", "--test", "api", "--", f"--test-threads={threads}"]
    with cargo.running(*command, environment=environment) as process:
        passed = show(process)
    if process.returncode or not passed:
        raise SystemExit("the API tests failed on the deployment")
    return passed


def messaging_secret(emulator: Emulator, outputs: dict[str, Any]) -> str:
    client = emulator.client("secretsmanager")
    return client.get_secret_value(SecretId=outputs["messaging_secret"])["SecretString"]


def api_key(emulator: Emulator, outputs: dict[str, Any]) -> str:
    """A new API key, which may use every sender."""
    key = secrets.token_urlsafe(32)
    listed = {"name": "tests", "sha256": hashlib.sha256(key.encode()).hexdigest(), "senders": senders.KNOWN}
    client = emulator.client("secretsmanager")
    client.put_secret_value(SecretId=outputs["api_keys_secret"], SecretString=json.dumps({"keys": [listed]}))
    return key


def show(process: subprocess.Popen) -> int:
    """Shows what the tests print; how many passed."""
    passed = 0
    for line in process.stdout:
        print(line, end="", flush=True)
        if found := PASSED.match(line):
            passed = int(found[1])
    return passed
