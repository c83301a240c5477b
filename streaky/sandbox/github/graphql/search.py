"""GitHub's search for issues and pull requests, as far as it is asked for here.

Source: GitHub docs, "Searching issues and pull requests". A qualifier that is not known is looked for as a
text, as GitHub does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streaky.sandbox.github.graphql.connections import connection
from streaky.sandbox.github.graphql.repository import issue, pull
from streaky.sandbox.github.issues import Issue
from streaky.sandbox.github.pulls import Pull
from streaky.sandbox.github.repositories import Repository
from streaky.sandbox.github.tokens import Token

Item = Issue | Pull
Test = Callable[[Repository, Item, str], bool]


def _is(found: Repository, item: Item, value: str) -> bool:
    kind = "pr" if isinstance(item, Pull) else "issue"
    state = item.state.casefold()
    return value in (
        kind,
        "open" if state == "open" else "closed",
        "private" if found.private else "public",
        *(["merged"] if state == "merged" else []),
        *(["draft"] if isinstance(item, Pull) and item.draft else []),
    )


def _linked(found: Repository, item: Item, value: str) -> bool:
    if isinstance(item, Pull):
        return value == "issue" and bool(item.closes)
    closing = (each for each in found.tracker.pulls if item.number in each.closes)
    return value == "pr" and any(closing)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


QUALIFIERS: dict[str, Test] = {
    "is": _is,
    "linked": _linked,
    "archived": lambda found, item, value: value == str(found.archived).lower(),
    "author": lambda found, item, value: _same(
        item.author, f"{value.removeprefix('app/')}[bot]" if value.startswith("app/") else value
    ),
    "assignee": lambda found, item, value: (
        isinstance(item, Issue) and any(_same(each, value) for each in item.assignees)
    ),
    "review-requested": lambda found, item, value: (
        isinstance(item, Pull) and any(_same(each, value) for each in item.reviewers)
    ),
    "draft": lambda found, item, value: isinstance(item, Pull) and value == str(item.draft).lower(),
    "label": lambda found, item, value: (
        isinstance(item, Issue) and any(_same(each, value) for each in item.labels)
    ),
    "repo": lambda found, item, value: _same(found.full_name, value),
    "user": lambda found, item, value: _same(found.owner, value),
}


def search(known: Iterable[Repository], token: Token, query: str, type: str, **page: Any) -> dict[str, Any]:
    """Query.search, over the repositories that the token lists. Raises Refusal."""
    hits = [*_found(known, token, query)] if type == "ISSUE" else []
    if "sort:updated-desc" in query.split():
        hits.sort(key=lambda hit: hit[1].updated, reverse=True)

    def show(hit: tuple[Repository, Item]) -> dict[str, Any]:
        found, item = hit
        return pull(found, item, token) if isinstance(item, Pull) else issue(found, item, token)

    shown = connection("search", hits, show, **page)
    return shown | {"issueCount": len(hits)}


def _found(known: Iterable[Repository], token: Token, query: str) -> Iterator[tuple[Repository, Item]]:
    asked = [each for each in query.split() if not each.startswith("sort:")]
    for found in known:
        role = found.role(token.login(found.owner))
        if not token.lists(found.full_name, private=found.private, role=role):
            continue
        items: list[Item] = [*(found.issues if found.has_issues else ()), *found.tracker.pulls]
        yield from ((found, item) for item in items if all(_fits(found, item, each) for each in asked))


def _fits(found: Repository, item: Item, asked: str) -> bool:
    name, colon, value = asked.removeprefix("-").partition(":")
    test = QUALIFIERS.get(name) if colon else None
    if test is None:
        return asked.casefold() in item.title.casefold()
    return test(found, item, value.strip('"')) is not asked.startswith("-")
