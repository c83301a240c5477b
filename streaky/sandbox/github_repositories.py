"""Repositories of the sandbox's GitHub, and the Git objects that an expression such as `HEAD:path` names.

Source: gitrevisions(7) for `<rev>:<path>`; GitHub's GraphQL schema, `Repository.object` and `Blob`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT_LIMIT = 512_000  # bytes of a blob that GitHub shows as text; assumed, its documentation names no number


@dataclass(slots=True)
class Repository:
    """A repository with one branch. `files` may be changed at any time; each change makes another commit."""

    owner: str
    name: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    private: bool = False
    branch: str = "main"

    def commit(self) -> str:
        """The branch's head, a function of the files."""
        listing = "".join(
            f"{_oid('blob', _bytes(data))} {path}\n" for path, data in sorted(self.files.items())
        )
        return _oid("commit", listing.encode())

    def shown(self) -> dict[str, Any]:
        """The repository as GraphQL shows it, without `object`."""
        head = {"__typename": "Commit", "oid": self.commit()}
        return {
            "nameWithOwner": f"{self.owner}/{self.name}",
            "isPrivate": self.private,
            "defaultBranchRef": {"name": self.branch, "target": head},
        }

    def at(self, expression: str) -> dict[str, Any] | None:
        """The object that an expression names: a commit, a file, a folder; None for anything else."""
        revision, colon, path = expression.partition(":")
        head = self.commit()
        if revision not in ("HEAD", self.branch, f"refs/heads/{self.branch}", head):
            return None
        if not colon:
            return {"__typename": "Commit", "oid": head}
        data = self.files.get(path)
        if data is not None:
            return _blob(_bytes(data))
        folder = path.rstrip("/") + "/" if path else ""
        if any(name.startswith(folder) for name in self.files):
            return {"__typename": "Tree", "oid": _oid("tree", f"{head} {folder}".encode())}
        return None


def repository(
    full_name: str, files: Mapping[str, str | bytes] | None, private: bool, branch: str
) -> Repository:
    """A repository from its `owner/name`. Raises ValueError for another form."""
    owner, slash, name = full_name.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise ValueError(f"A repository is named owner/name, not {full_name!r}.")
    return Repository(owner, name, dict(files or {}), private, branch)


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _oid(kind: str, data: bytes) -> str:
    """Git's name of an object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False).hexdigest()


def _blob(data: bytes) -> dict[str, Any]:
    """A Blob. `text` is null when it is binary: it holds a zero byte, or is no UTF-8."""
    text: str | None
    try:
        text = None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        text = None
    truncated = text is not None and len(data) > TEXT_LIMIT
    return {
        "__typename": "Blob",
        "oid": _oid("blob", data),
        "byteSize": len(data),
        "isBinary": text is None,
        "isTruncated": truncated,
        "text": data[:TEXT_LIMIT].decode("utf-8", "ignore") if truncated else text,
    }
