"""A small REST client, for the few things that GraphQL does not do.

Source: GitHub REST docs, "Getting started with the REST API", "Best practices".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from streaky import HOMEPAGE, __version__
from streaky.errors import NEXT_RUN, CouldNotTell, NoReply
from streaky.github.client import limited
from streaky.http import Again, Exhausted, Http, Patience, Reply
from streaky.text import plain


class Forbidden(CouldNotTell):
    """The token may not do this here, or the thing does not exist, which GitHub does not tell apart."""


class Conflict(CouldNotTell):
    """GitHub refuses it as things are: it exists already, or has changed."""


class Gone(CouldNotTell):
    """What it is about is switched off here."""


class Rest:
    """Asks one GitHub on behalf of one token."""

    def __init__(self, api_url: str, token: str) -> None:
        self._url = api_url
        self._http = Http(
            {
                "Authorization": f"bearer {token}",
                "User-Agent": f"streaky/{__version__} (+{HOMEPAGE})",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "Content-Type": "application/json",
            }
        )

    def get(self, path: str, patience: Patience, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What lies at a path such as /repos/OWNER/NAME. Raises CouldNotTell, of which Forbidden."""
        return self._ask("GET", path, patience, params=params)[0]

    def get_with_headers(self, path: str, patience: Patience) -> tuple[dict[str, Any], Mapping[str, str]]:
        """The same, and the headers that came with it. Raises CouldNotTell, of which Forbidden."""
        return self._ask("GET", path, patience)

    def post(self, path: str, patience: Patience, body: Mapping[str, Any]) -> dict[str, Any]:
        """What is made there. A request whose answer was lost is repeated, so it must bear that.

        Raises CouldNotTell, of which Forbidden, Conflict and Gone.
        """
        return self._ask("POST", path, patience, data=json.dumps(body).encode())[0]

    def patch(self, path: str, patience: Patience, body: Mapping[str, Any]) -> dict[str, Any]:
        """What was changed there. Raises CouldNotTell, of which Forbidden, Conflict and Gone."""
        return self._ask("PATCH", path, patience, data=json.dumps(body).encode())[0]

    def _ask(
        self,
        method: str,
        path: str,
        patience: Patience,
        *,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> tuple[dict[str, Any], Mapping[str, str]]:
        def attempt(within: float) -> tuple[dict[str, Any], Mapping[str, str]] | Again:
            reply = self._http.send(method, self._url + path, within=within, params=params, data=data)
            answer = _judge(reply)
            return answer if isinstance(answer, Again) else (answer, reply.headers)

        try:
            return patience.persist(attempt)
        except Exhausted as exhausted:
            raise CouldNotTell(f"GitHub gave no usable answer: {exhausted.last.why}.", "", NEXT_RUN) from None
        except NoReply as error:
            raise CouldNotTell(f"GitHub gave no usable answer: {error.what}.", "", NEXT_RUN) from None


def _judge(reply: Reply) -> dict[str, Any] | Again:
    """What a reply means: a document, or a reason to ask again. Raises CouldNotTell."""
    found = reply.json()
    document: dict[str, Any] | None = found if isinstance(found, dict) else None
    wait = limited(reply, document)
    if wait:
        return wait
    if reply.status >= 500:
        return Again(f"it answered {reply.status}")
    message = plain(str((document or {}).get("message") or ""), 200)
    said = f'GitHub said: "{message}".' if message else ""
    if reply.status in (401, 403, 404):
        raise Forbidden(f"GitHub answered {reply.status}.", said)
    if reply.status in (409, 422):
        raise Conflict(f"GitHub answered {reply.status}.", said)
    if reply.status == 410:
        raise Gone(f"GitHub answered {reply.status}.", said)
    if not 200 <= reply.status < 300:
        raise CouldNotTell(f"GitHub answered {reply.status}.", said)
    return document if document is not None else Again("its answer was not JSON")
