"""Blocks and attributes of a Terraform file, with the places in its text where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hcl2

META_ARGUMENTS = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}


@dataclass
class Attribute:
    name: str
    value: str
    line: int
    span: tuple[int, int]
    value_span: tuple[int, int]


@dataclass
class Block:
    kind: str
    labels: list[str]
    line: int
    span: tuple[int, int]
    attributes: list[Attribute] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def attribute(self, name: str) -> Attribute | None:
        return next((each for each in self.attributes if each.name == name), None)

    def nested(self) -> Iterator[tuple[str, "Block", "Block"]]:
        """Nested blocks by their names: their content, and all that they are written as (`dynamic` is unwrapped)."""
        for block in self.blocks:
            if block.kind == "dynamic":
                yield block.labels[0], next(each for each in block.blocks if each.kind == "content"), block
            else:
                yield block.kind, block, block


@dataclass
class File:
    text: str
    blocks: list[Block]


def parse(path: Path) -> File:
    text = path.read_text()
    tree = hcl2.parses_to_tree(text if text.endswith("\n") else text + "\n")
    body = next(child for child in tree.children if data(child) == "body")
    return File(text, read_body(body, text)[1])


def data(node: Any) -> str | None:
    return getattr(node, "data", None)


def span(node: Any) -> tuple[int, int]:
    return node.meta.start_pos, node.meta.end_pos


def read_body(node: Any, text: str) -> tuple[list[Attribute], list[Block]]:
    attributes = [read_attribute(child, text) for child in node.children if data(child) == "attribute"]
    blocks = [read_block(child, text) for child in node.children if data(child) == "block"]
    return attributes, blocks


def read_attribute(node: Any, text: str) -> Attribute:
    start, end = span(node.children[2])
    name = str(node.children[0].children[0])
    return Attribute(name, text[start:end], node.meta.line, span(node), (start, end))


def read_block(node: Any, text: str) -> Block:
    words, attributes, blocks = [], [], []
    for child in node.children:
        if data(child) in ("identifier", "keyword"):
            words.append(str(child.children[0]))
        elif data(child) == "string":
            words.append(text[slice(*span(child))].strip('"'))
        elif data(child) == "body":
            attributes, blocks = read_body(child, text)
    return Block(words[0], words[1:], node.meta.line, span(node), attributes, blocks)
