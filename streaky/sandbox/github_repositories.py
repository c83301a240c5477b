"""Repositories of the sandbox's GitHub, and the Git objects that an expression such as `HEAD:path` names.

Source: gitrevisions(7) for `<rev>:<path>`; GitHub's GraphQL schema, `Repository.object` and `Blob`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from streaky.sandbox.github_git import Branch, Commit, Objects, commit, noreply, oid
from streaky.sandbox.github_runs import WorkflowRun

TEXT_LIMIT = 512_000  # bytes of a blob that GitHub shows as text; assumed, its documentation names no number


@dataclass(slots=True)
class Repository:
    """A repository. `files` are those of its default branch, to be changed at any time; each change makes
    another commit. `branches` are the others, by name.

    `pushed`: when the default branch's last commit was made (aware). `made`: commits to the default branch
    through the API. `runs`: what its workflows did.
    """

    owner: str
    name: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    private: bool = False
    branch: str = "main"
    fork: bool = False
    created: datetime = datetime(2026, 11, 1, tzinfo=UTC)
    pushed: datetime = datetime(2026, 11, 20, tzinfo=UTC)
    branches: dict[str, Branch] = field(default_factory=dict)
    made: list[Commit] = field(default_factory=list)
    objects: Objects = field(default_factory=Objects)
    runs: list[WorkflowRun] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    def commit(self) -> str:
        """The default branch's head, a function of the files."""
        listing = "".join(
            f"{oid('blob', _bytes(data))} {path}\n" for path, data in sorted(self.files.items())
        )
        return oid("commit", listing.encode())

    def head(self, branch: str) -> str | None:
        """A branch's head; None where there is no such branch."""
        if branch == self.branch:
            return self.commit()
        found = self.branches.get(branch)
        return found.head if found else None

    def tree(self, branch: str) -> dict[str, bytes]:
        """All files of a branch."""
        if branch == self.branch:
            return {path: _bytes(data) for path, data in self.files.items()}
        return dict(self.branches[branch].files) if branch in self.branches else {}

    def read(self, branch: str, path: str) -> bytes | None:
        """A file of a branch; None where there is none."""
        return self.tree(branch).get(path)

    def write(
        self,
        branch: str,
        files: Mapping[str, str | bytes],
        *,
        message: str = "Edit by hand",
        author: tuple[str, str] | None = None,
        deleted: Iterable[str] = (),
    ) -> Commit:
        """Commit files to a branch, on top of what is there; a branch that is missing begins as an orphan."""
        parent = self.head(branch)
        tree = self.tree(branch) | {path: _bytes(data) for path, data in files.items()}
        for path in deleted:
            del tree[path]
        added = commit(message, author or noreply(self.owner), (parent,) if parent else (), tree)
        self.objects.keep(added)
        if branch == self.branch:
            self.files.clear()
            self.files.update(tree)
            self.made.append(added)
        else:
            self.branches.setdefault(branch, Branch()).commits.append(added)
        return added

    def add_run(
        self,
        *,
        started: datetime,
        conclusion: str | None = "success",
        workflow: str = "streaky.yml",
        status: str = "completed",
        event: str = "schedule",
        title: str = "Streaky: check",
        id: int | None = None,
        attempt: int = 1,
    ) -> WorkflowRun:
        """Add a run of a workflow, or another attempt of one."""
        number = len(self.runs) + 1 if id is None else id
        run = WorkflowRun(number, workflow, started, conclusion, status, event, title, attempt)
        self.runs.append(run)
        return run

    def shown(self) -> dict[str, Any]:
        """The repository as GraphQL shows it, without `object` and `ref`."""
        return {
            "nameWithOwner": self.full_name,
            "url": f"https://github.com/{self.full_name}",
            "isPrivate": self.private,
            "isFork": self.fork,
            "createdAt": _stamp(self.created),
            "pushedAt": _stamp(self.pushed),
            "viewerPermission": None,  # as for every GitHub App's token, a job's own among them
            "defaultBranchRef": self.ref(f"refs/heads/{self.branch}"),
        }

    def ref(self, qualified: str) -> dict[str, Any] | None:
        """A branch as GraphQL shows it; None where there is none."""
        name = qualified.removeprefix("refs/heads/")
        head = self.head(name)
        return {"name": name, "target": self._commit(name, head)} if head else None

    def _commit(self, branch: str, head: str) -> dict[str, Any]:
        """A branch's last commit."""
        moment = self.pushed if branch == self.branch else self.branches[branch].commits[-1].at
        tree = self.tree(branch)

        def file(_info: object, path: str) -> dict[str, Any] | None:
            data = tree.get(path)
            return None if data is None else {"path": path, "object": _blob(data)}

        return {"__typename": "Commit", "oid": head, "committedDate": _stamp(moment), "file": file}

    def at(self, expression: str) -> dict[str, Any] | None:
        """The object that an expression names: a commit, a file, a folder; None for anything else."""
        revision, colon, path = expression.partition(":")
        name = self.branch if revision in ("HEAD", self.commit()) else revision.removeprefix("refs/heads/")
        head = self.head(name)
        if head is None:
            return None
        if not colon:
            return self._commit(name, head)
        files = self.tree(name)
        data = files.get(path)
        if data is not None:
            return _blob(data)
        folder = path.rstrip("/") + "/" if path else ""
        if any(name.startswith(folder) for name in files):
            return {"__typename": "Tree", "oid": oid("tree", f"{head} {folder}".encode())}
        return None


def repository(full_name: str, files: Mapping[str, str | bytes] | None, **more: Any) -> Repository:
    """A repository from its `owner/name`. Raises ValueError for another form."""
    owner, slash, name = full_name.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise ValueError(f"A repository is named owner/name, not {full_name!r}.")
    return Repository(owner, name, dict(files or {}), **more)


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
        "oid": oid("blob", data),
        "byteSize": len(data),
        "isBinary": text is None,
        "isTruncated": truncated,
        "text": data[:TEXT_LIMIT].decode("utf-8", "ignore") if truncated else text,
    }
