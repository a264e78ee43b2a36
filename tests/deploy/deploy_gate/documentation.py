"""The commands of the documentation that are for a deployment, run on one."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy_gate import command_line
from deploy_gate.deployment import ENVIRONMENT, Deployment

# What the documentation gives a role of another system.
ROLE, POLICY = "another-system", "chinwag-gateway"


def check(deployment: Deployment) -> None:
    iam = deployment.emulator.client("iam")
    environment = deployment.environment | {
        "CHINWAG_ENVIRONMENT": ENVIRONMENT,
        "CHINWAG_CLI": command_line.build(deployment.emulator.environment),
        "ROLE_OF_THE_SYSTEM": ROLE,
    }
    with role(iam):
        if subprocess.run([deployment.folder / "tests/docs/run"], env=environment).returncode:
            raise SystemExit("a command of the documentation failed on the deployment")
        document = iam.get_role_policy(RoleName=ROLE, PolicyName=POLICY)["PolicyDocument"]
        command_line.must_be("what it allows", ["execute-api:Invoke"], actions(document))


@contextmanager
def role(iam: Any) -> Iterator[None]:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)
    try:
        yield
    finally:
        for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
            iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
        iam.delete_role(RoleName=ROLE)


def actions(document: dict[str, Any]) -> list[str]:
    found = [statement["Action"] for statement in document["Statement"]]
    return [name for action in found for name in ([action] if isinstance(action, str) else action)]
