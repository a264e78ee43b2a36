"""Every package is small, and its binary runs on the runtime of Lambda."""

import re
import zipfile

from deploy_gate import contract
from deploy_gate.deployment import Deployment

MAX_BYTES = 3_500_000
# With a library for GraphQL, and everything that sends; with the clients of everything that holds something of a person.
LARGER = {"graphql": 4_000_000, "delete-account": 4_000_000, "erasure": 4_500_000}
# What a deployment uploads is optimised when it is linked, and a tenth smaller than what the gate builds by itself.
ROOM_WITHOUT_LTO = 1.1
# Amazon Linux 2023, which provided.al2023 is.
MAX_GLIBC = (2, 34)
GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)")


def check(deployment: Deployment) -> str:
    """What there is to say of them, in a line."""
    bad, sizes, versions = [], {}, set()
    room = ROOM_WITHOUT_LTO if deployment.environment["CARGO_PROFILE_LAMBDA_LTO"] == "off" else 1
    for name in contract.functions():
        package = deployment.package(name)
        sizes[name] = package.stat().st_size
        with zipfile.ZipFile(package) as archive:
            if archive.getinfo("bootstrap").external_attr >> 16 & 0o777 != 0o755:
                bad.append(f"{name}: its bootstrap cannot be run by every user")
            found = {tuple(map(int, version)) for version in GLIBC.findall(archive.read("bootstrap"))}
        versions |= found
        if sizes[name] > (most := int(room * LARGER.get(name, MAX_BYTES))):
            bad.append(f"{name}: its package has {sizes[name]} bytes, more than {most}")
        if newer := [version for version in found if version > MAX_GLIBC]:
            bad.append(f"{name}: its binary asks for glibc {max(newer)}, which the runtime does not have")
    if bad:
        raise SystemExit("\n".join(bad))
    largest = max(sizes, key=sizes.__getitem__)
    glibc = ".".join(map(str, max(versions)))
    return f"the largest is {largest} with {sizes[largest] / 1e6:.2f} MB; glibc {glibc} is enough for all"
