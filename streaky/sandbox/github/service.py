"""GitHub on loopback: GraphQL over contributions and repositories, with its refusals and limits.

Source: GitHub docs, "Rate limits and query limits for the GraphQL API", "Getting started with the REST API"
(user agent required); error texts as github.com sends them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Literal

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.github.answers import (
    API,
    NO_AGENT,
    PAGE,
    Collapse,
    Refusal,
    instant,
    problem,
    request_id,
    went_wrong,
)
from streaky.sandbox.github.git import Commit, belongs, holder
from streaky.sandbox.github.graphql.connections import connection
from streaky.sandbox.github.graphql.repository import create_commit_on_branch
from streaky.sandbox.github.graphql.repository import pull as pull_fields
from streaky.sandbox.github.graphql.repository import repository as repository_fields
from streaky.sandbox.github.limits import SECONDARY, Limits, Resource
from streaky.sandbox.github.people import Person, Span, collection
from streaky.sandbox.github.repositories import Repository, repository
from streaky.sandbox.github.rest.issues import Asker
from streaky.sandbox.github.rest.routes import PATH, PREFIX, repository_shown, rest, user_shown
from streaky.sandbox.github.tokens import Token
from streaky.sandbox.github.work import work
from streaky.sandbox.service import Service

Refused = Literal["RESOURCE_LIMITS_EXCEEDED", "TIMEOUT", "SOMETHING_WENT_WRONG"]


class GitHub(Service):
    """The service. Settings may be changed at any time.

    `tokens`: those accepted; while empty, any is, as are those of `token()`. `blind_tokens`: those that do
    not see private repositories; `read_only_tokens`: those without `contents: write`; `no_actions_tokens`:
    those without `actions: read`. `token_owners`: the person whose a token is, by token; `token()` says all
    of that at once. `last_day`: the last date that any calendar covers. `refuse_year`: how a
    contributionsCollection that spans more than `refuse_beyond` is refused; None: it is not. `clock`: the
    time now (aware).
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
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.limits = Limits()
        self._known: dict[str, Token] = {}
        self._people: dict[str, Person] = {}
        self._repositories: dict[str, Repository] = {}
        self._routes: dict[tuple[str, str], Callable[[Request, Token], Response]] = {
            ("POST", "/graphql"): self._graphql,
            ("POST", "/api/graphql"): self._graphql,  # GitHub Enterprise Server
            ("GET", "/user"): self._whoami,
            ("GET", "/rate_limit"): self._rate_limit,
        }

    def token(self, text: str, **powers: Any) -> Token:
        """Say what a token may do; `powers` are fields of `Token`, such as `issues="read"`."""
        token = Token(text, **powers)
        self._known[text] = token
        return token

    def person(
        self,
        login: str,
        created: date = date(2020, 1, 1),
        contributions: Mapping[date, int] | None = None,
        private: bool = False,
        name: str | None = None,
        emails: Iterable[str] = (),
    ) -> Person:
        """Add a person, or replace the one of that login. `emails` are linked to the account."""
        person = Person(login, created, dict(contributions or {}), private, name, {*emails})
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
        added.whose = self._whose
        self._repositories[full_name.casefold()] = added
        return added

    def work(self, login: str, at: datetime, **things: str) -> None:
        """Give a person things to do, each as "owner/repository: what it is": see `Work` in work.py."""
        work(self, login, at, **things)

    def _whose(self, email: str) -> str | None:
        """The login of the account that an e-mail address is linked to."""
        linked = (each.login for each in self._people.values() if email in each.emails)
        return next(linked, None) or holder(email)

    def known(self, full_name: str) -> Repository | None:
        """The repository of a name."""
        return self._repositories.get(full_name.casefold())

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

    def rate_limited(self, reset_in: float, resource: Resource = "graphql") -> None:
        """Let the points of a resource be used up until `heal()`, with the reset so many seconds from now."""
        self.limits.primary[resource] = time.time() + reset_in

    def secondary_limited(self, retry_after: float | None = None) -> None:
        """Refuse everything as a secondary rate limit, naming the wait in seconds or none, until `heal()`."""
        self.limits.secondary = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}

    def heal(self) -> None:
        """End all faults, rate limits and refused years."""
        super().heal()
        self.limits.heal()
        self.refuse_year = None

    def handle(self, request: Request) -> Response:
        """The answer, with the headers that all of GitHub's have."""
        if not request.headers.get("User-Agent"):
            return Response.text(NO_AGENT, 403)
        told = {"X-GitHub-Request-Id": request_id()}
        text = token_of(request.headers.get("Authorization", ""))
        if not text or (self.tokens and text not in self.tokens | self._known.keys()):
            response = problem(401, "Bad credentials")
        elif self.limits.secondary is not None:
            response = problem(403, SECONDARY, self.limits.secondary)
        else:
            token = self._token(text)
            told |= token.headers()
            route = self._routes.get((request.method, request.path.removeprefix(PREFIX)))
            response = (route or self._rest)(request, token)
        return Response(response.status, response.body, {**told, **response.headers})

    def _token(self, text: str) -> Token:
        """What is known of a token; one that nobody spoke of may do everything."""
        token = self._known.get(text) or Token(text, owner=self.token_owners.get(text))
        if text in self.read_only_tokens:
            token = replace(token, contents="read")
        if text in self.no_actions_tokens:
            token = replace(token, actions="none")
        return replace(token, sees_private=False) if text in self.blind_tokens else token

    def _seen(self, full_name: str, token: Token) -> Repository | None:
        """The repository of a name, if there is one for this token."""
        found = self._repositories.get(full_name.casefold())
        return found if found and (token.sees_private or not found.private) else None

    def _rest(self, request: Request, token: Token) -> Response:
        """REST, as far as the token's powers reach."""
        if "core" in self.limits.primary:
            said = problem(403, "API rate limit exceeded for installation ID 1.")
        else:
            self.limits.spend(token.text, "core")
            said = self._answer(request, token) or problem(404, "Not Found")
            # Links lead back here, as GitHub's own lead to GitHub: clients such as PyGithub follow them.
            said = replace(said, body=said.body.replace(API.encode(), self.url.encode()))
        headers = {**self.limits.headers(token.text, "core"), **said.headers}
        return Response(said.status, said.body, headers)

    def _answer(self, request: Request, token: Token) -> Response | None:
        match = PATH.fullmatch(request.path)
        if match and match[3] == "generate" and request.method == "POST":
            return self._generate(f"{match[1]}/{match[2]}", request, token)
        found = self._seen(f"{match[1]}/{match[2]}", token) if match else None
        if match is None or found is None:
            return None
        with self.lock:
            spend = partial(self.limits.write, token.text)
            return rest(request, Asker(found, token, self.clock(), spend), match[3])

    def _generate(self, full_name: str, request: Request, token: Token) -> Response | None:
        """POST /repos/{owner}/{repo}/generate: a repository with a template's files and no history of its
        own. Source: GitHub REST docs, "Create a repository using a template"."""
        template, given = self._seen(full_name, token), request.json()
        if template is None or not template.template:
            return None
        name = f"{given.get('owner') or token.owner}/{given['name']}"
        if token.of_a_job or not token.owner:
            return problem(403, token.refusal)
        with self.lock:
            if self.known(name):
                return problem(422, "Could not clone: Name already exists on this account")
            made = self.repository(name, dict(template.files), private=bool(given.get("private")))
        return Response.json(repository_shown(made, token), 201)

    def _whoami(self, request: Request, token: Token) -> Response:
        """GET /user: the person whose the token is. A job's token is nobody's."""
        person = self._people.get((token.owner or "").casefold())
        if token.of_a_job or person is None:
            return problem(403, token.refusal)
        return Response.json(user_shown(person), headers=self.limits.headers(token.text, "core"))

    def _rate_limit(self, request: Request, token: Token) -> Response:
        """GET /rate_limit, which costs nothing."""
        core, graphql = (self.limits.state(token.text, name) for name in ("core", "graphql"))
        return Response.json({"resources": {"core": core, "graphql": graphql}, "rate": core})

    def _commit(self, token: Token) -> Callable[..., dict[str, Any]]:
        """Mutation.createCommitOnBranch with this token."""

        def create(_info: object, input: dict[str, Any]) -> dict[str, Any]:
            name = str(input["branch"].get("repositoryNameWithOwner") or "")
            found = self._seen(name, token)
            if found is None:
                raise Refusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
            if not token.may("contents", "write"):
                raise Refusal("FORBIDDEN", token.refusal)
            if found.archived:
                raise Refusal("UNPROCESSABLE", "Repository was archived so is read-only.")
            return create_commit_on_branch(found, input, token, self.clock())

        return create

    def _graphql(self, request: Request, token: Token) -> Response:
        """POST /graphql. Nearly everything is a 200; `errors` tells."""
        if "graphql" in self.limits.primary:
            error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
            return Response.json({"errors": [error]}, headers=self.limits.headers(token.text, "graphql"))
        try:
            asked = request.json()
            query, variables = asked["query"], asked.get("variables") or {}
            if not isinstance(query, str) or not isinstance(variables, dict):
                raise TypeError
        except (ValueError, TypeError, KeyError):
            return problem(400, "Problems parsing JSON")
        from streaky.sandbox.github.graphql.schema import answer, price  # graphql-core, only once it is asked

        root: dict[str, Callable[..., Any]] = {
            "user": self._user(token),
            "search": self._search(token),
            "viewer": lambda _info: self._viewer(token),
            "repository": self._repository(token),
            "rateLimit": lambda _info, **_: self.limits.shown(token.text),
            "createCommitOnBranch": self._commit(token),
        }
        status = 200
        with self.lock:  # so that a query sees no commit half made, and a commit is atomic
            self.limits.spend(token.text, "graphql", price(query, variables))
            try:
                document = answer(query, variables, asked.get("operationName"), root)
            except Collapse as collapse:
                document, status = {"errors": [{"message": went_wrong()}]}, collapse.status
        return Response.json(document, status, self.limits.headers(token.text, "graphql"))

    def _viewer(self, token: Token) -> dict[str, Any]:
        """Query.viewer: the person whose the token is, or the bot."""
        login = token.login("somebody")
        person = self._people.get(login.casefold(), Person(login, date(2020, 1, 1)))
        return self._shown(person, token)

    def _user(self, token: Token) -> Callable[..., dict[str, Any]]:
        """Query.user with this token."""

        def user(_info: object, login: str) -> dict[str, Any]:
            person = self._people.get(login.casefold())
            if person is None:
                raise Refusal("NOT_FOUND", f"Could not resolve to a User with the login of '{login}'.")
            return self._shown(person, token)

        return user

    def _search(self, token: Token) -> Callable[..., dict[str, Any]]:
        """Query.search with this token."""
        from streaky.sandbox.github.graphql.search import search

        return lambda _info, **asked: search(self._listed(token), token, **asked)

    def _shown(self, person: Person, token: Token) -> dict[str, Any]:
        """A User."""

        def contributions(_info: object, **window: str) -> dict[str, Any]:
            return self._contributions(person, window.get("from"), window.get("to"))

        return {
            "__typename": "User",
            "login": person.login,
            "name": person.name,
            "url": f"{PAGE}/{person.login}",
            "createdAt": f"{person.created.isoformat()}T00:00:00Z",
            "contributionsCollection": contributions,
            "pullRequests": partial(self._pulls, person, token),
            "repositories": partial(self._owned, person, token),
        }

    def _listed(self, token: Token) -> list[Repository]:
        """The repositories that show in a list for this token."""
        return [
            each
            for each in self._repositories.values()
            if not each.private
            or token.lists(each.full_name, private=True, role=each.role(token.login(each.owner)))
        ]

    def _pulls(
        self,
        person: Person,
        token: Token,
        _info: object,
        states: list[str] | None = None,
        orderBy: Mapping[str, str] | None = None,  # noqa: N803
        **page: Any,
    ) -> dict[str, Any]:
        """User.pullRequests."""
        found = [
            (repository, each)
            for repository in self._listed(token)
            for each in repository.tracker.pulls
            if each.author.casefold() == person.login.casefold() and (not states or each.state in states)
        ]
        if orderBy:
            updated = orderBy["field"] == "UPDATED_AT"
            found.sort(key=lambda each: each[1].updated if updated else each[1].created)
            found = found[::-1] if orderBy["direction"] == "DESC" else found
        return connection("pullRequests", found, lambda each: pull_fields(*each, token), **page)

    def _owned(
        self,
        person: Person,
        token: Token,
        _info: object,
        orderBy: Mapping[str, str] | None = None,  # noqa: N803
        ownerAffiliations: list[str] | None = None,  # noqa: N803
        **page: Any,
    ) -> dict[str, Any]:
        """User.repositories: the person's own and those they collaborate on, or what `ownerAffiliations`
        says."""

        def affiliation(each: Repository) -> str:
            own = each.owner.casefold() == person.login.casefold()
            return "OWNER" if own else "COLLABORATOR" if each.role(person.login) else ""

        wanted = ownerAffiliations or ["OWNER", "COLLABORATOR"]
        found = [each for each in self._listed(token) if affiliation(each) in wanted]
        if orderBy and orderBy["field"] == "PUSHED_AT":
            found.sort(key=lambda each: each.last_push, reverse=orderBy["direction"] == "DESC")
        return connection("repositories", found, lambda each: repository_fields(each, token), **page)

    def _contributions(self, person: Person, start: str | None, end: str | None) -> dict[str, Any]:
        """User.contributionsCollection."""
        span = Span.asked(instant(start), instant(end), self.clock())
        if span.over_a_year:
            raise Refusal("", "The total time spanned by 'from' and 'to' must not exceed 1 year")
        if self.refuse_year is not None and span.length > self.refuse_beyond:
            if self.refuse_year == "RESOURCE_LIMITS_EXCEEDED":
                raise Refusal("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
            raise Collapse(502 if self.refuse_year == "TIMEOUT" else 200)
        return collection(person, span.until(self.last_day))

    def _repository(self, token: Token) -> Callable[..., dict[str, Any]]:
        """Query.repository as this token sees it."""

        def seen(_info: object, owner: str, name: str, **_: bool) -> dict[str, Any]:
            found = self._seen(f"{owner}/{name}", token)
            if found is None:
                raise Refusal(
                    "NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'."
                )
            return repository_fields(found, token)

        return seen


def token_of(authorization: str) -> str:
    """The token of an Authorization header; empty for another scheme."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""
