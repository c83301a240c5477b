"""Repositories of the sandbox's GitHub: files, branches, commits and what their workflows did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Literal

from streaky.sandbox.github.answers import API, PAGE
from streaky.sandbox.github.git import (
    WEB,
    Branch,
    Commit,
    Objects,
    belongs,
    commit,
    holder,
    noreply,
    oid,
)
from streaky.sandbox.github.issues import Issue, Tracker
from streaky.sandbox.github.pulls import Pull
from streaky.sandbox.github.workflows import WorkflowRun, WorkflowState

Role = Literal["read", "triage", "write", "maintain", "admin"]
ROLES: tuple[Role, ...] = ("read", "triage", "write", "maintain", "admin")


@dataclass(slots=True)
class Repository:
    """A repository. `files` are those of its default branch, to be changed at any time; each change makes
    another commit, nobody's. `branches` are the others, by name.

    `created` and `pushed` are aware; `pushed` is when the default branch's last commit was made. `made`: the
    commits to the default branch by `write` or the API, oldest first. `runs`: what its workflows did.
    `workflow_states`: those of its workflows that are not active, by file name.

    Its settings: `has_issues`; `archived`: nobody may write; `protected`: branches that change by pull
    request only; `signed_only`: commits must be signed; `collaborators`: what others than the owner may do;
    `template`: others may be made of it; `secrets`: what its Actions secrets hold. `dispatched`: the inputs
    of the runs that somebody started, by id, and `conclusion`: how those end.
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
    workflow_states: dict[str, WorkflowState] = field(default_factory=dict)
    tracker: Tracker = field(default_factory=Tracker)
    has_issues: bool = True
    archived: bool = False
    protected: set[str] = field(default_factory=set)
    signed_only: bool = False
    collaborators: dict[str, Role] = field(default_factory=dict)
    template: bool = False
    secrets: dict[str, str] = field(default_factory=dict)
    dispatched: dict[int, dict[str, str]] = field(default_factory=dict)
    conclusion: str = "success"
    merge_commits: bool = True
    squash: bool = True
    parent: Repository | None = None
    whose: Callable[[str], str | None] = holder

    def __post_init__(self) -> None:
        self.fork = self.fork or self.parent is not None

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def page(self) -> str:
        """Its page on the web."""
        return f"{PAGE}/{self.full_name}"

    def link(self, path: str = "") -> str:
        """An address below its own in the API."""
        return f"{API}/repos/{self.full_name}/{path}".rstrip("/")

    @property
    def issues(self) -> list[Issue]:
        """Its issues, oldest first."""
        return self.tracker.issues

    @property
    def last_push(self) -> datetime:
        """When any of its branches was pushed to last."""
        return max([self.pushed, *(each.commits[-1].at for each in self.branches.values())])

    def proposed(self, branch: str) -> list[tuple[Repository, Pull]]:
        """The pull requests that come from a branch, here or in what this is a fork of, each with where it
        is."""
        places = [self, *([self.parent] if self.parent else [])]
        head = (self.full_name, branch)
        return [(place, each) for place in places for each in place.tracker.pulls if each.head == head]

    def role(self, login: str) -> Role | None:
        """What a person may do here; None for a stranger."""
        login = login.casefold()
        if login == self.owner.casefold():
            return "admin"
        for name, role in self.collaborators.items():
            if name.casefold() == login:
                return role
        return None

    def allows(self, login: str, role: Role) -> bool:
        """Whether a person has this role or a higher one."""
        held = self.role(login)
        return held is not None and ROLES.index(held) >= ROLES.index(role)

    def association(self, login: str) -> str:
        """What a person is to the repository, as shown beside what they write."""
        if self.role(login):
            return "OWNER" if login.casefold() == self.owner.casefold() else "COLLABORATOR"
        return "CONTRIBUTOR" if any(belongs(each, login) for each in self.made) else "NONE"

    def commit(self) -> str:
        """The default branch's head: the last commit made to it, or another one once `files` have changed."""
        before = self.made[-1] if self.made else None
        tree = self.tree(self.branch)
        if before is not None and before.files == tree:
            return before.oid
        listing = "".join(f"{oid('blob', data)} {path}\n" for path, data in sorted(tree.items()))
        return oid("commit", (listing + (before.oid if before else "")).encode())

    def head(self, branch: str) -> str | None:
        """A branch's head; None where there is no such branch."""
        if branch == self.branch:
            return self.commit()
        found = self.branches.get(branch)
        return found.head if found else None

    def last(self, branch: str) -> Commit | None:
        """A branch's last commit; None where there is no such branch."""
        head = self.head(branch)
        if head is not None and head not in self.objects.commits:  # `files` were changed, and so made it
            before = (self.made[-1].oid,) if self.made else ()
            tree = self.tree(branch)
            self.objects.keep(Commit(head, "Change files", *WEB, self.pushed, before, tree))
        return None if head is None else self.objects.commits[head]

    def place(self, branch: str, head: str) -> None:
        """Let a branch, new or not, point to a commit that is kept. Raises KeyError for another."""
        line = self.objects.line(head)
        if not line:
            raise KeyError(head)
        if branch != self.branch:
            self.branches.setdefault(branch, Branch()).commits[:] = line
            return
        self.files.clear()
        self.files.update(line[-1].files)
        self.made[:] = line
        self.pushed = line[-1].at

    def tree(self, branch: str) -> dict[str, bytes]:
        """All files of a branch."""
        if branch == self.branch:
            return {path: _bytes(data) for path, data in self.files.items()}
        return dict(self.branches[branch].files) if branch in self.branches else {}

    def read(self, branch: str, path: str) -> bytes | None:
        """A file of a branch; None where there is none."""
        return self.tree(branch).get(path)

    def on_show(self) -> list[Commit]:
        """The commits of the default branch and of gh-pages, each once."""
        pages = self.branches.get("gh-pages")
        return list(
            {commit.oid: commit for commit in (*self.made, *(pages.commits if pages else ()))}.values()
        )

    def write(
        self,
        branch: str,
        files: Mapping[str, str | bytes],
        *,
        message: str = "Edit by hand",
        author: tuple[str, str] | None = None,
        deleted: Iterable[str] = (),
        at: datetime | None = None,
        signed: bool = False,
    ) -> Commit:
        """Commit files to a branch, on top of what is there; a branch that is missing begins as an orphan.

        `author`: name and e-mail, the owner's if left out. `at`: when (aware), now if left out. `signed`: by
        GitHub itself.
        """
        parent = self.last(branch)
        tree = self.tree(branch) | {path: _bytes(data) for path, data in files.items()}
        for path in deleted:
            del tree[path]
        parents = (parent.oid,) if parent else ()
        added = self.objects.keep(commit(message, author or noreply(self.owner), parents, tree, at, signed))
        self.place(branch, added.oid)
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
        """Add a run of a workflow, or another attempt of one. `started` is aware; a run that is not completed
        has no conclusion, whatever is given."""
        taken = {run.id for run in self.runs}
        number = next(n for n in count(len(self.runs) + 1) if n not in taken) if id is None else id
        ended = conclusion if status == "completed" else None
        run = WorkflowRun(number, workflow, started, ended, status, event, title, attempt)
        self.runs.append(run)
        return run

    def revision(self, name: str) -> Commit | None:
        """The commit that HEAD, a branch or an oid names; None for anything else."""
        default = self.last(self.branch)
        if name == "HEAD":
            return default
        short = name.removeprefix("refs/").removeprefix("heads/")
        return self.last(name) or self.last(short) or self.objects.commits.get(name)


def repository(full_name: str, files: Mapping[str, str | bytes] | None, **more: Any) -> Repository:
    """A repository from its `owner/name`. Raises ValueError for another form."""
    owner, slash, name = full_name.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise ValueError(f"A repository is named owner/name, not {full_name!r}.")
    return Repository(owner, name, dict(files or {}), **more)


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
