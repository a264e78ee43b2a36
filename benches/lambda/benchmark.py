"""Measures the lambda `send` as it is deployed beside the same route in Python."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import sys
import time
from pathlib import Path

import boto3

import cpu_share
import report
from process import Process
from report import Figures
from setting import ROOT, Setting, setting

# Longer than a period of the processor's share, and never in step with it.
PAUSE_SECONDS = (0.02, 0.06)


def main() -> int:
    """Measures what the command line asks for."""
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not at once: the engine and the lambdas end first.
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    _print_machine()
    try:
        with setting(options.lambdas, options.engine) as made:
            if options.memory:
                measure_memory(made, options)
                return 0
            met = compare(made, options)
    except (OSError, RuntimeError) as error:
        raise SystemExit(f"The benchmark cannot go on: {error}") from None
    names = sorted(json.loads((ROOT / "routes.json").read_text()))
    met &= report.packages(options.lambdas, names)
    return 1 if options.check and not met else 0


def compare(made: Setting, options: argparse.Namespace) -> bool:
    """Ours, theirs, ours, theirs … Answers whether the aims are met."""
    pairs = [(made.ours, Figures()), (made.theirs, Figures())]
    for _ in range(options.cold):
        for program, figures in pairs:
            with made.start(program) as process:
                _cold_start(made, process, figures)
    with made.start(made.ours) as ours, made.start(made.theirs) as theirs:
        warm = [(ours, pairs[0][1]), (theirs, pairs[1][1])]
        for process, _ in warm:
            made.send(process)
        for _ in range(options.warm):
            for process, figures in warm:
                _warm_call(made, process, figures)
        for process, figures in warm:
            figures.memory.append(process.peak_memory())
    print(f"{options.cold} cold starts and {options.warm} warm calls of each, in turn\n")
    return report.comparison(pairs[0][1], pairs[1][1])


def _cold_start(made: Setting, process: Process, figures: Figures) -> None:
    figures.init.append(process.init_seconds)
    figures.init_cpu.append(process.cpu_seconds())
    figures.first_call.append(made.send(process))
    figures.first_call_cpu.append(process.cpu_seconds() - figures.init_cpu[-1])
    figures.memory.append(process.peak_memory())


def _warm_call(made: Setting, process: Process, figures: Figures) -> None:
    before = process.cpu_seconds()
    figures.warm_call.append(made.send(process))
    figures.warm_call_cpu.append(process.cpu_seconds() - before)


def measure_memory(made: Setting, options: argparse.Namespace) -> None:
    """Our calls with the share of a processor that Lambda gives to each memory size."""
    report.memory_title()
    with cpu_share.control_group() as group:
        for megabytes in options.memory:
            share = cpu_share.limit(group, megabytes)
            report.memory_row(megabytes, share, *_limited_calls(made, group, options))


def _limited_calls(
    made: Setting, group: Path, options: argparse.Namespace
) -> tuple[list[float], list[float], list[float]]:
    """First calls, calls with pauses, and calls in a row. INIT has all of a processor."""
    first, apart = [], []
    for _ in range(options.cold):
        with made.start(made.ours) as process:
            cpu_share.add(group, process.pid)
            first.append(made.send(process))
    with made.start(made.ours) as process:
        cpu_share.add(group, process.pid)
        made.send(process)
        for _ in range(options.warm):
            time.sleep(random.uniform(*PAUSE_SECONDS))
            apart.append(made.send(process))
        in_a_row = [made.send(process) for _ in range(options.warm)]
    return first, apart, in_a_row


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benches/lambda/run", description=__doc__)
    parser.add_argument("--cold", type=int, default=20, help="cold starts of each (20)")
    parser.add_argument("--warm", type=int, default=500, help="warm calls of each (500)")
    parser.add_argument("--check", action="store_true", help="exit 1 when an aim is missed")
    parser.add_argument(
        "--memory",
        type=lambda text: [int(size) for size in text.split(",")],
        metavar="MB,MB…",
        help="instead: our calls with the share of a processor that Lambda gives to these sizes",
    )
    parser.add_argument(
        "--lambdas",
        type=Path,
        default=ROOT / "target" / "lambda",
        help="the folder of <lambda>/bootstrap.zip (target/lambda)",
    )
    parser.add_argument("--engine", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def _print_machine() -> None:
    load = " ".join(f"{load:.2f}" for load in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} processors, load {load}")
    print(f"Python {platform.python_version()}, boto3 {boto3.__version__}")
    print("In Python's favour: its files are compiled and in memory before the first cold start")


if __name__ == "__main__":
    sys.exit(main())
