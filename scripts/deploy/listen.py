"""Connects to a WebSocket and prints what comes, a line a frame, for the smoke test. The first line says `connected`.

The URL comes from standard input: with its token it must not be in the list of processes.
"""

import base64
import os
import socket
import ssl
import struct
import sys
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60
TEXT, CLOSE = 1, 8
# What a length of the first byte stands for: a longer one, in so many bytes.
LONGER = {126: ">H", 127: ">Q"}


def connect(url):
    """The stream of a connection whose handshake went well."""
    parts = urlsplit(url)
    secure = parts.scheme == "wss"
    connection = socket.create_connection((parts.hostname, parts.port or (443 if secure else 80)), PATIENCE_SECONDS)
    if secure:
        connection = ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)
    headers = {
        "Host": parts.netloc,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
    }
    request = f"GET {parts.path or '/'}?{parts.query} HTTP/1.1\r\n"
    request += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    connection.sendall(f"{request}\r\n".encode())
    stream = connection.makefile("rb")
    status = stream.readline().decode().split()
    if status[1:2] != ["101"]:
        sys.exit(f"refused with {' '.join(status[1:]) or 'no answer'}")
    while stream.readline().strip():
        pass
    return stream


def frames(stream):
    """The texts that come, until the other side ends it."""
    while len(head := stream.read(2)) == 2:
        length = head[1] & 0x7F
        if longer := LONGER.get(length):
            (length,) = struct.unpack(longer, stream.read(struct.calcsize(longer)))
        payload = stream.read(length)
        if head[0] & 0x0F == CLOSE:
            return
        if head[0] & 0x0F == TEXT:
            yield payload.decode()


def main():
    try:
        stream = connect(sys.stdin.readline().strip())
        print("connected", flush=True)
        for text in frames(stream):
            print(text.replace("\n", " "), flush=True)
    except OSError as error:
        sys.exit(str(error))


main()
