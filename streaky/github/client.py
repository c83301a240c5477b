"""A small GraphQL client: one POST, and what GitHub's answer means.

GitHub says "no" in many shapes: HTTP statuses, errors beside HTTP 200, HTML pages, partial data. Each
becomes an answer, a reason to ask again, or `CouldNotTell` with its mend.
Source: GitHub docs, rate limits and query limits for the GraphQL API.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from streaky import HOMEPAGE, __version__
from streaky.errors import NEXT_RUN, Cause, CouldNotTell, NoReply
from streaky.http import Again, Exhausted, Http, Patience, Reply, seconds
from streaky.text import plain

SECONDARY_WAIT = 60.0  # seconds, where GitHub names none
TOKEN_MEND = "Check github-token: the job's own token, or a personal one that has not expired."
RENEW = "Renew the secret behind `token` in your workflow (`github-token`, where a step uses the action)."
OF_APPS = ("ghs_", "ghu_")  # how the tokens begin that an app gets, for itself or for a person
ENDS = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (UTC|[+-]\d{4})", re.ASCII)
TOO_MUCH = ("RESOURCE_LIMITS_EXCEEDED", "TIMEOUT")


log = logging.getLogger("streaky")


class YearRefused(Exception):
    """GitHub would not read so long a window; a shorter one may work."""


class Refused(CouldNotTell):
    """GitHub answered with an error. `kind` is its type, `where` the field it is about; `data` is the rest
    of the answer."""

    def __init__(
        self,
        what: str,
        why: str,
        mend: str,
        cause: Cause,
        values: Mapping[str, str],
        *,
        kind: str = "",
        where: str = "",
        data: Mapping[str, Any] = {},
    ) -> None:
        super().__init__(what, why, mend, cause, values)
        self.kind, self.where, self.data = kind, where, data


@dataclass(frozen=True, slots=True)
class Partial:
    """An answer of which parts may be missing: the data, and GitHub's errors, each with its part's path."""

    data: Mapping[str, Any]
    errors: tuple[Mapping[str, Any], ...] = ()


class GraphQL:
    """Asks one GitHub on behalf of one token; `personal` where that is a person's and not the job's own.

    `token_ends`: when a personal token expires, as the last answer said; None for never, and for an app's
    token, which is made anew for each run.
    """

    def __init__(self, url: str, token: str, *, personal: bool = False) -> None:
        self._url, self._personal = url, personal
        self._lasting = personal and not token.startswith(OF_APPS)
        self.token_ends: datetime | None = None
        self._http = Http(
            {
                "Authorization": f"bearer {token}",
                "User-Agent": f"streaky/{__version__} (+{HOMEPAGE})",
                "Accept": "application/json",
                "Content-Type": "application/json",
            }
        )

    def ask(
        self, query: str, variables: Mapping[str, Any], patience: Patience, *, long: bool = False
    ) -> dict[str, Any]:
        """The answer's `data`. `long`: a shorter window could be asked for instead, so that a refusal or
        a repeated time-out raises YearRefused. Raises CouldNotTell; Refused where GitHub said why."""
        body = json.dumps({"query": query, "variables": dict(variables)}).encode()
        strikes = 0

        log.debug("asking %s with %s", query, dict(variables))

        def attempt(within: float) -> dict[str, Any] | Again:
            nonlocal strikes
            try:
                reply = self._http.send("POST", self._url, within=within, data=body)
            except NoReply as error:
                if long and error.timed_out:
                    raise YearRefused from None
                raise
            log.debug("status %d, headers %s", reply.status, dict(reply.headers))
            if self._lasting:
                self.token_ends = token_ends(reply.headers)
            answer = interpret(reply, personal=self._personal)
            if isinstance(answer, Again) and answer.why in TIMED_OUT:
                strikes += 1
                if long and strikes > 1:
                    raise YearRefused
            return answer

        try:
            return patience.persist(attempt)
        except Exhausted as exhausted:
            what, at = f"GitHub gave no usable answer: {exhausted.last.why}.", again_from(exhausted.wait)
            why = f"It can be asked again from {at} UTC on." if at else ""
            cause = Cause.RATE_LIMITED if exhausted.last.why in USED_UP else Cause.NO_ANSWER
            raise CouldNotTell(what, why, NEXT_RUN, cause, {"time": at}) from None
        except NoReply as error:
            what = f"GitHub gave no usable answer: {error.what}."
            raise CouldNotTell(what, "", NEXT_RUN, Cause.NO_ANSWER) from None

    def ask_many(self, query: str, variables: Mapping[str, Any], within: float) -> Partial | Again:
        """One try of a query whose parts may fail alone. Raises YearRefused where all of it together was too
        much, as after a time-out; NoReply, CouldNotTell."""
        body = json.dumps({"query": query, "variables": dict(variables)}).encode()
        log.debug("asking %s with %s", query, dict(variables))
        try:
            reply = self._http.send("POST", self._url, within=within, data=body)
        except NoReply as error:
            if error.timed_out:
                raise YearRefused from None
            raise
        log.debug("status %d, headers %s", reply.status, dict(reply.headers))
        document = reply.json()
        if reply.status == 200 and isinstance(document, dict) and limited(reply, document) is None:
            data, errors = document.get("data"), document.get("errors")
            if isinstance(data, dict) and isinstance(errors, list):
                return Partial(data, tuple(each for each in errors if isinstance(each, dict)))
        answer = interpret(reply, personal=self._personal)
        if isinstance(answer, Again):
            if answer.why in TIMED_OUT:
                raise YearRefused
            return answer
        return Partial(answer)


def token_ends(headers: Mapping[str, str]) -> datetime | None:
    """When a personal token expires (aware); None for one that does not, or where GitHub does not say.

    Two forms were seen: `2027-01-31 12:00:00 UTC` and `2027-01-31 12:00:00 -0800`.
    Source: google/go-github#2649, WebKit/WebKit#53897.
    """
    match = ENDS.fullmatch(headers.get("GitHub-Authentication-Token-Expiration", "").strip())
    if not match:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3].replace('UTC', '+0000')}")
    except ValueError:
        return None


PRIMARY, SECONDARY = "its rate limit is used up", "its secondary rate limit holds"
USED_UP = (PRIMARY, SECONDARY)
UPSTREAM = "it timed out on its side"
SOMETHING = "something went wrong on its side"
TIMED_OUT = (UPSTREAM, SOMETHING)


def again_from(wait: float | None) -> str:
    """The time, in UTC, from which GitHub may be asked again; "" where that is not known."""
    return "" if wait is None else f"{datetime.fromtimestamp(time.time() + wait, UTC):%H:%M}"


def interpret(reply: Reply, *, personal: bool) -> dict[str, Any] | Again:
    """What a reply means: `data`, or a reason to ask again. Raises CouldNotTell, YearRefused."""
    document = reply.json()
    document = document if isinstance(document, dict) else None
    wait = limited(reply, document)
    if wait:
        return wait
    message = plain(str((document or {}).get("message") or ""), 200)
    said = f'GitHub said: "{message}".' if message else ""
    if reply.status == 401 and personal:
        what = "Your personal token has expired, or was revoked."
        raise CouldNotTell(what, "", RENEW, Cause.TOKEN_EXPIRED)
    if reply.status == 401:
        raise CouldNotTell("GitHub refused the token.", "", TOKEN_MEND, Cause.TOKEN_REFUSED)
    if reply.status in (502, 504):
        return Again(UPSTREAM)
    if reply.status >= 500:
        return Again(f"it answered {reply.status}")
    if 300 <= reply.status < 400:
        raise CouldNotTell(
            f"GitHub answered {reply.status}, a redirect, which is not followed.",
            "",
            "Check GITHUB_GRAPHQL_URL.",
            Cause.REDIRECTED,
            {"status": str(reply.status)},
        )
    if reply.status != 200:
        values = {"status": str(reply.status), "message": message}
        what = f"GitHub answered {reply.status}."
        raise Refused(what, said, TOKEN_MEND, Cause.REFUSED, values, kind=str(reply.status))
    if document is None:
        return Again("its answer was not JSON")
    errors = document.get("errors")
    if errors:
        return _refused(errors if isinstance(errors, list) else [errors], document.get("data"))
    data = document.get("data")
    if not isinstance(data, dict):
        return Again("its answer held no data")
    return data


def limited(reply: Reply, document: dict[str, Any] | None) -> Again | None:
    """A rate limit, primary or secondary, and the wait it asks for."""
    errors = (document or {}).get("errors")
    listed = [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    typed = any(each.get("type") in ("RATE_LIMITED", "RATE_LIMIT") for each in listed)
    message = str((document or {}).get("message", ""))
    texts = " ".join([message, *(str(each.get("message", "")) for each in listed)]).lower()
    if typed or (reply.status in (403, 429) and reply.headers.get("x-ratelimit-remaining") == "0"):
        try:
            wait = seconds(max(float(reply.headers.get("x-ratelimit-reset", "")) - time.time(), 0.0))
        except ValueError:
            wait = None
        return Again(PRIMARY, _first(reply.retry_after, wait, SECONDARY_WAIT))
    if "secondary rate limit" in texts and reply.status in (200, 403, 429):
        return Again(SECONDARY, _first(reply.retry_after, SECONDARY_WAIT))
    if reply.status == 429 or (reply.status == 403 and reply.retry_after is not None):
        return Again(f"it answered {reply.status}, asking to wait", reply.retry_after)
    return None


def _first(*waits: float | None) -> float | None:
    """The first wait that is named, be it 0."""
    return next((wait for wait in waits if wait is not None), None)


def _refused(errors: list[Any], data: Any) -> Again:
    """What GraphQL errors mean; data beside them is partial, and of no use but beside an unknown user."""
    listed = [each for each in errors if isinstance(each, dict)] or [{}]
    error = next((each for each in listed if each.get("type") in TOO_MUCH), listed[0])
    path = error.get("path")
    kind, where = error.get("type"), path[0] if isinstance(path, list) and path else ""
    message = plain(str(error.get("message", "")), 200)
    if kind in TOO_MUCH:
        raise YearRefused
    if message.startswith("Something went wrong"):
        return Again(SOMETHING)
    rest = data if isinstance(data, dict) else {}
    said = f'It said: "{message}".' if message else ""
    what, why, mend = "GitHub answered with an error.", said, TOKEN_MEND
    cause, values = Cause.ERROR, {"message": message}
    if kind == "NOT_FOUND" and where == "user":
        what, why, cause, values = "GitHub knows no such user.", "", Cause.NO_USER, {}
        mend = "Check user: it must be a person's login as in github.com/LOGIN, not an organization."
    if kind == "NOT_FOUND" and where == "repository":
        what, why = "The token cannot see this repository, so its config file could not be read.", ""
        cause, values = Cause.NO_REPOSITORY, {}
        mend = "Let github-token read this repository, or check it out in a step before."
    raise Refused(what, why, mend, cause, values, kind=str(kind or ""), where=str(where), data=rest)
