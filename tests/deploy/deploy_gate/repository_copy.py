"""A copy of the repository, from which ./deploy.sh deploys the down-levelled module."""

import shutil
import subprocess
from pathlib import Path

from deploy_gate.downlevel import downlevel
from deploy_gate.places import REPOSITORY, TERRAFORM


def make(target: Path, endpoint: str) -> None:
    """Brings the copy up to date, and its terraform/ anew.

    The copy is kept: what did not change keeps its time there, and Cargo builds only what did, also for a fresh clone.
    """
    target.mkdir(parents=True, exist_ok=True)
    wanted = {name for name in files() if not name.startswith("terraform/")}
    for name in wanted:
        copy_if_changed(REPOSITORY / name, target / name)
    remove_others(target, wanted)
    downlevel(TERRAFORM, target / "terraform", endpoint)


def files() -> set[str]:
    """What Git knows, or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.rstrip("\0").split("\0") if (REPOSITORY / name).is_file()}


def copy_if_changed(source: Path, target: Path) -> None:
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    shutil.copymode(source, target)


def remove_others(target: Path, wanted: set[str]) -> None:
    """Removes what is gone from the repository; target/ holds the packages and stays."""
    shutil.rmtree(target / "terraform", ignore_errors=True)
    for path in sorted(target.rglob("*"), reverse=True):
        name = path.relative_to(target).as_posix()
        if name.startswith("target"):
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif name not in wanted:
            path.unlink()
