"""The one issue of the person's repository that alerts go to: how it is read, and how the job writes to it.
In a team's repository each person has one, which a label with their login tells from the others.

Source: GitHub's GraphQL schema, `Repository.issues`; GitHub REST docs, "Issues", "Comments", "Labels",
"Assignees", "Reactions", "Get repository permissions for a user".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from streaky.errors import CouldNotTell
from streaky.github.queries import LABEL, TEAM_LABEL
from streaky.github.rest import Conflict, Forbidden, Rest
from streaky.http import Patience

LABEL_COLOUR, LABEL_SAYS = "db6d28", "Alerts of Streaky about a contribution streak"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. `author`: a login, "" for an account that is gone; `ours`: the bot whose token asked wrote
    it; `created` is aware; `answered`: the bot has reacted to it."""

    id: int
    author: str
    ours: bool
    created: datetime
    body: str
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A person closed the issue, at an aware instant."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """The issue: its last comments, oldest first, and who closed it; `closing` is None while it is open, or
    when a bot closed it."""

    number: int
    open: bool = True
    comments: tuple[Comment, ...] = ()
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Tracker:
    """Whether the repository has issues at all, and the one that the bot opened, if it has."""

    enabled: bool
    issue: Issue | None = None


def read_tracker(found: Mapping[str, Any]) -> Tracker:
    """The issue in the repository's part of an answer. Raises what taking apart an answer of another shape
    raises."""
    ours = [each for each in found["issues"]["nodes"] if each["viewerDidAuthor"]]
    return Tracker(found["hasIssuesEnabled"] is True, _issue(ours[0]) if ours else None)


def labels_of(login: str, *, member: bool) -> tuple[str, ...]:
    """The labels of a person's issue, of which the first is on no other: `streaky`, or for a team's member
    one that names them."""
    return (f"{LABEL}: {login.lower()}", TEAM_LABEL) if member else (LABEL,)


def read_trackers(found: Mapping[str, Any]) -> dict[str, Tracker]:
    """A team's issues in the repository's part of an answer, by login in lower case. Raises as above."""
    trackers: dict[str, Tracker] = {}
    for each in found["issues"]["nodes"]:
        logins = [str(label["name"]).partition(f"{LABEL}: ")[2].lower() for label in each["labels"]["nodes"]]
        for login in filter(None, logins if each["viewerDidAuthor"] else ()):
            trackers.setdefault(login, Tracker(found["hasIssuesEnabled"] is True, _issue(each)))
    return trackers


def _issue(found: Mapping[str, Any]) -> Issue:
    is_open = found["state"] == "OPEN"
    events = found["timelineItems"]["nodes"]
    return Issue(
        int(found["number"]),
        is_open,
        tuple(map(_comment, found["comments"]["nodes"])),
        _closing(events[-1]) if events and not is_open else None,
    )


def _comment(found: Mapping[str, Any]) -> Comment:
    return Comment(
        int(found["databaseId"]),
        str((found["author"] or {}).get("login") or ""),
        found["viewerDidAuthor"] is True,
        datetime.fromisoformat(found["createdAt"]),
        str(found["body"]),
        found["reactions"]["viewerHasReacted"] is True,
    )


def _closing(event: Mapping[str, Any]) -> Closing | None:
    actor = event["actor"] or {}
    if actor.get("__typename") != "User":
        return None
    return Closing(str(actor["login"]), datetime.fromisoformat(event["createdAt"]))


class Issues:
    """Writes to the issues of one repository with the job's own token. Each method makes one request, but for
    `open`, and raises CouldNotTell, of which Forbidden and Gone."""

    def __init__(self, rest: Rest, owner_name: tuple[str, str]) -> None:
        self._rest, self._owner, self.repository = rest, owner_name[0], "/".join(owner_name)
        self._repository = f"/repos/{self.repository}"
        self._issues = f"{self._repository}/issues"

    def open(
        self, title: str, body: str, assignee: str, patience: Patience, labels: Sequence[str] = (LABEL,)
    ) -> int:
        """Open an issue with our labels; its number. Whoever may not be assigned is not."""
        for name in labels:
            label = {"name": name, "color": LABEL_COLOUR, "description": LABEL_SAYS}
            with suppress(Conflict):  # it exists
                self._rest.post(f"{self._repository}/labels", patience, label)
        asked = {"title": title, "body": body, "labels": [*labels]}
        found = self._rest.post(self._issues, patience, asked)
        number = int(found["number"])
        with suppress(CouldNotTell):
            self._rest.post(f"{self._issues}/{number}/assignees", patience, {"assignees": [assignee]})
        return number

    def comment(self, number: int, body: str, patience: Patience) -> int:
        """Comment on an issue; the comment's id."""
        found = self._rest.post(f"{self._issues}/{number}/comments", patience, {"body": body})
        return int(found["id"])

    def edit(self, comment: int, body: str, patience: Patience) -> None:
        """Let a comment say something else."""
        self._rest.patch(f"{self._issues}/comments/{comment}", patience, {"body": body})

    def set_state(self, number: int, state: Literal["open", "closed"], patience: Patience) -> None:
        """Reopen or close an issue."""
        self._rest.patch(f"{self._issues}/{number}", patience, {"state": state})

    def react(self, comment: int, content: str, patience: Patience) -> None:
        """React to a comment, with REST's name of the reaction. To do so twice changes nothing."""
        self._rest.post(f"{self._issues}/comments/{comment}/reactions", patience, {"content": content})

    def may_write(self, login: str, patience: Patience) -> bool:
        """Whether a person may write to the repository. `authorAssociation` would not tell: a collaborator
        may have been given the right to read alone."""
        if login.casefold() == self._owner.casefold():
            return True
        try:
            path = f"{self._repository}/collaborators/{quote(login, safe='')}/permission"
            return self._rest.get(path, patience).get("permission") in ("admin", "write")
        except Forbidden:
            return False  # a stranger, or the job may not ask, and then only the owner is known
