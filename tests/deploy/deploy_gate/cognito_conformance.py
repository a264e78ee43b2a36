"""The local server's Cognito and the emulator's: the same calls of the SDK must end alike, but for known differences."""

import re
import subprocess

from deploy_gate.emulator import Emulator
from deploy_gate.places import REPOSITORY

# With the differences, and what AWS says of each: local/src/engine/cognito/tests/conformance.rs
TEST = "engine::cognito::tests::conformance::the_emulator_answers_alike"
PASSED = re.compile(r"^test result: ok\. 1 passed; 0 failed;", re.MULTILINE)


def check(emulator: Emulator) -> None:
    environment = emulator.environment | {"CHINWAG_EMULATOR_ADDRESS": emulator.endpoint.removeprefix("http://")}
    command = ["cargo", "test", "--locked", "-p", "local", "--lib", "--", "--ignored", "--exact", TEST]
    tested = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, errors="replace")
    if tested.returncode or not PASSED.search(tested.stdout):
        raise SystemExit(f"{tested.stdout}\nthe emulator's Cognito answers otherwise")
