"""What the lambdas log as a fault.

One in the background is tried again, and may well be given up on after the tests: a call, say, that its policy does not permit.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_gate.emulator import Emulator

SHOWN = 20


@contextmanager
def none_logged(emulator: Emulator) -> Iterator[None]:
    """Fails when a lambda logs a fault before the end of the block; where the block itself fails, shows what they logged."""
    start = emulator.log.stat().st_size
    try:
        yield
    except BaseException:
        show(logged(emulator, start, {"ERROR", "WARN"}))
        raise
    if faults := logged(emulator, start, {"ERROR"}):
        show(faults)
        raise SystemExit(f"lambdas logged {len(faults)} faults")


def logged(emulator: Emulator, start: int, levels: set[str]) -> list[str]:
    """The lines of these levels, from a place in the emulator's log on."""
    with emulator.log.open(errors="replace") as log:
        log.seek(start)
        return [line for line in log if level(line) in levels]


def level(line: str) -> str | None:
    try:
        said = json.loads(line)
    except json.JSONDecodeError:
        return None
    return said.get("level") if isinstance(said, dict) else None


def show(lines: list[str]) -> None:
    print(f"\n-- what the lambdas logged: {len(lines)} lines\n{''.join(lines[-SHOWN:])}", flush=True)
