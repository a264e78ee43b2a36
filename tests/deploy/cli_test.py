"""What deploy.sh refuses, and how it says so. The world outside is a folder of stub programs."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy.sh"
SYSTEM = "awk bash cat dirname grep jq mkdir mktemp rm sed sleep tr wc".split()
RECORD = 'echo "$(basename "$0") $*" >>"$CALLS"\n'

TERRAFORM = """
case "$*" in
  version) echo "Terraform v1.11.4" ;;
  *"workspace list") echo "  dev-eu-west-1"; echo "  prod-eu-west-1" ;;
  *"state list") echo "terraform_data.one" ;;
  *" destroy "*)
    end() {
      echo "terraform interrupted" >>"$CALLS"
      for _ in {1..100}; do grep -q "may end" "$CALLS" && break; sleep 0.1; done
      exit 1
    }
    trap end INT
    echo "terraform waits" >>"$CALLS"
    for _ in {1..50}; do sleep 0.1; done ;;
esac
"""
AWS = """
case "$*" in
  --version) echo "aws-cli/2.20.0 Python/3.12" ;;
  sts*) echo 123456789012 ;;
esac
"""
CARGO = """
case "$*" in
  --version) echo "cargo 1.95.0" ;;
  "lambda --version") echo "cargo-lambda 1.9.2" ;;
  "lambda system") echo "version: '0.14.1'" ;;
esac
"""
NO_CREDENTIALS = """
case "$*" in
  --version) echo "aws-cli/1.45.11 Python/3.11" ;;
  *) echo "Unable to locate credentials." >&2; exit 255 ;;
esac
"""
NO_SUCH_REGION = """
case "$*" in
  --version) echo "aws-cli/1.45.11 Python/3.11" ;;
  *us-east-1*) echo 123456789012 ;;
  *) echo "Could not connect to the endpoint URL" >&2; exit 255 ;;
esac
"""
NO_BUCKET = """
case "$*" in
  --version) echo "aws-cli/2.20.0 Python/3.12" ;;
  sts*) echo 123456789012 ;;
  s3api*) echo "An error occurred (NoSuchBucket)" >&2; exit 254 ;;
esac
"""


class DeployTest(unittest.TestCase):
    """Runs deploy.sh without a terminal, with stubs for all that talks to AWS."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        self.calls = self.folder / "calls"
        self.calls.touch()
        for program in SYSTEM:
            found = shutil.which(program)
            assert found, f"{program} has to be installed"
            (self.bin / program).symlink_to(found)
        self.stub("terraform", TERRAFORM)
        self.stub("aws", AWS)
        self.stub("cargo", CARGO)
        self.stub("rustc", f'echo "{self.folder}"')
        self.stub("curl", 'echo "curl 8.0.0"')
        self.stub("zip", 'echo "zip 3.0"')

    def stub(self, program: str, script: str) -> None:
        """Puts a program that records how it is called."""
        path = self.bin / program
        path.write_text("#!/bin/bash\nbasename() { echo \"${1##*/}\"; }\n" + RECORD + script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Starts deploy.sh from another folder."""
        variables = {"PATH": str(self.bin), "TMPDIR": str(self.folder), "CALLS": str(self.calls)}
        return subprocess.Popen(
            [str(self.bin / "bash"), str(DEPLOY), *arguments],
            cwd=self.folder,
            env={**variables, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def refused(self, status: int, *arguments: str, **environment: str) -> str:
        """What deploy.sh says when it ends with this status."""
        process = self.start(*arguments, **environment)
        _, said = process.communicate(timeout=10)
        self.assertEqual(process.returncode, status, said)
        self.assertEqual(list(self.folder.glob("chinwag.*")), [], "temporary files are left")
        return said

    def assert_nothing_called(self) -> None:
        """Nothing was asked or done before the refusal."""
        self.assertEqual(self.calls.read_text(), "")


class CommandLine(DeployTest):
    """Refused before any work."""

    def test_a_failing_smoke_test_is_told_and_1(self) -> None:
        told = '*"output -json") echo \'{"api_url":{"value":"https://api"}}\' ;;\nesac'
        self.stub("terraform", TERRAFORM.replace("esac", told))
        self.stub("curl", 'case "$*" in --version) echo "curl 8.0.0" ;; *) cat >/dev/null; printf 200 ;; esac')
        said = self.refused(1, "smoke", "--region", "eu-west-1")
        self.assertIn("a request without a token: expected 401, got 200", said)

    def test_an_unknown_option_or_command_is_one_line_and_2(self) -> None:
        self.assertEqual(self.refused(2, "--foo").count("\n"), 1)
        self.assertIn("unknown option '--foo'", self.refused(2, "plan", "--foo"))
        self.assertIn("unknown command 'destory'", self.refused(2, "destory"))
        self.assertIn("--env needs a value", self.refused(2, "plan", "--env"))
        self.assertIn("--arch must be", self.refused(2, "--arch", "mips"))
        self.assert_nothing_called()

    def test_an_unknown_environment_is_told_which_there_are(self) -> None:
        self.assertIn("terraform/envs has: dev prod", self.refused(2, "--env", "../dev"))
        self.assert_nothing_called()

    def test_without_a_terminal_only_yes_applies(self) -> None:
        self.assertIn("add --yes", self.refused(1, "apply"))
        self.assertIn("add --yes", self.refused(1, "destroy"))
        self.assert_nothing_called()

    def test_yes_alone_never_destroys_production(self) -> None:
        self.assertIn("add --confirm prod", self.refused(1, "destroy", "--env", "prod", "--yes"))
        said = self.refused(2, "destroy", "--env", "prod", "--confirm", "dev")
        self.assertIn("must repeat the environment's name", said)
        self.assert_nothing_called()

    def test_a_pipeline_needs_a_state_that_is_kept(self) -> None:
        self.assertIn("CHINWAG_STATE_BUCKET", self.refused(1, "apply", "--yes", CI="true"))
        self.assert_nothing_called()


class Surroundings(DeployTest):
    """Refused before anything is changed."""

    def test_all_missing_tools_are_told_at_once(self) -> None:
        for program in ["terraform", "aws", "cargo", "jq"]:
            (self.bin / program).unlink()
        self.stub("rustc", "exit 1")
        said = self.refused(1, "plan", "--region", "eu-west-1")
        for tool in ["terraform", "aws", "cargo", "cargo-lambda", "zig", "jq"]:
            self.assertRegex(said, rf"\n  {tool} +\S")
        self.assertIn("rustup target add aarch64-unknown-linux-gnu", said)

    def test_a_tool_that_is_too_old_is_told_with_its_version(self) -> None:
        self.stub("terraform", 'echo "Terraform v1.9.8"')
        self.stub("aws", 'echo "aws-cli/1.28.9 Python/3.11"')
        said = self.refused(1, "smoke", "--region", "eu-west-1")
        self.assertRegex(said, r"terraform 1\.11 +this is 1\.9;")
        self.assertRegex(said, r"aws 1\.29 +this is 1\.28;")

    def test_outputs_need_no_cargo(self) -> None:
        (self.bin / "cargo").unlink()
        said = self.refused(1, "outputs", "--region", "eu-central-1")
        self.assertIn("nothing is deployed as dev in eu-central-1", said)

    def test_no_region(self) -> None:
        self.assertIn("add --region", self.refused(1, "outputs"))
        said = self.refused(1, "outputs", AWS_REGION="Ireland")
        self.assertIn("'Ireland' is not the name of a region", said)

    def test_no_credentials_and_a_wrong_region_are_told_apart(self) -> None:
        self.stub("aws", NO_CREDENTIALS)
        said = self.refused(1, "outputs", "--region", "eu-west-1")
        self.assertIn("Unable to locate credentials", said)
        self.stub("aws", NO_SUCH_REGION)
        said = self.refused(1, "outputs", "--region", "eu-west-9")
        self.assertIn("not in region 'eu-west-9'", said)

    def test_a_missing_bucket_is_told_how_to_create_it(self) -> None:
        self.stub("aws", NO_BUCKET)
        said = self.refused(1, "outputs", "--region", "eu-west-1", "--state-bucket", "nope")
        self.assertIn("NoSuchBucket", said)
        self.assertIn("put-bucket-versioning --bucket nope", said)
        self.assertNotIn("terraform -chdir", self.calls.read_text())


class Interruption(DeployTest):
    """A signal ends Terraform in order."""

    @classmethod
    def setUpClass(cls) -> None:
        # Where the tests run in the background, SIGINT is ignored, and bash could not trap it.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def wait_for(self, call: str, process: subprocess.Popen[str]) -> None:
        """Waits until a stub has recorded this."""
        while call not in self.calls.read_text() and process.poll() is None:
            time.sleep(0.01)

    def test_terraform_is_interrupted_once_and_waited_for(self) -> None:
        process = self.start("destroy", "--yes", "--region", "eu-west-1")
        self.wait_for("terraform waits", process)
        process.send_signal(signal.SIGTERM)
        self.wait_for("terraform interrupted", process)
        process.send_signal(signal.SIGINT)
        said = ""
        while "Still ending in order" not in said and (line := process.stderr.readline()):
            said += line
        with self.calls.open("a") as calls:
            calls.write("terraform may end\n")
        _, rest = process.communicate(timeout=10)
        said += rest
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("Still ending in order", said)
        self.assertEqual(self.calls.read_text().count("terraform interrupted"), 1)
        self.assertIn("Running the same command again continues", said)

    def test_a_program_that_is_just_being_started_is_interrupted_once(self) -> None:
        # Every command of the shell takes a while: the signal comes before it knows which program it has started.
        script = """
            smoke_clean_up() { :; }
            . scripts/deploy/console.sh
            open_console
            set -T
            trap 'sleep 0.05' DEBUG
            run bash -c 'trap "echo interrupted >>$CALLS; exit 7" INT; kill -TERM $PPID; for _ in {1..500}; do sleep 0.01; done'
        """
        ended = subprocess.run(
            ["bash", "-c", script],
            cwd=DEPLOY.parent,
            env={**os.environ, "CALLS": str(self.calls)},
            capture_output=True,
            text=True,
            timeout=10,
        )
        self.assertEqual(ended.returncode, 130, ended.stderr)
        self.assertEqual(self.calls.read_text().count("interrupted"), 1)


if __name__ == "__main__":
    unittest.main()
