"""What the local server is held to from outside, against the deployment: API tests, Postman collection, contract."""

import hashlib
import json
import re
import secrets
import subprocess
from typing import Any

from deploy_gate import cargo, senders
from deploy_gate.callers import Caller
from deploy_gate.emulator import REGION, Emulator
from deploy_gate.places import REPOSITORY, TOOLS

# None left out: as many as on the local server.
PASSED = re.compile(r"test result: ok\. (\d+) passed; 0 failed; 0 ignored; 0 measured; 0 filtered out")


def environment(emulator: Emulator, outputs: dict[str, Any], caller: Caller) -> dict[str, str]:
    """What they need to know of the deployment."""
    return emulator.environment | {
        "CHINWAG_TOOLS": str(TOOLS),
        "CHINWAG_URL": outputs["api_url"],
        "CHINWAG_USER_POOL_ID": outputs["user_pool_id"],
        "CHINWAG_MAIL_DOMAIN": "example.com",
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


def run(environment: dict[str, str], threads: int) -> int:
    """Runs the API tests, their output shown; how many passed."""
    command = ["test", "--locked", "-p", "tests", "--test", "api", "--", f"--test-threads={threads}"]
    with cargo.running(*command, environment=environment) as process:
        passed = show(process)
    if process.returncode or not passed:
        raise SystemExit("the API tests failed on the deployment")
    return passed


def run_part(name: str, environment: dict[str, str]) -> None:
    """Runs a part of test.sh against the deployment, its output shown."""
    if subprocess.run([REPOSITORY / "tests" / name / "run"], env=environment).returncode:
        raise SystemExit(f"the part {name} of the tests failed on the deployment")


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
