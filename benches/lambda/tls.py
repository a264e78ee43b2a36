"""TLS in front of the engine: certificates made for the run, and a proxy in its own process."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHUNK = 65_536


def make_certificates(folder: Path, public_authorities: Path) -> Path:
    """Makes a certificate for `localhost` in `folder`. Answers the bundle to trust.

    The authority that signs it stands behind all public ones: a lambda has those to read, too.
    """
    authority = folder / "authority.pem"
    _certificate(authority, "/CN=Benchmark authority", ["basicConstraints=critical,CA:TRUE"])
    _certificate(
        folder / "server.pem",
        "/CN=localhost",
        ["basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:localhost"],
        signed_by=authority,
    )
    bundle = folder / "trusted.pem"
    bundle.write_bytes(public_authorities.read_bytes() + authority.read_bytes())
    return bundle


def _certificate(
    path: Path, subject: str, extensions: list[str], signed_by: Path | None = None
) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "1"]
    command += ["-subj", subject, "-out", str(path), "-keyout", str(path.with_suffix(".key"))]
    for extension in extensions:
        command += ["-addext", extension]
    if signed_by:
        command += ["-CA", str(signed_by), "-CAkey", str(signed_by.with_suffix(".key"))]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"openssl (3.0 or newer) made no certificate: {done.stderr.strip()}")


@contextmanager
def proxy(folder: Path, target_port: int) -> Iterator[str]:
    """Runs the proxy with the certificate in `folder`. Yields its URL."""
    command = [sys.executable, "-B", __file__, str(folder), str(target_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"https://localhost:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def _serve(folder: Path, target_port: int) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target_port)
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass  # The lambda was ended, as it is after each cold start.
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
