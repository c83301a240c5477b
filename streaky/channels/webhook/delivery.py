"""A JSON webhook: each alert as a POST to any https URL, signed over its raw body.

The body's form is described in `streaky/webhook.schema.json`. The signature has the form of
GitHub's own webhooks. Source: GitHub docs, "Validating webhook deliveries".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from streaky import HOMEPAGE, __version__
from streaky.channels.base import Undelivered, marked, persist, redirected, refuse_edge, temporary
from streaky.http import Again, Http, Patience, proxied, reach
from streaky.messages import Alert

MEND = "Check webhook-url, and webhook-secret on both sides."


def payload(alert: Alert) -> dict[str, Any]:
    """The alert as data; times are ISO 8601 with offset, lengths are days."""
    facts, standing = alert.facts, alert.facts.standing
    current = standing.current if standing else None
    return {
        "version": 1,
        "kind": str(alert.slot.kind),
        "slot": str(alert.slot),
        "urgency": str(alert.urgency or ""),
        "title": alert.title,
        "text": alert.text,
        "user": facts.user,
        "profile": facts.profile,
        "link": alert.url,
        "pause": alert.pause[1] if alert.pause else None,
        "ways": [
            {"kind": str(way.means), "text": way.text, "url": way.url}
            for way in (alert.choice.ways if alert.choice else ())
        ],
        "status": str(standing.state) if standing else "unknown",
        "date": facts.day.date.isoformat(),
        "deadline": facts.day.deadline.isoformat(),
        "sentAt": facts.now.isoformat(timespec="seconds"),
        "today": standing.count if standing else None,
        "currentStreak": (current.days if current else 0) if standing else None,
        "exact": standing.exact if standing else None,
    }


def sign(body: bytes, secret: str) -> str:
    """The value of X-Streaky-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Webhook:
    """Any server that takes JSON."""

    name = key = "webhook"

    def __init__(self, url: str, secret: str) -> None:
        self.mark = marked(url)
        self._url, self._secret = url, secret
        agent = f"streaky/{__version__} (+{HOMEPAGE})"
        self._http = Http({"User-Agent": agent, "Content-Type": "application/json"})

    def deliver(self, alert: Alert, patience: Patience) -> str:
        """Post the alert; any 2xx confirms it. A retry has the same X-Streaky-Slot. Raises Undelivered."""
        data = json.dumps(payload(alert), ensure_ascii=False).encode()
        headers = {"X-Streaky-Slot": str(alert.slot)}
        if self._secret:
            headers["X-Streaky-Signature-256"] = sign(data, self._secret)

        def attempt(within: float) -> bool | Again:
            reply = self._http.send("POST", self._url, within=within, data=data, headers=headers)
            redirected("The webhook", reply)
            again = temporary(reply, None)
            if again or 200 <= reply.status < 300:
                return again or True
            # A server of any kind: JSON is its own word, and 410 has no other meaning.
            refuse_edge("The webhook", reply, None, "webhook-url", own=isinstance(reply.json(), dict))
            what, gone = f"The webhook answered {reply.status}.", reply.status in (401, 404, 410)
            raise Undelivered(what, MEND, only_this=reply.status == 400, dead=gone)

        persist("The webhook", patience, attempt)
        return ""

    def look_up(self, patience: Patience) -> str:
        """Whether the host can be reached: what a server does with any request is its own matter, so none is
        sent. Raises Undelivered."""

        def attempt(within: float) -> str:
            if proxied(self._url):
                return "Its form is right; only a test alert tells more: a proxy stands before its host."
            reach(self._url, within=within)
            return "Its host can be reached; only a test alert tells whether it takes alerts."

        return persist("The webhook's host", patience, attempt)
