"""What a person has to do on GitHub, in one request: their pushes of today, reviews, pull requests, issues.

The job's own token sees what is public, as any app's does; `viewer` is then the bot. What is private is told
only to the person's own token.
Source: GitHub's GraphQL schema; GitHub docs, "Searching issues and pull requests", "Rate limits and query
limits for the GraphQL API" (one point).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from streaky.errors import CouldNotTell
from streaky.github.client import GraphQL, Refused, YearRefused
from streaky.github.queries import LABEL
from streaky.http import Patience

# A few of each are enough for three suggestions; the more are asked for, the longer GitHub takes.
SEARCHED, PULLS, REPOSITORIES, BRANCHES, COMMITS = 5, 10, 6, 6, 30
LATELY = timedelta(days=14)  # how far back a branch may wait
PLACE = "nameWithOwner url isPrivate isFork isArchived owner { login } viewerPermission"
LATEST = "field: TAG_COMMIT_DATE, direction: DESC"  # the only order of branches by date
MADE = "oid author { date name email user { login } }"
RECENT = f"history(first: {COMMITS}, since: $since) {{ totalCount nodes {{ {MADE} committedDate }} }}"
WAYS = f"""query StreakyWays($login: String!, $reviews: String!, $issues: String!, $since: GitTimestamp!) {{
  viewer {{ login }}
  reviews: search(type: ISSUE, query: $reviews, first: {SEARCHED}) {{
    nodes {{ ... on PullRequest {{ number title url isDraft author {{ login }} repository {{ {PLACE} }} }} }}
  }}
  issues: search(type: ISSUE, query: $issues, first: {SEARCHED}) {{
    nodes {{ ... on Issue {{ number title url author {{ login }} repository {{ {PLACE} }} }} }}
  }}
  user(login: $login) {{
    login
    name
    pullRequests(states: OPEN, first: {PULLS}, orderBy: {{ field: UPDATED_AT, direction: DESC }}) {{
      nodes {{
        number title url isDraft author {{ login }} mergeable reviewDecision baseRefName
        repository {{ {PLACE} mergeCommitAllowed squashMergeAllowed defaultBranchRef {{ name }} }}
      }}
    }}
    repositories(first: {REPOSITORIES}, orderBy: {{ field: PUSHED_AT, direction: DESC }}) {{
      nodes {{
        {PLACE}
        parent {{
          {PLACE}
          defaultBranchRef {{ name target {{ ... on Commit {{ {RECENT} }} }} }}
        }}
        defaultBranchRef {{ name target {{ ... on Commit {{ {RECENT} }} }} }}
        refs(refPrefix: "refs/heads/", first: {BRANCHES}, orderBy: {{ {LATEST} }}) {{
          nodes {{
            name
            associatedPullRequests(first: 1) {{ totalCount }}
            target {{ ... on Commit {{ {MADE} parents(first: 1) {{ totalCount }} }} }}
          }}
        }}
      }}
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A repository. `default`: its default branch, "" where that was not asked for; `may_push`: whether the
    token may push to it."""

    name: str
    url: str
    owner: str
    private: bool
    fork: bool
    archived: bool
    may_push: bool
    default: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A pull request or an issue. Of a pull request: its `base` branch; whether these are in `conflict`;
    GitHub's `decision` on its reviews, "" for none; whether merging it makes a commit (`commits`), which a
    rebase does not."""

    place: Place
    number: int
    title: str
    url: str
    author: str
    draft: bool = False
    base: str = ""
    conflict: bool = False
    decision: str = ""
    commits: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A commit: when it was authored, by the author's own clock; `login`: whose account the e-mail belongs
    to, "" for nobody's. Of a branch's head: the `branch`, whether any pull request ever came from it, and
    whether it is a merge."""

    oid: str
    at: datetime
    name: str
    email: str
    login: str
    branch: str = ""
    proposed: bool = False
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Activity:
    """What was pushed to a repository. `heads`: of its branches; `commits`: the last ones of the default
    branch; `upstream`: the same of what it is a fork of; `since`: from when on these, or of a fork those
    upstream, are all that there are."""

    place: Place
    parent: Place | None
    heads: tuple[Made, ...]
    commits: tuple[Made, ...]
    upstream: frozenset[str]
    since: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """What a person has to do. `own`: the token is the person's own; `name`: as their profile says it."""

    login: str
    name: str
    own: bool
    reviews: tuple[Item, ...] = ()
    issues: tuple[Item, ...] = ()
    pulls: tuple[Item, ...] = ()
    activities: tuple[Activity, ...] = ()


def read_work(client: GraphQL, login: str, began: datetime, patience: Patience) -> Work:
    """What a person has to do; `began`: when their day began (aware). One request.

    What GitHub refuses of it, such as a repository's pull requests, is left out. Raises CouldNotTell.
    """
    since = began.astimezone(UTC) - LATELY
    fresh = "is:open archived:false sort:updated-desc"
    variables = {
        "login": login,
        "reviews": f"is:pr {fresh} draft:false review-requested:{login} -author:{login}",
        # Without the issue that Streaky itself writes to, which is assigned to the person.
        "issues": f"is:issue {fresh} assignee:{login} -linked:pr -label:{LABEL}",
        "since": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    data: Mapping[str, Any]
    try:
        data = client.ask(WAYS, variables, patience)
    except Refused as refused:
        data = refused.data
        if not data.get("user"):
            raise
    except YearRefused:
        raise CouldNotTell("The question was too much for GitHub.") from None
    user = _of(data.get("user"))
    viewer = str(_of(data.get("viewer")).get("login") or "")
    return Work(
        login=str(user.get("login") or login),
        name=str(user.get("name") or ""),
        own=viewer.casefold() == login.casefold(),
        reviews=tuple(map(_item, _nodes(data, "reviews"))),
        issues=tuple(map(_item, _nodes(data, "issues"))),
        pulls=tuple(map(_item, _nodes(user, "pullRequests"))),
        activities=tuple(_activity(each, since) for each in _nodes(user, "repositories")),
    )


def _of(value: Any) -> Mapping[str, Any]:
    """A part of the answer; empty where GitHub left it out."""
    return value if isinstance(value, dict) else {}


def _nodes(part: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The nodes of a connection, without those that GitHub left out."""
    nodes = _of(part.get(name)).get("nodes")
    return (each for each in (nodes if isinstance(nodes, list) else ()) if isinstance(each, dict) and each)


def _place(found: Any) -> Place:
    found = _of(found)
    return Place(
        name=str(found.get("nameWithOwner") or ""),
        url=str(found.get("url") or ""),
        owner=str(_of(found.get("owner")).get("login") or ""),
        private=found.get("isPrivate") is not False,
        fork=found.get("isFork") is not False,
        archived=found.get("isArchived") is not False,
        may_push=found.get("viewerPermission") in ("WRITE", "MAINTAIN", "ADMIN"),
        default=str(_of(found.get("defaultBranchRef")).get("name") or ""),
    )


def _item(found: Mapping[str, Any]) -> Item:
    repository, number = _of(found.get("repository")), found.get("number")
    return Item(
        place=_place(repository),
        number=number if isinstance(number, int) else 0,
        title=str(found.get("title") or ""),
        url=str(found.get("url") or ""),
        author=str(_of(found.get("author")).get("login") or ""),
        draft=found.get("isDraft") is True,
        base=str(found.get("baseRefName") or ""),
        conflict=found.get("mergeable") == "CONFLICTING",
        decision=str(found.get("reviewDecision") or ""),
        commits=True in (repository.get("mergeCommitAllowed"), repository.get("squashMergeAllowed")),
    )


def _activity(found: Mapping[str, Any], since: datetime) -> Activity:
    parent = found.get("parent")
    commits, known = _recent(found, since)
    upstream, known_upstream = _recent(parent, since) if parent else ((), since)
    return Activity(
        place=_place(found),
        parent=_place(parent) if parent else None,
        heads=tuple(each for node in _nodes(found, "refs") if (each := _head(node))),
        commits=commits,
        upstream=frozenset(each.oid for each in upstream),
        since=known_upstream if parent else known,
    )


def _recent(found: Any, since: datetime) -> tuple[tuple[Made, ...], datetime]:
    """The last commits of the default branch, and from when on these are all; never, where it is not told."""
    history = _of(_of(_of(_of(found).get("defaultBranchRef")).get("target")).get("history"))
    nodes = [*_nodes({"history": history}, "history")]
    commits = tuple(each for node in nodes if (each := _made(node)))
    if history.get("totalCount") == len(nodes):
        return commits, since
    oldest = _instant(nodes[-1].get("committedDate")) if nodes else None
    return commits, oldest or datetime.max.replace(tzinfo=UTC)


def _head(found: Mapping[str, Any]) -> Made | None:
    target = _of(found.get("target"))
    proposed = _of(found.get("associatedPullRequests")).get("totalCount") != 0
    merge = _of(target.get("parents")).get("totalCount") not in (0, 1)
    return _made(target, branch=str(found.get("name") or ""), proposed=proposed, merge=merge)


def _made(found: Mapping[str, Any], **more: Any) -> Made | None:
    """A commit; None for one that is not told as it should be."""
    author = _of(found.get("author"))
    at = _instant(author.get("date"))
    if at is None:
        return None
    return Made(
        oid=str(found.get("oid") or ""),
        at=at,
        name=str(author.get("name") or ""),
        email=str(author.get("email") or ""),
        login=str(_of(author.get("user")).get("login") or ""),
        **more,
    )


def _instant(text: Any) -> datetime | None:
    """A DateTime or GitTimestamp, with its own offset; None for anything else."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
