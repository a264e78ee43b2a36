"""The share of a processor that Lambda gives to a memory size, as a control group."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: one processor at 1,769 MB.
MEGABYTES_OF_ONE_PROCESSOR = 1_769
# Lambda's own: a longer one would let a call use its share of the next calls at once.
PERIOD_MICROS = 20_000

VERSION_1 = Path("/sys/fs/cgroup/cpu")
VERSION_2 = Path("/sys/fs/cgroup")


@contextmanager
def control_group() -> Iterator[Path]:
    """Makes a group of our own and removes it."""
    parent = VERSION_1 if VERSION_1.is_dir() else VERSION_2
    group = parent / f"lambda-benchmark-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        raise SystemExit(f"The share of a processor cannot be limited here: {error}") from None
    try:
        yield group
    finally:
        group.rmdir()


def limit(group: Path, megabytes: int) -> float:
    """Gives the group the share of `megabytes`. Answers it as a part of one processor."""
    share = PERIOD_MICROS * megabytes // MEGABYTES_OF_ONE_PROCESSOR
    if (group / "cpu.max").exists():
        (group / "cpu.max").write_text(f"{share} {PERIOD_MICROS}")
    else:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROS))
        (group / "cpu.cfs_quota_us").write_text(str(share))
    return share / PERIOD_MICROS


def add(group: Path, pid: int) -> None:
    """Puts a process into the group."""
    (group / "cgroup.procs").write_text(str(pid))
