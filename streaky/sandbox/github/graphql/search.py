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


def search(listed: Iterable[Repository], token: Token, query: str, type: str, **page: Any) -> dict[str, Any]:
    """Query.search, over the repositories that the token lists. Raises Refusal."""
    hits = [*_found(listed, query)] if type == "ISSUE" else []
    if "sort:updated-desc" in query.split():
        hits.sort(key=lambda hit: hit[1].updated, reverse=True)

    def show(hit: tuple[Repository, Item]) -> dict[str, Any]:
        found, item = hit
        return pull(found, item, token) if isinstance(item, Pull) else issue(found, item, token)

    shown = connection("search", hits, show, **page)
    return shown | {"issueCount": len(hits)}


def _found(listed: Iterable[Repository], query: str) -> Iterator[tuple[Repository, Item]]:
    asked = [_asked(each) for each in query.split() if not each.startswith("sort:")]
    asked.sort(key=lambda each: each[0] is _is)  # nearly everything is an open issue: who is asked for first
    for found in listed:
        items: list[Item] = [*(found.issues if found.has_issues else ()), *found.tracker.pulls]
        for item in items:
            if all(test(found, item, value) is wanted for test, value, wanted in asked):
                yield found, item


def _asked(word: str) -> tuple[Test, str, bool]:
    """One word of a query: the test, the value that it is given, and what it must answer."""
    name, colon, value = word.removeprefix("-").partition(":")
    test = QUALIFIERS.get(name) if colon else None
    if test is None:
        return _titled, word.casefold(), True
    return test, value.strip('"'), not word.startswith("-")


def _titled(found: Repository, item: Item, value: str) -> bool:
    return value in item.title.casefold()
