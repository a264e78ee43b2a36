"""Serves the recovered schema of hashicorp/aws 6.x to Terraform, for `validate`, and `test` with mocked providers.

It speaks version 5 of Terraform's plugin protocol, takes every configuration that fits the schema, and makes nothing.
"""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from deploy_gate.protobuf import message, number

PROVIDER = "registry.terraform.io/hashicorp/aws"
# Terraform's numbers for how a nested block is held.
NESTING = {"single": 1, "list": 2, "set": 3}
UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]

Json = dict[str, Any]


def attribute(name: str, found: Json) -> bytes:
    kind = message(2, json.dumps(found["type"]))
    flags = [(4, "required"), (5, "optional"), (6, "computed")]
    return message(1, name) + kind + b"".join(number(field, found.get(flag, False)) for field, flag in flags)


def nested_block(name: str, found: Json) -> bytes:
    limits = number(4, found["min_items"]) + number(5, found["max_items"])
    return message(1, name) + message(2, block(found["block"])) + number(3, NESTING[found["nesting"]]) + limits


def block(found: Json) -> bytes:
    attributes = (message(2, attribute(*each)) for each in found["attributes"].items())
    blocks = (message(3, nested_block(*each)) for each in found["block_types"].items())
    return b"".join(attributes) + b"".join(blocks)


def provider_schema(schema: Json) -> bytes:
    def entry(field: int, name: str, found: Json) -> bytes:
        return message(field, message(1, name) + message(2, message(2, block(found))))

    resources = (entry(2, *each) for each in schema["resources"].items())
    data_sources = (entry(3, *each) for each in schema["data_sources"].items())
    return message(1, message(2, block(schema["provider"]))) + b"".join(resources) + b"".join(data_sources)


class Stub(grpc.GenericRpcHandler):
    """Answers with the schema, and with consent to everything else."""

    def __init__(self, schema: bytes) -> None:
        self.answers: dict[str, Callable[[bytes], bytes]] = {
            "GetSchema": lambda _: schema,
            "PrepareProviderConfig": lambda request: request,
            "ValidateResourceTypeConfig": lambda _: b"",
            "ValidateDataSourceConfig": lambda _: b"",
            "Configure": lambda _: b"",
            "Stop": lambda _: b"",
        }

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        answer = self.answers.get(details.method.removeprefix("/tfplugin5.Provider/"))
        return answer and grpc.unary_unary_rpc_method_handler(lambda request, _: answer(request))


@contextmanager
def serving(schema: Path) -> Iterator[dict[str, str]]:
    """Serves a schema; gives the environment in which Terraform finds it."""
    server = grpc.server(ThreadPoolExecutor(4), options=UNLIMITED)
    server.add_generic_rpc_handlers((Stub(provider_schema(json.loads(schema.read_text()))),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    address = {"Network": "tcp", "String": f"127.0.0.1:{port}"}
    attach = {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.getpid(), "Test": True, "Addr": address}
    try:
        yield {"TF_REATTACH_PROVIDERS": json.dumps({PROVIDER: attach})}
    finally:
        server.stop(grace=None)
