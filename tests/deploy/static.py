"""The static gate: the Terraform module as it stands, the scripts and the workflows, without an account."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy_gate.places import CHECKOV, GATE, PROGRAMS, REPOSITORY, SCHEMA_6, TERRAFORM, TERRAFORM_CONFIG
from deploy_gate.stub_provider import serving

WORKFLOWS = REPOSITORY / ".github/workflows"
SKIP = re.compile(r"#\s*checkov:skip=(\w*):?(.*)")
SHELL = re.compile(r"#!.*\b(?:ba)?sh\b")


def call(*command: str | Path, **environment: str) -> bool:
    """Runs a command, its output shown; whether it succeeded."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(command, cwd=REPOSITORY, env=own | environment).returncode == 0


def terraform(*arguments: str) -> Callable[[dict[str, str]], bool]:
    return lambda environment: call("terraform", f"-chdir={TERRAFORM}", *arguments, **environment)


def check_skips(_: dict[str, str]) -> bool:
    """Every check that is skipped is skipped for a reason that says something."""
    bare = []
    for path in sorted(TERRAFORM.rglob("*.tf")):
        for line, text in enumerate(path.read_text().splitlines(), 1):
            if (skip := SKIP.search(text)) and not (skip[1] and skip[2].strip()):
                bare.append(f"{path.relative_to(REPOSITORY)}:{line}: write #checkov:skip=ID:reason")
    print("\n".join(bare) or "every skipped check has its reason")
    return not bare


def checkov(_: dict[str, str]) -> bool:
    options = ["--framework", "terraform", "--skip-download", "--quiet", "--compact"]
    # Without the variable, what it cannot parse counts as passed.
    return call(CHECKOV, "-m", "checkov.main", "--directory", TERRAFORM, *options, CKV_PARSE_ERROR_FAIL="true")


def shell_scripts() -> Iterator[Path]:
    """The shell scripts that Git knows, or would: by their ending, or by their first line."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    for name in listed.rstrip("\0").split("\0"):
        path = REPOSITORY / name
        if not path.is_file() or path.suffix not in ("", ".sh"):
            continue
        with path.open(errors="replace") as script:
            if path.suffix == ".sh" or SHELL.match(script.readline()):
                yield path


def check_scripts(_: dict[str, str]) -> bool:
    return call(PROGRAMS / "shellcheck", "--external-sources", *shell_scripts())


def check_deploy_script(_: dict[str, str]) -> bool:
    return call(sys.executable, "-B", "-m", "unittest", "--quiet", GATE / "cli_test.py")


def check_workflows(_: dict[str, str]) -> bool:
    if not (workflows := sorted(WORKFLOWS.glob("*.yml"))):
        print("there is no workflow in .github/workflows")
        return False
    return call(PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


def make_packages(scratch: Path) -> Path:
    """Empty packages in place of the lambdas: a plan looks no further than whether they are there."""
    for name in json.loads((REPOSITORY / "routes.json").read_text()):
        folder = scratch / "packages" / name
        folder.mkdir(parents=True)
        folder.joinpath("bootstrap.zip").touch()
    return scratch / "packages"


def checks(packages: Path) -> dict[str, Callable[[dict[str, str]], bool]]:
    return {
        "format": terraform("fmt", "-check", "-diff", "-recursive"),
        "init": terraform("init", "-backend=false", "-input=false", "-no-color"),
        "validate": terraform("validate", "-no-color"),
        "tests": terraform("test", "-no-color", f"-var=packages={packages}"),
        "checkov": checkov,
        "checkov skips": check_skips,
        "shellcheck": check_scripts,
        "deploy.sh": check_deploy_script,
        "workflows": check_workflows,
    }


def main() -> None:
    failed, started = [], time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="chinwag-static-"))
    try:
        packages = make_packages(scratch)
        with serving(SCHEMA_6) as provider:
            data = str(scratch / "data")
            environment = {**provider, "TF_DATA_DIR": data, "TF_CLI_CONFIG_FILE": str(TERRAFORM_CONFIG)}
            for name, check in checks(packages).items():
                print(f"\n-- {name}", flush=True)
                if not check(environment):
                    failed.append(name)
    finally:
        shutil.rmtree(scratch)
    seconds = time.monotonic() - started
    if failed:
        sys.exit(f"\nstatic gate: failed: {', '.join(failed)} ({seconds:.0f} s)")
    print(f"\nstatic gate: everything passed ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
