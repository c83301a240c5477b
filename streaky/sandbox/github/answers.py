"""What GitHub's answers have in common: errors of the REST kind, ids, tokens and instants."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from streaky.sandbox.exchange import Response
from streaky.sandbox.github.refusals import Refusal

DOCS = "https://docs.github.com/"
NO_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header. "
    f"Check {DOCS} for other possible causes.\n"
)
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def token_of(authorization: str) -> str:
    """The token of an Authorization header; empty for another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error of the REST kind."""
    return Response.json(
        {"message": message, "documentation_url": f"{DOCS}rest", "status": str(status)}, status, headers
    )


def request_id() -> str:
    """A request's id, in the form of GitHub's."""
    return ":".join(secrets.token_hex(size).upper() for size in (2, 3, 4, 4, 4))


def went_wrong() -> str:
    return (
        "Something went wrong while executing your query. This may be the result of a timeout, or it could "
        f"be a GitHub bug. Please include `{request_id()}` when reporting this issue."
    )


def instant(text: str | None) -> datetime | None:
    """GitHub's DateTime as an instant in UTC; one without an offset is UTC."""
    if text is None:
        return None

    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refusal("", f"Could not coerce value {text!r} to DateTime") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
