"""The steps of a release that are more than a line of shell: is it ready, what is new, its commit, its tags.

Run it at the root of this repository: `PYTHONPATH=. python3 .github/release.py --help`. The variable
GITHUB_TOKEN holds a token that may write contents. CONTRIBUTING.md says how a release is begun.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bot import IDENTITY, credentials

from streaky import HOMEPAGE, __version__

CHANGELOG = Path("CHANGELOG.md")
VERSION = re.compile(r"v(\d+)\.\d+\.\d+")


class NotReady(Exception):
    """Nothing was released; the text says why."""


def check(version: str) -> str:
    """That the repository as it stands is this version. Raises NotReady."""
    _major(version)
    if version != f"v{__version__}":
        raise NotReady(
            f"streaky/__init__.py says {__version__}, and the tag {version}. Set them to the same."
        )
    notes(version)
    return f"{version} is ready."


def notes(version: str) -> str:
    """What the changelog says of a version. Raises NotReady."""
    if not CHANGELOG.is_file():
        raise NotReady(f"There is no {CHANGELOG} here. Run this at the root of the repository.")
    text = CHANGELOG.read_text("utf-8")
    heading = rf"## \[{re.escape(version.removeprefix('v'))}\] - \d{{4}}-\d\d-\d\d\n"
    found = re.search(rf"(?ms)^{heading}(.*?)(?=^## |\Z)", text)
    if not found or not found[1].strip():
        raise NotReady(f"{CHANGELOG} has no dated heading with news of {version}: ## [1.2.3] - 2026-12-31.")
    return found[1].strip() + "\n"


def commit(tree: Path, version: str, remote: str, token: str, *, dry_run: bool) -> str:
    """Commit a release's tree on top of its source, and push it as the version's tag; the commit.

    With `dry_run` nothing is pushed. Raises NotReady, also where that tag exists.
    """
    _major(version)
    if not (tree / "action.yml").is_file() or not (tree / "bundle").is_dir():
        raise NotReady(f"{tree} is no tree that bundle.py made: it has no action.yml or no bundle.")
    with tempfile.TemporaryDirectory() as folder:
        # An index of its own: the checkout stays as it is. Bytecode is ignored there, and belongs here.
        own = {"GIT_INDEX_FILE": str(Path(folder, "index")), "GIT_WORK_TREE": str(tree.resolve())}
        _git("add", "--all", "--force", ".", more=own, where=tree)
        written = _git("write-tree", more=own)
    made = _git("commit-tree", written, "-p", "HEAD", "-m", f"Streaky {version}")
    if _git("ls-remote", remote, f"refs/tags/{version}", token=token):
        raise NotReady(
            f"The tag {version} exists already. A released version never changes: take the next one."
        )
    if not dry_run:
        _git("push", "--quiet", remote, f"{made}:refs/tags/{version}", token=token)
    return made


def move(sha: str, version: str, remote: str, token: str, *, dry_run: bool) -> str:
    """Let the major version's tag (v1) name a release's commit; the tag. Raises NotReady."""
    tag = f"v{_major(version)}"
    if not re.fullmatch("[0-9a-f]{40}", sha):
        raise NotReady(f"Give a full commit, not {sha!r}.")
    if not dry_run:
        _git("push", "--quiet", "--force", remote, f"{sha}:refs/tags/{tag}", token=token)
    return tag


def _major(version: str) -> str:
    found = VERSION.fullmatch(version)
    if not found:
        raise NotReady(f"A release is named like v1.2.3, not {version!r}.")
    return found[1]


def _git(
    *arguments: str, token: str = "", more: dict[str, str] | None = None, where: Path | None = None
) -> str:
    environment = os.environ | IDENTITY | credentials(token) | (more or {})
    if where:
        environment["GIT_DIR"] = _git("rev-parse", "--absolute-git-dir")
    command = ["git", *arguments]
    done = subprocess.run(  # noqa: S603
        command, env=environment, cwd=where, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotReady(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def main() -> int:
    """The program. Its exit status is 1 when nothing was released."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (
        ("check", "is the repository ready to be this version?"),
        ("notes", "print what is new in it"),
        ("commit", "commit the release's tree, push it as the version's tag, and print the commit"),
        ("move", "let the major version's tag name this release"),
    ):
        one = commands.add_parser(name, help=what, description=what)
        one.add_argument("--version", required=True, help="the release's tag, such as v1.2.3")
        if name in ("commit", "move"):
            one.add_argument("--remote", default=f"{HOMEPAGE}.git", help="where to push to")
            one.add_argument("--dry-run", action="store_true", help="push nothing")
        if name == "commit":
            one.add_argument("--tree", type=Path, required=True, help="the folder that bundle.py made")
        if name == "move":
            one.add_argument("--sha", required=True, help="the release's full commit")
    given = parser.parse_args()
    token = os.environ.get("GITHUB_TOKEN", "")
    try:
        if given.command == "check":
            said = check(given.version)
        elif given.command == "notes":
            said = notes(given.version)
        elif given.command == "commit":
            said = commit(given.tree, given.version, given.remote, token, dry_run=given.dry_run)
        else:
            said = move(given.sha, given.version, given.remote, token, dry_run=given.dry_run)
    except NotReady as problem:
        print(f"::error title=Not released::{problem}".replace("\n", " "), file=sys.stderr)
        return 1
    print(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
