"""Publishes `template/` or `template-team/` as a repository of its own, its workflows pinned to a release.

Run it at the root of this repository: `PYTHONPATH=. python3 .github/publish_template.py --help`. The variable
TEMPLATE_TOKEN holds a token that may write contents and workflows of the templates' repositories alone.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bot import IDENTITY, credentials

from streaky import REPOSITORY, TEAM_TEMPLATE, TEMPLATE

TEMPLATES = {"template": TEMPLATE, "template-team": TEAM_TEMPLATE}
PIN = re.compile(rf"(uses: {re.escape(REPOSITORY)}/\S+)@[0-9a-f]{{40}} # \S+")


class CannotPublish(Exception):
    """Nothing was published; the text says why."""


def write(source: Path, target: Path, sha: str, version: str) -> None:
    """Write the template into a folder, pinned to a commit of ours, whose version stands beside it for people
    and for Dependabot. Raises CannotPublish."""
    if not re.fullmatch(r"[0-9a-f]{40}", sha) or not re.fullmatch(r"[\w.-]+", version):
        raise CannotPublish(f"Give a full commit and a version of one word, not {sha!r} and {version!r}.")
    shutil.copytree(source, target, dirs_exist_ok=True)
    for workflow in sorted(target.glob(".github/workflows/*.yml")):
        text, pins = PIN.subn(rf"\g<1>@{sha} # {version}", workflow.read_text("utf-8"))
        if pins != 1:
            raise CannotPublish(f"{workflow.name} has {pins} lines to pin, not one.")
        workflow.write_text(text, "utf-8")


def publish(source: Path, remote: str, sha: str, version: str, token: str, *, dry_run: bool) -> str:
    """Replace what the remote's branch `main` holds, as one commit; what changed, as git tells it. With
    `dry_run` nothing is pushed. Raises CannotPublish."""
    if not (dry_run or re.fullmatch(r"v\d+\.\d+\.\d+", version)):
        raise CannotPublish(f"Only a release such as v1.2.3 is published, not {version!r}.")
    if not source.is_dir():
        raise CannotPublish(f"There is no folder {source} here. Run this at the root of the repository.")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"

        def git(*arguments: str) -> str:
            command = ["git", "-C", folder if arguments[0] == "clone" else str(tree), *arguments]
            environment = os.environ | IDENTITY | credentials(token)
            done = subprocess.run(  # noqa: S603
                command, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise CannotPublish(f"git {arguments[0]} failed: {done.stderr.strip()}")
            return done.stdout

        git("clone", "--quiet", "--depth=1", remote, "tree")
        git("rm", "--quiet", "-r", "--ignore-unmatch", ".")
        write(source, tree, sha, version)
        git("add", "--all")
        changed = git("diff", "--cached", "--stat")
        if changed and not dry_run:
            git("commit", "--quiet", "--message", f"Streaky {version}")
            git("push", "--quiet", "origin", "HEAD:refs/heads/main")
    return changed


def main() -> int:
    """The program. Its exit status is 1 when nothing could be published."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sha", required=True, help="the release's full commit")
    parser.add_argument("--version", required=True, help="the release's tag, such as v1.2.3")
    parser.add_argument(
        "--source", choices=TEMPLATES, default="template", help="which one; left out: template"
    )
    parser.add_argument("--remote", help="where to push to; left out: its own repository")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and push nothing")
    given = parser.parse_args()
    token = os.environ.get("TEMPLATE_TOKEN", "")
    source, remote = Path(given.source), given.remote or f"https://github.com/{TEMPLATES[given.source]}.git"
    try:
        changed = publish(source, remote, given.sha, given.version, token, dry_run=given.dry_run)
    except CannotPublish as problem:
        print(f"::error title=The template was not published::{problem}".replace("\n", " "))
        return 1
    print(changed or "The template's repository is up to date already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
