"""One process of a lambda under measurement."""

from __future__ import annotations

import errno
import platform
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from runtime_api import Call, RuntimeApi


@dataclass(frozen=True)
class Program:
    """How a lambda is started."""

    name: str
    command: list[str]
    folder: Path
    environment: dict[str, str]


class Process:
    """A started lambda; it is ended with the `with` block."""

    def __init__(self, program: Program, log: Path) -> None:
        self._api = RuntimeApi()
        self._log = log
        environment = program.environment | {"AWS_LAMBDA_RUNTIME_API": self._api.address}
        with log.open("wb") as output:
            began = time.perf_counter()
            self._child = _spawn(program, environment, output)
        try:
            self.init_seconds = self._wait() - began
        except BaseException:
            self.__exit__(None, None, None)
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    def call(self, event: dict[str, Any]) -> Call:
        """One invocation, up to the next request for an event."""
        try:
            call = self._api.call(event)
        except (TimeoutError, RuntimeError) as error:
            raise self._with_log(error) from None
        self._wait()
        return call

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far, ended ones included."""
        # What clock_getcpuclockid(3) makes of a process id: /proc/<pid>/stat counts hundredths.
        return time.clock_gettime((~self.pid << 3) | 2)

    def peak_memory(self) -> int:
        """The most bytes that were resident at once."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1_024

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.kill()
        self._child.wait()
        self._api.close()

    def _wait(self) -> float:
        try:
            return self._api.wait_until_asked()
        except TimeoutError as error:
            self._child.kill()
            raise self._with_log(error) from None

    def _with_log(self, error: Exception) -> RuntimeError:
        tail = self._log.read_text(errors="replace")[-2_000:]
        return RuntimeError(f"{error}; its log ends with:\n{tail}")


def _spawn(
    program: Program, environment: dict[str, str], output: BinaryIO
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            program.command,
            cwd=program.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        message = f"the lambdas were built for another processor than {platform.machine()}"
        raise RuntimeError(message) from None
