"""Commits, branches and the object store of a repository in the sandbox's GitHub.

Source: Git, "Git Objects"; GitHub docs, "Profile contributions reference" for what counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

BOT = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its oid, message, author, time (aware), parents' oids, and all files of its tree."""

    oid: str
    message: str
    author_name: str
    author_email: str
    at: datetime
    parents: tuple[str, ...]
    files: Mapping[str, bytes]


@dataclass(slots=True)
class Branch:
    """A branch: its commits, oldest first, and the oid of the last one."""

    commits: list[Commit] = field(default_factory=list)

    @property
    def head(self) -> str:
        return self.commits[-1].oid

    @property
    def files(self) -> Mapping[str, bytes]:
        return self.commits[-1].files


def noreply(login: str) -> tuple[str, str]:
    """A person as the author of commits that GitHub makes for them."""
    return login, f"{login}@users.noreply.github.com"


def oid(kind: str, data: bytes) -> str:
    """Git's name of an object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


def tree_oid(files: Mapping[str, bytes]) -> str:
    """A name for a tree of files."""
    return oid(
        "tree", "".join(f"{oid('blob', data)} {path}\n" for path, data in sorted(files.items())).encode()
    )


def commit(
    message: str,
    author: tuple[str, str],
    parents: tuple[str, ...],
    files: Mapping[str, bytes],
    at: datetime | None = None,
) -> Commit:
    """A commit of these files."""
    moment = at or datetime.now(UTC)
    name, email = author
    text = f"{tree_oid(files)} {' '.join(parents)} {name} <{email}> {moment.timestamp()}\n\n{message}"
    return Commit(oid("commit", text.encode()), message, name, email, moment, parents, dict(files))


class Objects:
    """Blobs, trees and commits that were made but belong to no branch yet, by oid."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, Mapping[str, bytes]] = {}
        self.commits: dict[str, Commit] = {}

    def blob(self, data: bytes) -> str:
        name = oid("blob", data)
        self.blobs[name] = data
        return name

    def tree(self, files: Mapping[str, bytes]) -> str:
        name = tree_oid(files)
        self.trees[name] = dict(files)
        return name

    def keep(self, made: Commit) -> Commit:
        self.commits[made.oid] = made
        self.tree(made.files)
        for data in made.files.values():
            self.blob(data)
        return made
