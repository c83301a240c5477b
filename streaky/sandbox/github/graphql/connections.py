"""A part of a list as GitHub's GraphQL gives it: a connection.

Source: GitHub docs, "Using pagination in the GraphQL API"; error texts as github.com sends them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from streaky.sandbox.github.answers import Refusal

MOST = 100
Item = TypeVar("Item")


def connection(
    name: str,
    items: Sequence[Item],
    show: Callable[[Item], dict[str, Any]],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> dict[str, Any]:
    """The items that the arguments ask for, each as `show` makes it. Raises Refusal."""
    if first is None and last is None:
        said = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise Refusal("MISSING_PAGINATION_BOUNDARIES", said)
    for argument, asked in (("first", first), ("last", last)):
        if asked is not None and asked > MOST:
            said = f"Requesting {asked} records on the `{name}` connection exceeds the `{argument}` limit of"
            raise Refusal("EXCESSIVE_PAGINATION", f"{said} {MOST} records.")
    begin = _place(after) if after else 0
    end = _place(before) - 1 if before else len(items)
    if first is not None:
        end = min(end, begin + first)
    if last is not None:
        begin = max(begin, end - last)
    shown = items[begin:end]
    page = {
        "startCursor": _cursor(begin + 1) if shown else None,
        "endCursor": _cursor(begin + len(shown)) if shown else None,
        "hasPreviousPage": begin > 0,
        "hasNextPage": end < len(items),
    }
    return {"nodes": [show(each) for each in shown], "totalCount": len(items), "pageInfo": page}


def _cursor(place: int) -> str:
    return base64.b64encode(f"cursor:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("cursor:"))
    except (ValueError, binascii.Error):
        said = f"`{cursor}` does not appear to be a valid cursor."
        raise Refusal("INVALID_CURSOR_ARGUMENTS", said) from None
