"""GitHub on loopback: GraphQL over contributions and repositories, with its refusals and limits.

Source: GitHub docs, "Rate limits and query limits for the GraphQL API", "Getting started with the REST API"
(user agent required); error texts as github.com sends them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github import fields
from streaky.sandbox.github.answers import (
    FORBIDDEN,
    NO_AGENT,
    PAGE,
    Collapse,
    Refusal,
    instant,
    problem,
    request_id,
    went_wrong,
)
from streaky.sandbox.github.git import BOT, Commit, belongs, noreply
from streaky.sandbox.github.limits import SECONDARY, Limits
from streaky.sandbox.github.people import Person, Span, collection
from streaky.sandbox.github.repositories import Repository, repository
from streaky.sandbox.github.rest.routes import PATH, rest
from streaky.sandbox.service import Service

Refused = Literal["RESOURCE_LIMITS_EXCEEDED", "TIMEOUT", "SOMETHING_WENT_WRONG"]


class GitHub(Service):
    """The service. Settings may be changed at any time.

    `tokens`: those accepted; while empty, any is. `blind_tokens`: those that do not see private repositories;
    `read_only_tokens`: those without `contents: write`; `no_actions_tokens`: those without `actions: read`.
    `token_owners`: the person whose a token is, by token; one that begins with ghs_ is a workflow's own.
    `last_day`: the last date that any calendar covers. `refuse_year`: how a contributionsCollection that
    spans more than `refuse_beyond` is refused; None: it is not.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.tokens: set[str] = set()
        self.blind_tokens: set[str] = set()
        self.read_only_tokens: set[str] = set()
        self.no_actions_tokens: set[str] = set()
        self.token_owners: dict[str, str] = {}
        self.last_day: date | None = None
        self.refuse_year: Refused | None = None
        self.refuse_beyond = timedelta(days=31)
        self._people: dict[str, Person] = {}
        self._repositories: dict[str, Repository] = {}
        self._limits = Limits()
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
        **more: Any,
    ) -> Repository:
        """Add a repository `owner/name`, or replace it; `more` are fields of `Repository`."""
        added = repository(full_name, files, **more)
        self._repositories[full_name.casefold()] = added
        return added

    def counting(self, login: str) -> list[Commit]:
        """The commits that count as a person's contributions: theirs by e-mail, on the default branch or
        gh-pages, in a repository that is no fork. Source: GitHub docs, profile contributions reference."""
        return [
            commit
            for repository in self._repositories.values()
            if not repository.fork
            for commit in repository.on_show()
            if belongs(commit, login)
        ]

    def rate_limited(self, reset_in: float) -> None:
        """Let the token's points be used up, with the reset so many seconds from now, until `heal()`."""
        self._limits.primary = time.time() + reset_in

    def secondary_limited(self, retry_after: float | None = None) -> None:
        """Refuse everything as a secondary rate limit, naming the wait in seconds or none, until `heal()`."""
        self._limits.secondary = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}

    def heal(self) -> None:
        """End all faults, rate limits and refused years."""
        super().heal()
        self._limits.primary = self._limits.secondary = self.refuse_year = None

    def handle(self, request: Request) -> Response:
        """The answer, with the headers that all of GitHub's have."""
        if not request.headers.get("User-Agent"):
            return Response.text(NO_AGENT, 403)
        identity = request_id()
        route = self._routes.get((request.method, request.path))
        token = token_of(request.headers.get("Authorization", ""))
        if not token or (self.tokens and token not in self.tokens):
            response = problem(401, "Bad credentials")
        elif self._limits.secondary is not None:
            response = problem(403, SECONDARY, self._limits.secondary)
        elif route is not None:
            response = route(request, token)
        else:
            response = self._rest(request, token) or problem(404, "Not Found")
        return Response(response.status, response.body, {"X-GitHub-Request-Id": identity, **response.headers})

    def _rest(self, request: Request, token: str) -> Response | None:
        """The REST routes, as far as the token's powers reach."""
        match = PATH.fullmatch(request.path)
        found = self._repositories.get(f"{match[1]}/{match[2]}".casefold()) if match else None
        if match is None or found is None or (found.private and token in self.blind_tokens):
            return None
        barred = self.no_actions_tokens if match[3].startswith("actions/") else self.read_only_tokens
        if token in barred and (request.method != "GET" or barred is self.no_actions_tokens):
            return problem(403, FORBIDDEN)
        with self.lock:
            return rest(request, found, match[3], self._identity(token, found))

    def _identity(self, token: str, found: Repository) -> tuple[str, str]:
        """The author of what is committed with a token."""
        owner = self.token_owners.get(token)
        if owner is None and token.startswith("ghs_"):
            return BOT
        return noreply(owner or found.owner)

    def _commit(self, token: str) -> Callable[..., dict[str, Any]]:
        """Mutation.createCommitOnBranch with this token."""

        def create(_info: object, input: dict[str, Any]) -> dict[str, Any]:
            name = str(input["branch"].get("repositoryNameWithOwner") or "")
            found = self._repositories.get(name.casefold())
            if found is None or (found.private and token in self.blind_tokens):
                raise Refusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
            if token in self.read_only_tokens:
                raise Refusal("FORBIDDEN", FORBIDDEN)
            return fields.create_commit_on_branch(found, input, self._identity(token, found))

        return create

    def _graphql(self, request: Request, token: str) -> Response:
        """POST /graphql. Nearly everything is a 200; `errors` tells."""
        if self._limits.primary is not None:
            error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
            return Response.json({"errors": [error]}, headers=self._limits.headers())
        try:
            asked = request.json()
            query, variables = asked["query"], asked.get("variables") or {}
            if not isinstance(query, str) or not isinstance(variables, dict):
                raise TypeError
        except (ValueError, TypeError, KeyError):
            return problem(400, "Problems parsing JSON")
        from streaky.sandbox.github.schema import answer  # graphql-core, only once it is asked

        root: dict[str, Callable[..., Any]] = {
            "user": self._user,
            "repository": self._repository(token),
            "rateLimit": self._limits.shown,
            "createCommitOnBranch": self._commit(token),
        }
        try:
            with self.lock:  # so that a query sees no commit half made, and a commit is atomic
                self._limits.spend()
                document = answer(query, variables, asked.get("operationName"), root)
        except Collapse as collapse:
            return Response.json(
                {"errors": [{"message": went_wrong()}]}, collapse.status, self._limits.headers()
            )
        return Response.json(document, headers=self._limits.headers())

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
            "url": f"{PAGE}/{person.login}",
            "createdAt": f"{person.created.isoformat()}T00:00:00Z",
            "contributionsCollection": contributions,
        }

    def _contributions(self, person: Person, start: str | None, end: str | None) -> dict[str, Any]:
        """User.contributionsCollection."""
        span = Span.asked(instant(start), instant(end), datetime.now(UTC))
        if span.over_a_year:
            raise Refusal("", "The total time spanned by 'from' and 'to' must not exceed 1 year")
        if self.refuse_year is not None and span.length > self.refuse_beyond:
            if self.refuse_year == "RESOURCE_LIMITS_EXCEEDED":
                raise Refusal("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
            raise Collapse(502 if self.refuse_year == "TIMEOUT" else 200)
        return collection(person, span.until(self.last_day))

    def _repository(self, token: str) -> Callable[..., dict[str, Any]]:
        """Query.repository as this token sees it."""

        def seen(_info: object, owner: str, name: str, **_: bool) -> dict[str, Any]:
            found = self._repositories.get(f"{owner}/{name}".casefold())
            if found is None or (found.private and token in self.blind_tokens):
                raise Refusal(
                    "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
                )
            return fields.repository(found)

        return seen


def token_of(authorization: str) -> str:
    """The token of an Authorization header; empty for another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""
