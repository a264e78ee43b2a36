"""What the lambdas run in: the engine behind TLS, and the same environment for both programs."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import botocore

import engine
import tls
from messages import Conversation, new_client_message_id
from process import Process, Program

ROOT = Path(__file__).parents[2]
TABLE_PREFIX = "benchmark-"
PEOPLE = ["0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e", "f0000000-63f3-4c4b-9e6f-3a3b2b4c5d6e"]
ENGINE_WARM_UP = 500
BUILD = (
    "RUSTFLAGS=-Cforce-unwind-tables=no cargo lambda build --profile lambda --locked --x86-64 --output-format zip"
    " --lambda-dir target/lambda --workspace --exclude local --exclude tests --exclude shared"
)


@dataclass(frozen=True)
class Setting:
    """The programs and the log that both of them write."""

    ours: Program
    theirs: Program
    conversation: Conversation
    logs: Path

    def start(self, program: Program) -> Process:
        """A new process of `program`."""
        return Process(program, self.logs / f"{program.name}.log")

    def send(self, process: Process) -> float:
        """One message; answers how many seconds it took."""
        name = new_client_message_id()
        call = process.call(self.conversation.next_event(name))
        self.conversation.check(call.answer, name)
        return call.seconds


@contextmanager
def setting(packages: Path, engine_folder: Path) -> Iterator[Setting]:
    """Makes it. Both programs have run: their files are in memory, and Python's are compiled."""
    with TemporaryDirectory(prefix="lambda-benchmark-") as name:
        folder = Path(name)
        sender, recipient = PEOPLE
        rust, python = _unpack(packages, folder / "rust"), _copy(folder / "python")
        trusted = tls.make_certificates(folder, Path(botocore.__file__).parent / "cacert.pem")
        with engine.dynamodb_local(engine_folder) as port, tls.proxy(folder, port) as url:
            engine.fill(port, ROOT / "tables.json", TABLE_PREFIX, PEOPLE)
            environment = _environment(url, trusted)
            made = Setting(
                Program("Rust", [str(rust / "bootstrap")], rust, environment),
                Program("Python", _python(), python, environment),
                Conversation(sender, recipient),
                folder,
            )
            for program in (made.ours, made.theirs):
                _warm_up(made, program)
            yield made


def _warm_up(made: Setting, program: Program) -> None:
    """Until the engine's own code is compiled: its first calls take many times as long."""
    with made.start(program) as process:
        for _ in range(ENGINE_WARM_UP):
            made.send(process)


def _python() -> list[str]:
    return [sys.executable, "-m", "awslambdaric", "handler.handler"]


def _environment(url: str, trusted: Path) -> dict[str, str]:
    """What Lambda sets, the deployment's own, and where the engine is."""
    return engine.CREDENTIALS | {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "AWS_REGION": engine.REGION,
        "AWS_DEFAULT_REGION": engine.REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_CA_BUNDLE": str(trusted),
        "SSL_CERT_FILE": str(trusted),
        "AWS_LAMBDA_FUNCTION_NAME": "send",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_LEVEL": "INFO",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/send",
        "AWS_LAMBDA_LOG_STREAM_NAME": "benchmark",
        "RUST_LOG": "info",
        "TABLE_PREFIX": TABLE_PREFIX,
    }


def _unpack(packages: Path, folder: Path) -> Path:
    package = packages / "send" / "bootstrap.zip"
    if not package.exists():
        raise SystemExit(f"There is no {package}. Build the lambdas:\n  {BUILD}")
    with zipfile.ZipFile(package) as archive:
        archive.extract("bootstrap", folder)
    (folder / "bootstrap").chmod(0o755)
    return folder


def _copy(folder: Path) -> Path:
    """A copy of the Python lambda, so that nothing is compiled into the repository."""
    shutil.copytree(Path(__file__).parent / "python-send", folder)
    return folder
