"""Names the steps of a gate, and tells how long each took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Steps:
    def __init__(self) -> None:
        self.started = time.monotonic()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        print(f"\n-- {name}", flush=True)
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = time.monotonic() - started

    def summary(self) -> str:
        """How long everything took, for the end."""
        lines = [f"{seconds:7.1f} s  {name}" for name, seconds in self.seconds.items()]
        return "\n".join([*lines, f"{time.monotonic() - self.started:7.1f} s  in all"])
