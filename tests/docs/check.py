"""The pages of the documentation, held to what there is."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ["CHINWAG_CLI"]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("api/**/*.md"))]

# Stands above a block that a reader runs elsewhere; its syntax is checked nevertheless.
NOT_RUN = re.compile(r"<!-- not run: .+ -->")
# Stands above a block for a deployment, whose environment is called so in the documentation.
ON_DEPLOYMENT = "<!-- run on a deployment -->"
DOCUMENTED_ENVIRONMENT = re.compile(r"\bprod\b")
# A request that is refused says so behind it.
REFUSED = re.compile(r"# (\d{3})\b")
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
ADDRESS = "http://127.0.0.1:8080"

# What the reader's shell has: their passwords are typed, `chinwag` is installed, and what curl is answered is seen.
PRELUDE = r"""
set -euo pipefail
curl() {
  local body status
  body="$(mktemp)"
  status="$(command curl -o "$body" -w '%{http_code}' "$@")"
  echo "$status" >>"$STATUSES"
  cat "$body"
}
chinwag() {
  case "$1" in
    create-user | auth) printf 'Correct-Horse-1\n' | "$PROGRAM" "$@" --password-stdin ;;
    *) "$PROGRAM" "$@" </dev/null ;;
  esac
}
cargo() {
  [ "$1 $2 $3 $4 $5" = "run -p cli --quiet --" ] || { echo "cargo $*: not known here" >&2; return 1; }
  "$PROGRAM" "${@:6}"
}
"""


@dataclass(frozen=True)
class Block:
    """A block of commands."""

    page: Path
    line: int
    text: str
    above: str

    @property
    def is_for_server(self) -> bool:
        return not self.is_for_deployment and not NOT_RUN.fullmatch(self.above)

    @property
    def is_for_deployment(self) -> bool:
        return self.above == ON_DEPLOYMENT

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    lines = page.read_text().splitlines()
    start = None
    for number, line in enumerate(lines):
        if start is None and line.strip() == "```sh":
            start = number + 1
        elif start is not None and line.strip() == "```":
            above = next((text for text in reversed(lines[: start - 1]) if text.strip()), "")
            yield Block(page, start + 1, "\n".join(lines[start:number]) + "\n", above.strip())
            start = None


def anchors(page: Path) -> set[str]:
    """The anchors of its headings, as GitHub names them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def wrong_links(page: Path) -> Iterator[str]:
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        if not target.exists():
            yield f"{page.relative_to(ROOT)}: nothing is at {link}"
        elif anchor and anchor not in anchors(target):
            yield f"{page.relative_to(ROOT)}: {link}: no such heading"


def wrong_syntax(block: Block) -> Iterator[str]:
    checked = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)
    if checked.returncode:
        yield f"{block}: {checked.stderr.strip()}"


@contextmanager
def server(folder: Path) -> Iterator[str]:
    log = folder / "log"
    with log.open("w") as output:
        command = [os.environ["CHINWAG_BIN"], "--port", "0", "--data", str(folder / "data")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, text=True)
    try:
        for line in process.stdout:
            if line.startswith("listening on "):
                yield line.split()[-1]
                return
        raise SystemExit(f"the server does not start: {log.read_text()}")
    finally:
        process.terminate()
        process.wait()


def on_server(page: Path) -> Iterator[str]:
    """Runs its blocks against a server of their own; what went otherwise than the page says."""
    run = [block for block in blocks(page) if block.is_for_server]
    if not run:
        return
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as url:
        home = Path(name) / "home"
        home.mkdir()
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "CHINWAG_", "XDG_"))},
            "HOME": str(home),
            "CHINWAG_URL": url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }
        profile = [[PROGRAM, "profile", "add", "docs", url], [PROGRAM, "profile", "use", "docs"]]
        for command in profile:
            subprocess.run(command, env=environment, check=True, capture_output=True)
        yield from wrong_commands(run, Path(name), environment, lambda text: text.replace(ADDRESS, url))


def on_deployment(page: Path) -> Iterator[str]:
    """Runs its blocks on the deployment that CHINWAG_ENVIRONMENT names, with the caller's credentials."""
    run = [block for block in blocks(page) if block.is_for_deployment]
    if not run:
        return
    name = os.environ["CHINWAG_ENVIRONMENT"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_CONFIG_HOME": folder}
        yield from wrong_commands(run, Path(folder), environment, lambda text: DOCUMENTED_ENVIRONMENT.sub(name, text))


def wrong_commands(
    run: list[Block], folder: Path, environment: dict[str, str], here: Callable[[str], str]
) -> Iterator[str]:
    """Runs blocks one after the other in one shell, as they are `here`."""
    script = PRELUDE + "".join(
        f"STATUSES={folder}/{number}\n: >$STATUSES\necho '-- {block}' >&2\n{block.text}" for number, block in enumerate(run)
    )
    done = subprocess.run(
        ["bash"],
        input=here(script),
        env={**environment, "PROGRAM": PROGRAM},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        yield f"{run[0].page.relative_to(ROOT)}: a command failed:\n{done.stdout[-1_000:]}\n{done.stderr[-2_000:]}"
        return
    for number, block in enumerate(run):
        wanted = REFUSED.findall(block.text)
        refused = [status for status in (folder / str(number)).read_text().split() if status[0] != "2"]
        if refused != wanted:
            yield f"{block}: refused with {refused}, not {wanted}"
        elif refused or any(program in block.text for program in ("aws", "curl", "chinwag")):
            print(f"{block}: as it says")


def main() -> None:
    wrong = []
    for page in PAGES:
        wrong.extend(wrong_links(page))
        for block in blocks(page):
            wrong.extend(wrong_syntax(block))
    for page in PAGES:
        wrong.extend(on_deployment(page) if "CHINWAG_ENVIRONMENT" in os.environ else on_server(page))
    if wrong:
        sys.exit("\n".join(["docs: error:", *wrong]))
    print(f"{len(PAGES)} pages: their links and commands are right")


if __name__ == "__main__":
    main()
