"""How GitHub's GraphQL shows issues, their comments, labels, assignees and reactions.

Source: GitHub's GraphQL schema, `Repository.issues`, `Issue`, `IssueComment`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from streaky.sandbox.github.answers import PAGE, Refusal, instant, number, stamp
from streaky.sandbox.github.graphql.connections import connection
from streaky.sandbox.github.issues import REACTIONS, Closing, Comment, Issue, Label, Reaction
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.tokens import Token

Show = dict[str, Any]
ORDERS: dict[str, Callable[[Issue], Any]] = {
    "CREATED_AT": lambda issue: issue.created,
    "UPDATED_AT": lambda issue: issue.updated,
    "COMMENTS": lambda issue: len(issue.comments),
}


def issue_fields(found: Repository, token: Token) -> Show:
    """The fields of Repository that are about issues, as a token sees them."""
    viewer = token.login(found.owner)

    def check() -> None:
        if found.private and not token.may("issues", "read"):  # what is public needs no permission
            raise Refusal("FORBIDDEN", token.refusal)

    def issues(
        _info: object,
        states: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        filterBy: Show | None = None,  # noqa: N803
        orderBy: Show | None = None,  # noqa: N803
        **page: Any,
    ) -> Show:
        check()
        chosen = list(found.issues) if found.has_issues else []
        narrow = {**(filterBy or {})}
        states, labels = states or narrow.get("states"), labels or narrow.get("labels")
        since = instant(narrow.get("since"))
        wanted = {name.casefold() for name in labels or ()}
        chosen = [
            each
            for each in chosen
            if (not states or each.state.upper() in states)
            and (not wanted or wanted & {name.casefold() for name in each.labels})
            and (not narrow.get("createdBy") or _same(narrow["createdBy"], each.author))
            and (not narrow.get("assignee") or any(_same(narrow["assignee"], who) for who in each.assignees))
            and (since is None or each.updated >= since)
        ]
        if orderBy:
            chosen.sort(key=ORDERS[orderBy["field"]], reverse=orderBy["direction"] == "DESC")
        return connection("issues", chosen, lambda each: issue_shown(found, each, viewer), **page)

    def issue(_info: object, number: int) -> Show:
        check()
        known = found.tracker.issue(number) if found.has_issues else None
        if known is None:
            raise Refusal("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
        return issue_shown(found, known, viewer)

    def label(_info: object, name: str) -> Show | None:
        known = found.tracker.known(name)
        return _label(known) if known else None

    return {"hasIssuesEnabled": found.has_issues, "issues": issues, "issue": issue, "label": label}


def actor(login: str) -> Show:
    """An Actor. A bot has no [bot] at its end here, unlike in REST."""
    short = login.removesuffix("[bot]")
    if short != login:
        return {"__typename": "Bot", "login": short, "url": f"{PAGE}/apps/{short}"}
    return {"__typename": "User", "login": login, "url": f"{PAGE}/{login}"}


def issue_shown(found: Repository, issue: Issue, viewer: str) -> Show:
    """An Issue."""

    def labels(_info: object, **page: Any) -> Show:
        return connection("labels", [found.tracker.label(name) for name in issue.labels], _label, **page)

    def assignees(_info: object, **page: Any) -> Show:
        return connection("assignees", issue.assignees, actor, **page)

    def comments(_info: object, orderBy: Show | None = None, **page: Any) -> Show:  # noqa: N803
        chosen = list(issue.comments)
        if orderBy:
            chosen.sort(key=lambda each: each.updated, reverse=orderBy["direction"] == "DESC")
        return connection("comments", chosen, lambda each: _comment(found, issue, each, viewer), **page)

    def events(_info: object, itemTypes: Sequence[str] | None = None, **page: Any) -> Show:  # noqa: N803
        if itemTypes and "CLOSED_EVENT" not in itemTypes:
            return connection("timelineItems", [], _closing, **page)
        return connection("timelineItems", issue.closings, _closing, **page)

    return {
        "__typename": "Issue",
        **_written(found, issue, viewer),
        "url": f"{found.page}/issues/{issue.number}",
        "number": issue.number,
        "title": issue.title,
        "state": issue.state.upper(),
        "stateReason": issue.reason.upper() if issue.reason else None,
        "closed": issue.state == "closed",
        "closedAt": stamp(issue.closing.at) if issue.closing else None,
        "locked": issue.locked,
        "labels": labels,
        "assignees": assignees,
        "comments": comments,
        "timelineItems": events,
    }


def _comment(found: Repository, issue: Issue, comment: Comment, viewer: str) -> Show:
    """An IssueComment."""

    def reactions(_info: object, content: str | None = None, **page: Any) -> Show:
        chosen = [each for each in comment.reactions if content in (None, REACTIONS[each.content])]
        mine = any(_same(each.user, viewer) for each in chosen)
        return connection("reactions", chosen, _reaction, **page) | {"viewerHasReacted": mine}

    return {
        **_written(found, comment, viewer),
        "url": f"{found.page}/issues/{issue.number}#issuecomment-{comment.id}",
        "fullDatabaseId": str(comment.id),
        "lastEditedAt": stamp(comment.updated) if comment.updated != comment.created else None,
        "reactions": reactions,
    }


def _written(found: Repository, text: Issue | Comment, viewer: str) -> Show:
    """What an issue and a comment have in common."""
    return {
        "id": f"{type(text).__name__}_{text.id}",
        "databaseId": text.id,
        "author": actor(text.author),
        "authorAssociation": found.association(text.author),
        "viewerDidAuthor": _same(text.author, viewer),
        "body": text.body,
        "createdAt": stamp(text.created),
        "updatedAt": stamp(text.updated),
    }


def _label(label: Label) -> Show:
    described = {"id": f"LA_{label.id}", "name": label.name, "color": label.color}
    return described | {"description": label.description}


def _closing(closing: Closing) -> Show:
    reason = closing.reason.upper()
    return {
        "__typename": "ClosedEvent",
        "id": f"CLE_{number(closing.by + stamp(closing.at))}",
        "actor": actor(closing.by),
        "createdAt": stamp(closing.at),
        "stateReason": reason,
    }


def _reaction(reaction: Reaction) -> Show:
    """A Reaction. A bot's has no user, which is a User or nobody."""
    bot = reaction.user.endswith("[bot]")
    return {
        "id": f"REA_{reaction.id}",
        "content": REACTIONS[reaction.content],
        "user": None if bot else actor(reaction.user),
        "createdAt": stamp(reaction.at),
    }


def _same(one: str, other: str) -> bool:
    """Whether two logins mean the same, with or without a bot's [bot]."""
    return one.removesuffix("[bot]").casefold() == other.removesuffix("[bot]").casefold()
