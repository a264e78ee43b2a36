"""The dynamic gate: ./deploy.sh into an emulated AWS account, what was deployed put to the test, and its end."""

import argparse
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy_gate import (
    black_box,
    callers,
    cognito_conformance,
    command_line,
    contract,
    documentation,
    emulator,
    faults,
    fixups,
    leftovers,
    packages,
    permissions,
    repository_copy,
)
from deploy_gate.agreement import Agreement
from deploy_gate.deployment import Deployment
from deploy_gate.emulator import REGION, Emulator
from deploy_gate.messaging_agreement import MessagingAgreement
from deploy_gate.places import TOOLS
from deploy_gate.realtime_agreement import RealtimeAgreement
from deploy_gate.steps import Steps

COPY = TOOLS / "deployed-repository"
LOG, TERRAFORM_LOG = TOOLS / "emulator.log", TOOLS / "terraform.log"
# Any function will do.
CHANGED_FUNCTION = "blocks"
# What overlay/ adds, and the bucket that it wants.
PACKAGE, BUCKET = "aws_s3_bucket_object.package", "packages"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/deploy/run dynamic", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="after the tests, leave it up until Enter is pressed")
    parser.add_argument("--test-threads", type=int, default=4, metavar="N", help="API tests at once (default: 4)")
    return parser.parse_args()


@contextmanager
def account() -> Iterator[Emulator]:
    """An emulated account for a while; the end of its log where something fails."""
    folder = Path(tempfile.mkdtemp(prefix="chinwag-emulator-"))
    try:
        with emulator.running(folder, LOG) as running:
            try:
                yield running
            except BaseException:
                print(f"\n-- the end of {LOG}\n{running.tail()}", file=sys.stderr, flush=True)
                raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def must_change_nothing(deployment: Deployment) -> None:
    if changes := deployment.changes():
        raise SystemExit(f"a second plan must be empty, but: {changes}")


def must_have_no_dead_ends(deployment: Deployment) -> None:
    """Nothing waits where nobody takes it."""
    client = deployment.emulator.client("sqs")
    for name, url in deployment.outputs()["queue_urls"].items():
        taken = any(row.queue and row.queue["name"] == name for row in contract.functions().values())
        found = [] if taken else client.receive_message(QueueUrl=url, VisibilityTimeout=0).get("Messages", [])
        if found:
            raise SystemExit(f"something could not be handled, and is in the queue {name}: {found[0]['Body']}")


def apply_again(deployment: Deployment) -> None:
    before = deployment.serial()
    deployment.run("apply")
    if deployment.serial() != before:
        raise SystemExit("a second deploy.sh apply changed something")


def change_one_function(deployment: Deployment) -> None:
    """Changes a package: that function is updated, and nothing else."""
    package = deployment.package(CHANGED_FUNCTION)
    original = package.read_bytes()
    before = code_of_all(deployment.emulator)
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("changed", "")
    try:
        module = f'module.function["{CHANGED_FUNCTION}"]'
        wanted = {f"{module}.{resource}": ["update"] for resource in (PACKAGE, "aws_lambda_function.this")}
        if (changes := deployment.changes()) != wanted:
            raise SystemExit(f"of one package changed, a plan makes: {changes}")
        deployment.apply()
    finally:
        package.write_bytes(original)
    after = code_of_all(deployment.emulator)
    changed = {name for name in after if after[name] != before[name]}
    if changed != {deployment.outputs()["function_names"][CHANGED_FUNCTION]}:
        raise SystemExit(f"of one package changed, the code of these functions is new: {changed}")


def code_of_all(account: Emulator) -> dict[str, str]:
    listed = account.client("lambda").get_paginator("list_functions").paginate().build_full_result()
    return {function["FunctionName"]: function["CodeSha256"] for function in listed["Functions"]}


def test(deployment: Deployment, steps: Steps, threads: int) -> None:
    """Puts what was deployed to the test."""
    account, outputs = deployment.emulator, deployment.outputs()
    with steps.step("packages"):
        print(packages.check(deployment))
    with steps.step("fixups: what the old provider could not set"):
        print(f"{fixups.apply(account, outputs['fixups'])} values set and read back")
    with steps.step("a second plan is empty"):
        must_change_nothing(deployment)
        # Before the stream had its filter, it brought the deletions of the smoke test.
        account.client("sqs").purge_queue(QueueUrl=outputs["queue_urls"]["push-failures"])
    with steps.step("agreement with routes.json, tables.json and queues.json"):
        Agreement(account, outputs).check()
        RealtimeAgreement(account, outputs).check()
        MessagingAgreement(account, outputs).check()
    with steps.step("permissions of each lambda"):
        print(f"{permissions.check(account, outputs)} calls permitted or refused as routes.json says")
    with steps.step("callers of the routes that ask for IAM"):
        print(f"{callers.check(account, outputs)} requests let in or refused as routes.json says")
    with steps.step("the local server's Cognito and the emulator's answer alike"):
        cognito_conformance.check(account)
    with callers.calling(account, outputs["caller_policies"]) as caller, faults.none_logged(account):
        environment = black_box.environment(account, outputs, caller)
        with steps.step("API tests on the deployment"):
            print(f"{black_box.run(environment, threads)} API tests passed")
        with steps.step("the Postman collection on the deployment"):
            black_box.run_part("postman", environment)
        with steps.step("the contract, fuzzed on the deployment"):
            black_box.run_part("contract", environment)
    with steps.step("nothing has ended in a dead-letter queue"):
        must_have_no_dead_ends(deployment)
    with steps.step("the command line: tokens, and messages that were given up on"):
        command_line.check(account, outputs)
    with steps.step("the documentation's commands for a deployment"):
        documentation.check(deployment)
    with steps.step("deploy.sh apply again changes nothing"):
        apply_again(deployment)
    with steps.step("one changed lambda is updated alone"):
        change_one_function(deployment)


def keep(deployment: Deployment, outputs: dict[str, Any]) -> None:
    settings = {name: value for name, value in deployment.environment.items() if name.startswith("AWS_")}
    for name in ("api_url", "realtime_url", "user_pool_id"):
        print(f"{name}: {outputs[name]}")
    print(f"emulator's log: {LOG}\n")
    print("\n".join(f"export {name}={value}" for name, value in settings.items()))
    input("\nIt is up until you press Enter. ")


def deploy_and_test(options: argparse.Namespace, steps: Steps) -> None:
    with account() as running:
        with steps.step("a copy of the repository, for the old provider"):
            repository_copy.make(COPY, running.endpoint)
            running.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        deployment = Deployment(COPY, running, TERRAFORM_LOG)
        with steps.step("deploy.sh apply"):
            deployment.run("apply")
        test(deployment, steps, options.test_threads)
        outputs = deployment.outputs()
        if options.keep:
            keep(deployment, outputs)
        with steps.step("deploy.sh destroy"):
            fixups.undo(running, outputs["fixups"])
            deployment.run("destroy")
        with steps.step("nothing is left"):
            leftovers.check(running)


def main() -> None:
    options, steps = arguments(), Steps()
    # Ended by a signal, it ends the emulator, too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("ended by a signal"))
    emulator.shut_out_other_accounts()
    try:
        deploy_and_test(options, steps)
        print("\ndynamic gate: everything passed")
    except KeyboardInterrupt:
        sys.exit("\ndynamic gate: interrupted")
    except SystemExit as failure:
        sys.exit(f"\ndynamic gate: failed: {failure.code}")
    finally:
        print(steps.summary(), flush=True)


if __name__ == "__main__":
    main()
