"""A pull request to a team's repository: who proposes it, and what merging it would change.

It is read from git's own objects, at the commit that GitHub made to try the merge. So no file of it is opened
or run, no link is followed, and what is judged is what would be merged.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streaky.config import file as config_file
from streaky.config import values
from streaky.errors import ConfigurationError, Fault
from streaky.input.refusal import BadValue

PLAIN = ("100644", "100755")  # git's modes of a file; links, folders and other repositories have others
GONE = "0" * 6  # the mode of what is not there
DEEPER = "Check the pull request out with actions/checkout and fetch-depth: 2, at the ref that GitHub gives."
# Nothing that the machine or the repository's own configuration asks for is done.
QUIET = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "safe.directory=*", "protocol.allow=never")
TIMEOUT = 60  # seconds


@dataclass(frozen=True, slots=True)
class Change:
    """One changed path. `was` and `now` are git's modes, GONE where there was or will be nothing; `content`
    is None for what is no plain file, or too large."""

    path: str
    was: str
    now: str
    content: bytes | None = None

    @property
    def plain(self) -> bool:
        """Whether a plain file will be there."""
        return self.now in PLAIN


@dataclass(frozen=True, slots=True)
class Proposal:
    """What `author` proposes, whose login ends in [bot] for an app; `owner`: the repository is theirs.

    `names` are those of the roster's files after the merge; `key` is the text of its public key then, None
    where there is none.
    """

    author: str
    owner: bool
    changes: tuple[Change, ...]
    names: tuple[str, ...]
    key: bytes | None


def read_proposal(repository: Path, roster: str, environment: Mapping[str, str]) -> Proposal:
    """What the pull request of this run proposes. `repository`: a folder with its commit and both parents;
    `roster`: the roster's path in there. Raises ConfigurationError where that is not what it is."""
    author, owner, head = _event(environment)
    git = _Git(repository)
    if git.said("rev-parse", "--verify", "--quiet", "HEAD^2").decode().strip() != head:
        raise _wrong("it is not at the merge of this pull request.")
    before, key_path = f"{roster}/", f"{roster}/streaky.pub"
    changes = git.changes()
    wanted = [each.path for each in changes if each.path.startswith(before) and each.plain]
    contents = git.contents("HEAD", wanted)
    key = git.contents("HEAD", [key_path]).get(key_path)
    listed = git.said("ls-tree", "-z", "--name-only", "HEAD", before).decode(errors="replace").split("\0")
    return Proposal(
        author,
        owner,
        tuple(Change(each.path, each.was, each.now, contents.get(each.path)) for each in changes),
        tuple(name.removeprefix(before) for name in listed if name),
        key,
    )


def _event(environment: Mapping[str, str]) -> tuple[str, bool, str]:
    """The pull request's author, whether they own the repository, and its last commit."""
    try:
        event: dict[str, Any] = json.loads(Path(environment.get("GITHUB_EVENT_PATH", "")).read_bytes())
        pull = event["pull_request"]
        login = str(pull["user"]["login"])
        values.login(login.removesuffix("[bot]"))
        return login, pull["author_association"] == "OWNER", str(pull["head"]["sha"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError, BadValue):
        what = "this run is not of a pull request."
        raise ConfigurationError((Fault("team review", what, "Start it by `on: pull_request`."),)) from None


class _Git:
    """Reads a repository's objects."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def said(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git prints. Raises ConfigurationError."""
        settings = [word for each in QUIET for word in ("-c", each)]
        own = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_NO_LAZY_FETCH": "1"}
        own |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        own |= {name: os.environ[name] for name in ("PATH", "SystemRoot") if name in os.environ}
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", f"{self._folder}", "--no-pager", *settings, *arguments],  # noqa: S607
                env=own,
                input=given,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            raise _wrong("git could not read it.") from None
        if done.returncode:
            raise _wrong("it has not the commits that are needed.")
        return done.stdout

    def changes(self) -> list[Change]:
        """What the commit changes against its first parent."""
        arguments = ("-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--no-textconv", "HEAD^1", "HEAD")
        fields = self.said("diff-tree", *arguments).decode(errors="replace").split("\0")
        rows = zip(fields[::2], fields[1::2], strict=False)
        # :100644 100644 OLD NEW M
        return [Change(path, row[1:7], row.split(" ")[1]) for row, path in rows if row.startswith(":")]

    def contents(self, commit: str, paths: list[str]) -> dict[str, bytes]:
        """The files at these paths in a commit; what is not there, or too large, is left out."""
        paths = [path for path in paths if "\n" not in path]
        lines = self._batch("--batch-check=%(objecttype) %(objectsize)", commit, paths).decode(
            errors="replace"
        )
        fit = [
            path
            for path, line in zip(paths, lines.split("\n"), strict=False)
            if (size := re.fullmatch(r"blob (\d+)", line)) and int(size[1]) <= config_file.BIGGEST
        ]
        found, at, raw = {}, 0, self._batch("--batch=%(objectsize)", commit, fit)
        for path in fit:
            begin = raw.index(b"\n", at) + 1
            end = begin + int(raw[at : begin - 1])
            found[path], at = raw[begin:end], end + 1
        return found

    def _batch(self, form: str, commit: str, paths: list[str]) -> bytes:
        asked = "".join(f"{commit}:{path}\n" for path in paths)
        return self.said("cat-file", form, given=asked.encode("utf-8", "surrogateescape")) if paths else b""


def _wrong(what: str) -> ConfigurationError:
    return ConfigurationError((Fault("team review", f"the repository is not read: {what}", DEEPER),))
