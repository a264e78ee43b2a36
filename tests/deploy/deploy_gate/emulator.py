"""The emulated AWS account: starts it on a free port, and ends it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from deploy_gate.places import GATE

REGION = "eu-west-1"
ROOT_USER = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
PATIENCE_SECONDS = 60
# What of the environment would lead to a real account, or to a state that is kept elsewhere.
FOREIGN = ("AWS_", "TF_", "CHINWAG_", "MINISTACK_")


@dataclass
class Emulator:
    """A running emulator."""

    endpoint: str
    log: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that is to use it as the account's root."""
        place = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        return os.environ | ROOT_USER | place

    def client(self, service: str, credentials: dict[str, str] = ROOT_USER, endpoint: str = "") -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint or self.endpoint,
            region_name=REGION,
            aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=credentials.get("AWS_SESSION_TOKEN"),
            config=Config(retries={"total_max_attempts": 1}),
        )

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def shut_out_other_accounts() -> None:
    """Takes out of this program's environment what is the user's, and proxies out of the way to this machine."""
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name == "CI":
            del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings(port: int, folder: Path) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        # With an address in place of a name, the emulator finds no route of an API.
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "PYTHONPATH": str(GATE),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Every call is checked against the policies of its caller.
        "AUTH": "true",
    }


@contextmanager
def running(folder: Path, log_path: Path) -> Iterator[Emulator]:
    """Runs an emulator that keeps its files in a folder, until the end of the block."""
    port = free_port()
    emulator = Emulator(f"http://127.0.0.1:{port}", log_path)
    environment = {**os.environ, **ROOT_USER, **settings(port, folder)}
    command = [sys.executable, "-B", "-m", "deploy_gate.patched_ministack"]
    with log_path.open("w") as log:
        # In a session of its own: an interruption by keyboard is for the gate, which then ends it in order.
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until_ready(emulator, process)
        yield emulator
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(emulator: Emulator, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{emulator.endpoint}/_ministack/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"{emulator.tail()}\n\nthe emulator did not start")
