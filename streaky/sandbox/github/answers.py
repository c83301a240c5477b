"""What GitHub's answers have in common: errors of both kinds, instants, ids, addresses, pages."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from zlib import crc32

from streaky.sandbox.exchange import Response

Item = TypeVar("Item")
API = "https://api.github.com"
PAGE = "https://github.com"
DOCS = "https://docs.github.com/"
FORBIDDEN = "Resource not accessible by integration"
BY_PULL_REQUEST = "Changes must be made through a pull request."
NO_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header. "
    f"Check {DOCS} for other possible causes.\n"
)


class Refusal(Exception):
    """A GraphQL field that is answered with an error. `kind` is the error's `type`, empty for one without."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Collapse(Exception):
    """The whole GraphQL query failed on GitHub's side, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def problem(status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """An error of the REST kind; `more` are further fields, such as `errors`."""
    said = {"message": message, **more, "documentation_url": f"{DOCS}rest", "status": str(status)}
    return Response.json(said, status, headers)


def went_wrong() -> str:
    """What GraphQL says when it failed as a whole."""
    return (
        "Something went wrong while executing your query. This may be the result of a timeout, or it could "
        f"be a GitHub bug. Please include `{request_id()}` when reporting this issue."
    )


def request_id() -> str:
    """A request's id, in the form of GitHub's."""
    return ":".join(secrets.token_hex(size).upper() for size in (2, 3, 4, 4, 4))


def instant(text: str | None) -> datetime | None:
    """GitHub's DateTime as an instant in UTC; one without an offset is UTC. Raises Refusal."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refusal("", f"Could not coerce value {text!r} to DateTime") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)


def stamp(instant: datetime) -> str:
    """An instant as GitHub's DateTime."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(name: str) -> int:
    """An id that stays the same for a name."""
    return crc32(name.casefold().encode())


def page(items: Sequence[Item], query: Mapping[str, str]) -> Sequence[Item]:
    """The part of a list that `per_page` (30, at most 100) and `page` ask for, if they are numbers."""
    size = min(_count(query, "per_page", 30), 100)
    first = (_count(query, "page", 1) - 1) * size
    return items[first : first + size]


def _count(query: Mapping[str, str], name: str, default: int) -> int:
    value = query.get(name, "")
    return max(int(value), 1) if value.isdecimal() else default
