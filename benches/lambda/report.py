"""The tables that the benchmark prints, and whether its aims are met."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

MEGABYTE = 1_000_000
ZIP_BYTES = 3_500_000
MEMORY_BYTES = 20 * MEGABYTE
MEMORY_WIDTHS = (6, 9, 12, 12, 9, 16, 9)


@dataclass
class Figures:
    """What was measured of one program; times in seconds."""

    init: list[float] = field(default_factory=list)
    first_call: list[float] = field(default_factory=list)
    init_cpu: list[float] = field(default_factory=list)
    first_call_cpu: list[float] = field(default_factory=list)
    warm_call: list[float] = field(default_factory=list)
    warm_call_cpu: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def cold_start(self) -> list[float]:
        """From the start of the process to the answer of its first invocation."""
        return [sum(pair) for pair in zip(self.init, self.first_call, strict=True)]


@dataclass(frozen=True)
class Row:
    """One figure of both, and how many times less ours is to be."""

    title: str
    ours: list[float]
    theirs: list[float]
    aim: float | None = None

    @property
    def ratio(self) -> float:
        """How many times less ours is, by the medians."""
        return median(self.theirs) / median(self.ours)

    @property
    def met(self) -> bool:
        """Whether the aim, if there is one, is met."""
        return self.aim is None or self.ratio >= self.aim

    def __str__(self) -> str:
        aim = "" if self.aim is None else f"{self.aim:.0f}x  {_verdict(self.met)}"
        figures = f"{_spread(self.ours):>26}{_spread(self.theirs):>30}{self.ratio:8.1f}x"
        return f"{self.title:24}{figures}   {aim}"


def comparison(ours: Figures, theirs: Figures) -> bool:
    """Prints both side by side. Answers whether all aims are met."""
    rows = [
        Row("INIT + first call, ms", _ms(ours.cold_start), _ms(theirs.cold_start), 20),
        Row("  INIT", _ms(ours.init), _ms(theirs.init)),
        Row("  first call", _ms(ours.first_call), _ms(theirs.first_call)),
        Row("CPU of INIT, ms", _ms(ours.init_cpu), _ms(theirs.init_cpu)),
        Row("CPU of first call, ms", _ms(ours.first_call_cpu), _ms(theirs.first_call_cpu)),
        Row("CPU of a warm call, ms", _ms(ours.warm_call_cpu), _ms(theirs.warm_call_cpu), 4),
        Row("warm call, ms", _ms(ours.warm_call), _ms(theirs.warm_call)),
        Row("peak memory, MB", _megabytes(ours.memory), _megabytes(theirs.memory), 7),
    ]
    title = "min / median / max"
    print(f"{title:24}{'Rust':>26}{'Python':>30}{'less':>9}   aim")
    for row in rows:
        print(row)
    peak = max(ours.memory)
    small = peak <= MEMORY_BYTES
    print(f"\nLargest peak memory of Rust: {peak / MEGABYTE:.1f} MB, aim 20 MB: {_verdict(small)}")
    return all(row.met for row in rows) and small


def packages(folder: Path, names: list[str]) -> bool:
    """Prints the size of each lambda's zip. Answers whether all are there and small enough."""
    zips = {name: folder / name / "bootstrap.zip" for name in names}
    sizes = {name: path.stat().st_size for name, path in zips.items() if path.exists()}
    print(f"\nZips ({len(sizes)} of {len(names)} lambdas are built), MB")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"  {name:24}{size / MEGABYTE:6.2f}")
    met = len(sizes) == len(names) and max(sizes.values()) <= ZIP_BYTES
    print(f"Largest: {max(sizes.values()) / MEGABYTE:.2f} MB, aim 3.5 MB for all: {_verdict(met)}")
    return met


def memory_title() -> None:
    """Prints what stands in the columns of `memory_row`."""
    print("Our calls by memory size, ms. Only the lambda is held to its share of a processor.\n")
    titles = ["MB", "share", "first call", "apart: p50", "p99", "in a row: p50", "p99"]
    print("".join(f"{title:>{width}}" for title, width in zip(titles, MEMORY_WIDTHS, strict=True)))


def memory_row(
    megabytes: int, share: float, first: list[float], apart: list[float], in_a_row: list[float]
) -> None:
    """Prints what was measured with `megabytes`."""
    seconds = [median(first)]
    for calls in (apart, in_a_row):
        seconds += [median(calls), _percentile(calls, 99)]
    cells = [str(megabytes), f"{share:.1%}", *(f"{figure:.2f}" for figure in _ms(seconds))]
    row = "".join(f"{cell:>{width}}" for cell, width in zip(cells, MEMORY_WIDTHS, strict=True))
    print(row, flush=True)


def _percentile(figures: list[float], percent: int) -> float:
    """The smallest figure that `percent` of all do not exceed."""
    return sorted(figures)[math.ceil(len(figures) * percent / 100) - 1]


def _spread(figures: list[float]) -> str:
    return f"{min(figures):.2f} / {median(figures):.2f} / {max(figures):.2f}"


def _ms(seconds: list[float]) -> list[float]:
    return [second * 1_000 for second in seconds]


def _megabytes(sizes: list[int]) -> list[float]:
    return [size / MEGABYTE for size in sizes]


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"
