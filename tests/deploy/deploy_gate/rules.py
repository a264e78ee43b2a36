"""What becomes of all that hashicorp/aws 3.39 lacks, or that the emulator needs otherwise: see rules.json."""

import json
from dataclasses import dataclass, field
from pathlib import Path

# drop: leave it out; of a module, overlay/ has another. fixup: leave it out, and set it through the API after the apply
# (a whole resource, too: `to` is the argument that tells what it belongs to). set: give it another value
# (@VALUE@ is the one it has, @ENDPOINT@ the emulator's address). write: put other text in its place. add: give it where
# it is missing.
DEEDS = {"drop", "fixup", "set", "write", "add"}


@dataclass(frozen=True)
class Rule:
    at: str
    do: str
    because: str
    to: str = ""


@dataclass
class Rules:
    rules: dict[str, Rule]
    used: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Rules":
        rules = [Rule(**rule) for rule in json.loads(path.read_text())]
        for rule in rules:
            if rule.do not in DEEDS or not rule.because:
                raise SystemExit(f"{path.name}: {rule.at} needs a reason, and one of {', '.join(sorted(DEEDS))}")
        return cls({rule.at: rule for rule in rules})

    def at(self, address: str) -> Rule | None:
        """The rule for an attribute or block."""
        if address in self.rules:
            self.used.add(address)
        return self.rules.get(address)

    def stale(self) -> list[str]:
        unused = sorted(self.rules.keys() - self.used)
        return [f"rules.json: nothing is at {address} any more: delete its rule" for address in unused]
