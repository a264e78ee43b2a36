"""Copies a module that is written for hashicorp/aws 6.x so that 3.39 takes it: see rules.json.

Everything that 3.39 lacks must have a rule, or it is an error; so is a rule that nothing needs any more.
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy_gate import hcl
from deploy_gate.hcl import META_ARGUMENTS, Attribute, Block
from deploy_gate.module_fixups import Fixups
from deploy_gate.places import GATE, SCHEMA_3
from deploy_gate.rules import Rules

Json = dict[str, Any]
PINNED_PROVIDER = '{ source = "hashicorp/aws", version = "3.39.0" }'


class OldSchema:
    """What hashicorp/aws 3.39 knows, as `terraform providers schema -json` tells it."""

    def __init__(self, path: Path) -> None:
        provider = next(iter(json.loads(path.read_text())["provider_schemas"].values()))
        self.blocks = {"resource": provider["resource_schemas"], "data": provider["data_source_schemas"]}
        endpoints = provider["provider"]["block"]["block_types"]["endpoints"]["block"]["attributes"]
        self.services = sorted(endpoints)

    def block(self, block: Block) -> Json | None:
        return self.blocks[block.kind].get(block.labels[0], {}).get("block")


@dataclass
class Edits:
    """Changes of a text, made all at once."""

    text: str
    changes: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, span: tuple[int, int], new: str) -> None:
        self.changes.append((*span, new))

    def delete(self, span: tuple[int, int]) -> None:
        """Leaves something out; its line, too, where it stands alone."""
        start, end = span
        line_start = self.text.rfind("\n", 0, start) + 1
        line_end = self.text.find("\n", end) + 1 or len(self.text)
        rest = self.text[end:line_end].strip()
        alone = not self.text[line_start:start].strip() and (not rest or rest.startswith("#"))
        self.changes.append((line_start, line_end, "") if alone else (start, end, ""))

    def done(self) -> str:
        text = self.text
        for start, end, new in sorted(self.changes, reverse=True):
            text = text[:start] + new + text[end:]
        return text


@dataclass
class Module:
    """One folder of the module: the root, or one under modules/."""

    source: Path
    folder: str
    schema: OldSchema
    rules: Rules
    endpoint: str
    errors: list[str]
    fixups: Fixups = field(default_factory=Fixups)

    def copy_to(self, target: Path) -> None:
        target.mkdir(parents=True)
        # backend.tf is deploy.sh's, for the user's own state.
        for path in sorted(set(self.source.glob("*.tf")) - {self.source / "backend.tf"}):
            parsed = hcl.parse(path)
            edits = Edits(parsed.text)
            for block in parsed.blocks:
                self._block(path, block, edits)
            (target / path.name).write_text(edits.done())
        (target / "fixups.tf").write_text(self.fixups.as_hcl())

    def _block(self, path: Path, block: Block, edits: Edits) -> None:
        if block.kind in ("resource", "data") and block.labels[0].startswith("aws_"):
            address = block.labels[0] if block.kind == "resource" else f"data.{block.labels[0]}"
            if rule := self.rules.at(address):
                edits.delete(block.span)
                self.fixups.add_resource(block, rule.to, self._as_object(path, block, without=rule.to))
                return
            schema = self.schema.block(block)
            if schema is None:
                self._error(path, block.line, f"3.39 has no {address}")
                return
            self._body(path, block, block, schema, address, edits)
            self._add_required(path, block, schema, address, edits)
        elif block.kind == "output":
            for attribute in block.attributes:
                place = f"{self.folder} output.{block.labels[0]}.{attribute.name}".strip()
                self._attribute(path, block, attribute, {attribute.name}, place, edits)
        elif block.kind == "module":
            self.fixups.add_module(block)
        elif block.kind == "terraform":
            self._pin_provider(block, edits)

    def _body(self, path: Path, top: Block, block: Block, schema: Json, address: str, edits: Edits) -> None:
        """Looks through all that a resource says, and through its nested blocks."""
        attributes, blocks = schema.get("attributes", {}), schema.get("block_types", {})
        for attribute in block.attributes:
            if not (block is top and attribute.name in META_ARGUMENTS):
                known = attributes.keys() | blocks.keys()
                self._attribute(path, top, attribute, known, f"{address}.{attribute.name}", edits)
        for name, content, written in block.nested():
            if block is top and name in META_ARGUMENTS:
                continue
            place = f"{address}.{name}"
            if rule := self.rules.at(place):
                edits.delete(written.span)
                if rule.do == "fixup":
                    self.fixups.add(top, place, self._as_object(path, content))
            elif name in blocks:
                self._body(path, top, content, blocks[name]["block"], place, edits)
            elif name not in attributes:
                self._error(path, written.line, f"3.39 has no {place}")

    def _attribute(
        self, path: Path, top: Block, attribute: Attribute, known: set[str], place: str, edits: Edits
    ) -> None:
        rule = self.rules.at(place)
        if rule is None:
            if attribute.name not in known:
                self._error(path, attribute.line, f"3.39 has no {place}")
        elif rule.do == "set":
            new = rule.to.replace("@VALUE@", attribute.value).replace("@ENDPOINT@", self.endpoint)
            edits.replace(attribute.value_span, new)
        elif rule.do == "write":
            edits.replace(attribute.span, rule.to)
        else:
            edits.delete(attribute.span)
            if rule.do == "fixup":
                self.fixups.add(top, place, attribute.value)

    def _add_required(self, path: Path, block: Block, schema: Json, address: str, edits: Edits) -> None:
        for name, found in schema["attributes"].items():
            if not found.get("required") or block.attribute(name):
                continue
            place = f"{address}.{name}"
            if rule := self.rules.at(place):
                after_brace = edits.text.index("{", block.span[0]) + 1
                edits.replace((after_brace, after_brace), f"\n  {name} = {rule.to}")
            else:
                self._error(path, block.line, f"3.39 demands {place}")

    def _as_object(self, path: Path, block: Block, without: str = "") -> str:
        names = META_ARGUMENTS | {without}
        values = [f"{each.name} = {each.value}" for each in block.attributes if each.name not in names]
        for name, content, written in block.nested():
            if written is not content:
                self._error(path, written.line, f"{name} is dynamic: no fixup can hold it yet")
            values.append(f"{name} = {self._as_object(path, content)}")
        return "{ " + ", ".join(values) + " }"

    def _pin_provider(self, block: Block, edits: Edits) -> None:
        for _, content, _ in block.nested():
            if provider := content.attribute("aws"):
                edits.replace(provider.value_span, PINNED_PROVIDER)

    def _error(self, path: Path, line: int, what: str) -> None:
        name = f"{self.folder}/{path.name}".lstrip("/")
        self.errors.append(f"terraform/{name}:{line}: {what}; write a rule for it into rules.json")


def provider_settings(services: list[str], endpoint: str) -> str:
    """An override file: the emulator in place of AWS."""
    endpoints = "".join(f'    {service} = "{endpoint}"\n' for service in services)
    return f'provider "aws" {{\n  s3_force_path_style = true\n\n  endpoints {{\n{endpoints}  }}\n}}\n'


def downlevel(source: Path, target: Path, endpoint: str) -> None:
    """Copies the root module, its modules and its environments, and adds what is in overlay/."""
    schema, rules, errors = OldSchema(SCHEMA_3), Rules.read(GATE / "rules.json"), []
    for folder in ["", *sorted(f"modules/{path.name}" for path in (source / "modules").iterdir())]:
        # What overlay/ has another one of.
        if folder and rules.at(folder):
            continue
        Module(source / folder, folder, schema, rules, endpoint, errors).copy_to(target / folder)
    if errors := errors + rules.stale():
        raise SystemExit("\n".join(errors))
    (target / "emulator_override.tf").write_text(provider_settings(schema.services, endpoint))
    shutil.copytree(source / "envs", target / "envs")
    shutil.copytree(GATE / "overlay", target, dirs_exist_ok=True)
