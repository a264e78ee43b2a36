"""Values that travel out of the down-levelled module: each module has an output of them, and the root gathers all."""

import re
from dataclasses import dataclass, field

from deploy_gate.hcl import Block

OUTPUT = "fixups"


@dataclass
class Fixups:
    """The fixups of one module."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    resources: dict[str, Block] = field(default_factory=dict)
    # What tells which one it is, where that is not the resource's own id; and the same by how others refer to it.
    ids: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    modules: list[Block] = field(default_factory=list)

    def add(self, resource: Block, place: str, value: str) -> None:
        """Notes an expression that is to be set at a place such as `aws_x.attribute`."""
        address = ".".join(resource.labels)
        if resource.attribute("count"):
            raise SystemExit(f"{address} has a count: no fixup can follow it, use for_each")
        self.resources[address] = resource
        self.values.setdefault(address, {})[place] = value

    def add_resource(self, resource: Block, identified_by: str, value: str) -> None:
        """Notes a whole resource that is to be made."""
        address = ".".join(resource.labels)
        self.ids[address] = resource.attribute(identified_by).value
        self.references[f"{address}.{identified_by}"] = self.ids[address]
        self.add(resource, resource.labels[0], value)

    def add_module(self, block: Block) -> None:
        self.modules.append(block)

    def as_hcl(self) -> str:
        parts = [self._of_resource(address) for address in self.values] + [of_module(block) for block in self.modules]
        value = f"concat({', '.join(['[]', *parts])})"
        # Sensitive, since nobody wants to read it.
        return f'output "{OUTPUT}" {{\n  value     = {value}\n  sensitive = true\n}}\n'

    def _of_resource(self, address: str) -> str:
        """A list of JSON texts, since HCL would want all values of a list to be of one type."""
        each = self.resources[address].attribute("for_each")
        if each is None:
            return f"[{self._entry(address, self.ids.get(address, f'{address}.id'))}]"
        entry = self._entry(address, self.ids.get(address, f"{address}[key_].id"))
        entry = re.sub(r"\beach\.value\b", "value_", re.sub(r"\beach\.key\b", "key_", entry))
        return f"[for key_, value_ in {each.value} : {entry}]"

    def _entry(self, address: str, identity: str) -> str:
        values = ", ".join(f'"{place}" = {value}' for place, value in self.values[address].items())
        entry = f"jsonencode({{ id = {identity}, values = {{ {values} }} }})"
        for reference, value in self.references.items():
            entry = entry.replace(reference, value)
        return entry


def of_module(block: Block) -> str:
    name = f"module.{block.labels[0]}"
    if block.attribute("for_each") or block.attribute("count"):
        return f"flatten([for one_ in {name} : one_.{OUTPUT}])"
    return f"{name}.{OUTPUT}"
