"""The API tests that the local server is held to, against the deployment."""

import os
import re
import signal
import subprocess
from typing import Any

from deploy_gate.callers import Caller
from deploy_gate.emulator import REGION, Emulator
from deploy_gate.places import REPOSITORY

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
    }
    command = ["cargo", "test", "--locked", "-p", "tests", "--test", "api", "--", f"--test-threads={threads}"]
    # A group of its own, so that an interruption ends Cargo and the tests alike.
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, errors="replace", process_group=0
    )
    try:
        passed = show(process)
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    if process.wait() or not passed:
        raise SystemExit("the API tests failed on the deployment")
    return passed


def show(process: subprocess.Popen) -> int:
    """Shows what the tests print; how many passed."""
    passed = 0
    for line in process.stdout:
        print(line, end="", flush=True)
        if found := PASSED.match(line):
            passed = int(found[1])
    return passed
