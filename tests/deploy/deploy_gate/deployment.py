"""What the gate does with the copy of the repository: ./deploy.sh, and Terraform where more must be known."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from deploy_gate import senders
from deploy_gate.emulator import REGION, Emulator
from deploy_gate.places import PROGRAMS, REPOSITORY, TERRAFORM_CONFIG

ENVIRONMENT = "dev"
ARCHITECTURE = "x86_64"
WORKSPACE = f"{ENVIRONMENT}-{REGION}"


class Deployment:
    """The deployment of a copy of the repository into the emulator."""

    def __init__(self, folder: Path, emulator: Emulator, log: Path) -> None:
        self.folder, self.emulator, self.log = folder, emulator, log
        self.environment = emulator.environment | {
            "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
            "CARGO_TARGET_DIR": os.environ.get("CARGO_TARGET_DIR", str(REPOSITORY / "target")),
            # The lambdas as they are deployed, but not optimised across crates: that takes a minute of a core for each.
            "CARGO_PROFILE_LAMBDA_LTO": os.environ.get("CARGO_PROFILE_LAMBDA_LTO", "off"),
            "TF_CLI_CONFIG_FILE": str(TERRAFORM_CONFIG),
            "TF_VAR_senders": senders.VARIABLE,
            # All of the tests' people register from one address.
            "TF_VAR_registration_limit": "0",
        }

    def run(self, command: str) -> None:
        """Runs ./deploy.sh; what it says is shown, and what Terraform says is in a file."""
        options = ["--env", ENVIRONMENT, "--region", REGION, "--arch", ARCHITECTURE, "--yes"]
        with self.log.open("w") as log:
            process = subprocess.Popen(
                ["./deploy.sh", command, *options], cwd=self.folder, env=self.environment, stdout=log
            )
            try:
                process.wait()
            except BaseException:
                # Asked to end it does so in order; killed, it would leave Terraform or Cargo behind.
                process.terminate()
                process.wait()
                raise
        if process.returncode:
            raise SystemExit(f"deploy.sh {command} failed; what Terraform said is in {self.log}")

    def terraform(self, *arguments: str) -> str:
        environment = self.environment | {"TF_WORKSPACE": WORKSPACE}
        done = subprocess.run(
            ["terraform", *arguments], cwd=self.folder / "terraform", env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"{done.stdout}{done.stderr}\nterraform {arguments[0]} failed")
        return done.stdout

    def outputs(self) -> dict[str, Any]:
        return {name: output["value"] for name, output in json.loads(self.terraform("output", "-json")).items()}

    def changes(self) -> dict[str, list[str]]:
        """What an apply would do now, by address. The plan is kept for `apply`."""
        variables = [f"-var={name}={value}" for name, value in self._variables().items()]
        self.terraform("plan", "-input=false", "-out=plan", f"-var-file=envs/{ENVIRONMENT}.tfvars", *variables)
        plan = json.loads(self.terraform("show", "-json", "plan"))
        found = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
        found |= {f"output.{name}": each["actions"] for name, each in plan.get("output_changes", {}).items()}
        return {address: actions for address, actions in found.items() if actions not in (["no-op"], ["read"])}

    def apply(self) -> None:
        """Applies what `changes` told."""
        self.terraform("apply", "-input=false", "plan")

    def serial(self) -> int:
        """Rises whenever anything is changed."""
        state = self.folder / "terraform/terraform.tfstate.d" / WORKSPACE / "terraform.tfstate"
        return json.loads(state.read_text())["serial"]

    def package(self, function: str) -> Path:
        return self.folder / "target/lambda" / function / "bootstrap.zip"

    @staticmethod
    def _variables() -> dict[str, str]:
        return {"environment": ENVIRONMENT, "region": REGION, "architecture": ARCHITECTURE}
