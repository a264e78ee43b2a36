"""Runs Cargo."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from deploy_gate.places import REPOSITORY


@contextmanager
def running(*arguments: str, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    """Runs it until it ends; what it prints is for the block to read."""
    # A group of its own, so that an interruption ends Cargo and what it runs alike.
    process = subprocess.Popen(
        ["cargo", *arguments],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,
    )
    try:
        yield process
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    process.wait()
