"""What GitHub says of the person's own repository: config file, ledger, workflow, and how alive it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from streaky.errors import ConfigurationError, Fault
from streaky.github.issues import Tracker, read_tracker
from streaky.github.queries import BRANCH, MISPLACED, Where
from streaky.github.workflow import Workflow, read_workflow
from streaky.runner.job import Job


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository as GitHub shows it. All is None or empty where GitHub shows nothing.

    `config`: the config file. `head`: the commit of the ledger's branch, "" without one; `ledger`: the
    ledger's text there, and `odd` its blob where that is no whole text. `branch`: the default branch;
    `active`: the date of its last commit, `author` the login of who made it and `authored` when, by their own
    clock ("" for not known). `misplaced`: paths where settings lie by mistake. `workflow_text`:
    the file of the workflow that `job` belongs to;
    `owner_may_write`: whether the token's owner may write contents, None where it has none, as a job's own.
    `tracker`: its issue, None where that was not read.
    """

    config: bytes | None = None
    head: str = ""
    ledger: bytes | None = None
    odd: str = ""
    public: bool = False
    branch: str = ""
    active: date | None = None
    author: str = ""
    authored: str = ""
    misplaced: tuple[str, ...] = ()
    workflow_text: str | None = None
    job: Job = field(default_factory=Job)
    owner_may_write: bool | None = None
    tracker: Tracker | None = None

    @property
    def workflow(self) -> Workflow | None:
        """The workflow, parsed when it is first asked for; None where there is none that could be read."""
        return None if self.workflow_text is None else read_workflow(self.workflow_text, self.job)

    @property
    def may_write(self) -> bool | None:
        """Whether contents may be written, so that there can be a ledger; None where that is not known."""
        if self.branch == BRANCH:
            return False
        granted = self.workflow.contents if self.workflow else None
        return self.owner_may_write if granted is None else granted == "write"


def repository(found: Any, where: Where) -> Repository:
    """A repository's part of an answer. Raises ConfigurationError for a config file that is no text, and
    what taking apart an answer of another shape raises."""
    if found is None:  # null without an error: nothing to read
        return Repository()
    default = found.get("defaultBranchRef") or {}
    newest = default.get("target") or {}
    committed, author = newest.get("committedDate"), newest.get("author") or {}
    head = (found.get("ref") or {}).get("target") or {}
    workflow, permission = (found.get("workflow") or {}).get("text"), found.get("viewerPermission")
    blob = (head.get("file") or {}).get("object") or None
    odd = blob is not None and (blob["isBinary"] or blob["isTruncated"] or not isinstance(blob["text"], str))
    return Repository(
        config=_config(found["config"], where.config) if where.config else None,
        head=str(head.get("oid") or ""),
        ledger=None if blob is None else (blob["text"] or "").encode(),
        odd=str(blob["oid"]) if blob is not None and odd else "",
        public=found.get("isPrivate") is False,
        branch=str(default.get("name") or ""),
        active=date.fromisoformat(committed[:10]) if committed else None,
        author=str((author.get("user") or {}).get("login") or ""),
        authored=str(author.get("date") or ""),
        misplaced=tuple(
            path for alias, path in MISPLACED.items() if found.get(alias) and path != where.config
        ),
        workflow_text=workflow if isinstance(workflow, str) else None,
        job=where.job,
        owner_may_write=None if permission is None else permission in ("ADMIN", "MAINTAIN", "WRITE"),
        tracker=read_tracker(found) if where.issue else None,
    )


def _config(blob: Mapping[str, Any] | None, path: str) -> bytes | None:
    if not blob:
        return None
    if blob["isBinary"] or not isinstance(blob["text"], str):
        raise ConfigurationError((Fault("config", f"{path} is not a text file.", "Save it as UTF-8 text."),))
    if blob["isTruncated"]:
        what = f"{path} is so large that GitHub hands out its beginning only."
        raise ConfigurationError((Fault("config", what, "Keep the settings only."),))
    return blob["text"].encode()
