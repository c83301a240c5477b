"""GitHub on loopback: GraphQL over contributions and repositories, with its refusals and limits.

Source: GitHub docs, "Rate limits and query limits for the GraphQL API", "Getting started with the REST API"
(user agent required); error texts as github.com sends them.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github_people import Person, Window, collection, stamp
from streaky.sandbox.github_refusals import Collapse, Refusal
from streaky.sandbox.github_repositories import Repository, repository
from streaky.sandbox.service import Service

Refused = Literal["RESOURCE_LIMITS_EXCEEDED", "TIMEOUT", "SOMETHING_WENT_WRONG"]
POINTS = 5000  # per hour and token
DOCS = "https://docs.github.com/"
NO_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header. "
    f"Check {DOCS} for other possible causes.\n"
)
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


class GitHub(Service):
    """The service. Settings may be changed at any time.

    `tokens`: those accepted; while empty, any is. `blind_tokens`: those that do not see private repositories.
    `last_day`: the last date that any calendar covers. `refuse_year`: how a contributionsCollection that
    spans more than `refuse_beyond` is refused; None: it is not.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.tokens: set[str] = set()
        self.blind_tokens: set[str] = set()
        self.last_day: date | None = None
        self.refuse_year: Refused | None = None
        self.refuse_beyond = timedelta(days=31)
        self._people: dict[str, Person] = {}
        self._repositories: dict[str, Repository] = {}
        self._used = 0
        self._primary: float | None = None  # epoch seconds of the reset, while the points are used up
        self._secondary: Mapping[str, str] | None = None  # the headers, while the limit holds
        self._routes: dict[tuple[str, str], Callable[[Request, str], Response]] = {
            ("POST", "/graphql"): self._graphql,
            ("POST", "/api/graphql"): self._graphql,  # GitHub Enterprise Server
        }

    def person(
        self,
        login: str,
        created: date = date(2020, 1, 1),
        contributions: Mapping[date, int] | None = None,
        private: bool = False,
        name: str | None = None,
    ) -> Person:
        """Add a person, or replace the one of that login."""
        person = Person(login, created, dict(contributions or {}), private, name)
        self._people[login.casefold()] = person
        return person

    def repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes] | None = None,
        private: bool = False,
        branch: str = "main",
    ) -> Repository:
        """Add a repository `owner/name`, or replace it."""
        added = repository(full_name, files, private, branch)
        self._repositories[full_name.casefold()] = added
        return added

    def rate_limited(self, reset_in: float) -> None:
        """Let the token's points be used up, with the reset so many seconds from now, until `heal()`."""
        self._primary = time.time() + reset_in

    def secondary_limited(self, retry_after: float | None = None) -> None:
        """Refuse everything as a secondary rate limit, naming the wait in seconds or none, until `heal()`."""
        self._secondary = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}

    def heal(self) -> None:
        """End all faults, rate limits and refused years."""
        super().heal()
        self._primary = self._secondary = self.refuse_year = None

    def handle(self, request: Request) -> Response:
        """The answer, with the headers that all of GitHub's have."""
        if not request.headers.get("User-Agent"):
            return Response.text(NO_AGENT, 403)
        identity = _identity()
        route = self._routes.get((request.method, request.path))
        token = _token(request.headers.get("Authorization", ""))
        if not token or (self.tokens and token not in self.tokens):
            response = _problem(401, "Bad credentials")
        elif self._secondary is not None:
            response = _problem(403, SECONDARY, self._secondary)
        elif route is None:
            response = _problem(404, "Not Found")
        else:
            response = route(request, token)
        return Response(response.status, response.body, {"X-GitHub-Request-Id": identity, **response.headers})

    def _graphql(self, request: Request, token: str) -> Response:
        """POST /graphql. Nearly everything is a 200; `errors` tells."""
        if self._primary is not None:
            error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
            return Response.json({"errors": [error]}, headers=self._points())
        try:
            asked = request.json()
            query, variables = asked["query"], asked.get("variables") or {}
            if not isinstance(query, str) or not isinstance(variables, dict):
                raise TypeError
        except (ValueError, TypeError, KeyError):
            return _problem(400, "Problems parsing JSON")
        from streaky.sandbox.github_schema import answer  # graphql-core, only once it is asked

        with self.lock:
            self._used = min(self._used + 1, POINTS)
        root: dict[str, Callable[..., Any]] = {
            "user": self._user,
            "repository": self._repository(token),
            "rateLimit": self._rate_limit,
        }
        try:
            document = answer(query, variables, asked.get("operationName"), root)
        except Collapse as collapse:
            return Response.json({"errors": [{"message": _went_wrong()}]}, collapse.status, self._points())
        return Response.json(document, headers=self._points())

    def _user(self, _info: object, login: str) -> dict[str, Any]:
        """Query.user."""
        person = self._people.get(login.casefold())
        if person is None:
            raise Refusal("NOT_FOUND", f"Could not resolve to a User with the login of '{login}'.")

        def contributions(_info: object, **window: str) -> dict[str, Any]:
            return self._contributions(person, window.get("from"), window.get("to"))

        return {
            "login": person.login,
            "name": person.name,
            "url": f"https://github.com/{person.login}",
            "createdAt": f"{person.created.isoformat()}T00:00:00Z",
            "contributionsCollection": contributions,
        }

    def _contributions(self, person: Person, start: str | None, end: str | None) -> dict[str, Any]:
        """User.contributionsCollection."""
        window = Window.asked(_instant(start), _instant(end), datetime.now(UTC))
        if window.over_a_year:
            raise Refusal("", "The total time spanned by 'from' and 'to' must not exceed 1 year")
        if self.refuse_year is not None and window.length > self.refuse_beyond:
            if self.refuse_year == "RESOURCE_LIMITS_EXCEEDED":
                raise Refusal("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
            raise Collapse(502 if self.refuse_year == "TIMEOUT" else 200)
        return collection(person, window.until(self.last_day))

    def _repository(self, token: str) -> Callable[..., dict[str, Any]]:
        """Query.repository as this token sees it."""

        def seen(_info: object, owner: str, name: str, **_: bool) -> dict[str, Any]:
            found = self._repositories.get(f"{owner}/{name}".casefold())
            if found is None or (found.private and token in self.blind_tokens):
                raise Refusal(
                    "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
                )

            def git_object(_info: object, expression: str | None = None) -> dict[str, Any] | None:
                return found.at(expression) if expression else None

            return {**found.shown(), "object": git_object}

        return seen

    def _rate_limit(self, _info: object, **_: bool) -> dict[str, Any]:
        """Query.rateLimit. A calendar is no connection, so a query costs one point."""
        reset_at = stamp(datetime.fromtimestamp(self._reset(), UTC))
        return {
            "limit": POINTS,
            "cost": 1,
            "remaining": POINTS - self._used,
            "used": self._used,
            "resetAt": reset_at,
        }

    def _points(self) -> dict[str, str]:
        """The rate limit's headers."""
        used = self._used if self._primary is None else POINTS
        return {
            "X-RateLimit-Limit": str(POINTS),
            "X-RateLimit-Remaining": str(POINTS - used),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str(self._reset()),
            "X-RateLimit-Resource": "graphql",
        }

    def _reset(self) -> int:
        """When the points return: epoch seconds, the next full hour where no test says otherwise."""
        return math.ceil(self._primary if self._primary is not None else time.time() // 3600 * 3600 + 3600)


def _token(authorization: str) -> str:
    """The token of an Authorization header; empty for another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""


def _problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error of the REST kind."""
    return Response.json(
        {"message": message, "documentation_url": f"{DOCS}rest", "status": str(status)}, status, headers
    )


def _identity() -> str:
    """A request's id, in the form of GitHub's."""
    return ":".join(secrets.token_hex(size).upper() for size in (2, 3, 4, 4, 4))


def _went_wrong() -> str:
    return (
        "Something went wrong while executing your query. This may be the result of a timeout, or it could "
        f"be a GitHub bug. Please include `{_identity()}` when reporting this issue."
    )


def _instant(text: str | None) -> datetime | None:
    """GitHub's DateTime as an instant in UTC; one without an offset is UTC."""
    if text is None:
        return None

    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise Refusal("", f"Could not coerce value {text!r} to DateTime") from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
