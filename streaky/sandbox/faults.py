"""The ways in which a service can go wrong, each a value that `Service.fail` takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from streaky.sandbox.exchange import Response

FaultKind = Literal["answer", "answer-after", "hang", "drop", "drop-after", "truncate", "drip", "slow"]
EDGE_PAGE = (
    "<!DOCTYPE html><html><head><title>Access denied</title></head><body>error code: 1015</body></html>"
)
PORTAL_PAGE = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Sign in to go on.</body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong; made by the constructors below. `seconds` is a duration, or the time per byte."""

    kind: FaultKind
    response: Response | None = None
    seconds: float = 0.0

    @classmethod
    def status(
        cls,
        code: int,
        body: str | bytes | dict[str, Any] = b"",
        headers: Mapping[str, str] | None = None,
        *,
        after: bool = False,
    ) -> Fault:
        """Answer this instead of processing the request, or with `after` though it was processed. A dict is
        sent as JSON."""
        kind: FaultKind = "answer-after" if after else "answer"
        if isinstance(body, dict):
            return cls(kind, Response.json(body, code, headers))
        data = body.encode() if isinstance(body, str) else body
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        return cls(kind, Response(code, data, plain | dict(headers or {})))

    @classmethod
    def graphql(
        cls,
        kind: str,
        message: str = "Something happened.",
        *,
        path: str = "createCommitOnBranch",
        status: int = 200,
        after: bool = False,
    ) -> Fault:
        """GitHub's GraphQL answers a field with an error of this type, such as INTERNAL, SERVICE_UNAVAILABLE
        or BRANCH_PROTECTION_RULE_VIOLATION; with `after` though it did what was asked."""
        error = {"type": kind, "path": [path], "message": message}
        return cls.status(status, {"data": {path: None}, "errors": [error]}, after=after)

    @classmethod
    def edge_ban(cls) -> Fault:
        """Cloudflare's ban of an IP address, error 1015: 429 as a page, none of the service's own headers."""
        return cls("answer", Response.text(EDGE_PAGE, 429, "text/html"))

    @classmethod
    def edge_refusal(cls, status: int = 403, code: int = 1010) -> Fault:
        """Cloudflare, or a proxy like it, refuses before the service sees it: plain text, an error number.

        1006, 1010 and 1020 are bans of an address, a client and a rule; a 401 or 404 of that kind says
        nothing about the service's own token or address. Source: Cloudflare docs, "1xxx errors"; rotki#12752.
        """
        return cls.status(status, f"error code: {code}", {"Server": "cloudflare"})

    @classmethod
    def garbage(cls) -> Fault:
        """A captive portal's answer: 200 and a page. The request does not reach the service."""
        return cls("answer", Response.text(PORTAL_PAGE, 200, "text/html"))

    @classmethod
    def redirect(cls, location: str) -> Fault:
        """Point elsewhere with 307, which keeps method and body: who follows it hands everything over."""
        return cls("answer", Response(307, b"", {"Location": location}))

    @classmethod
    def hang(cls, seconds: float) -> Fault:
        """Hold the connection for so long, then close it without an answer. The request is not processed."""
        return cls("hang", seconds=seconds)

    @classmethod
    def drop(cls) -> Fault:
        """Reset the connection; the request is not processed."""
        return cls("drop")

    @classmethod
    def drop_after(cls) -> Fault:
        """Process the request, then reset the connection: a message is sent and nobody is told."""
        return cls("drop-after")

    @classmethod
    def truncate(cls) -> Fault:
        """Process the request; announce the whole body, send half of it, close."""
        return cls("truncate")

    @classmethod
    def drip(cls, seconds_per_byte: float) -> Fault:
        """Process the request; send the answer, head too, byte by byte, so that no read time-out strikes."""
        return cls("drip", seconds=seconds_per_byte)

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """Process the request, and answer it, only after a pause."""
        return cls("slow", seconds=seconds)
