"""A receiver of JSON webhooks that checks their signature, as the owner of one would write it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.service import Service

SIGNATURE = "X-Streaky-Signature-256"


class Endpoint:
    """One address of the receiver. `received`: the JSON bodies that it accepted, in order."""

    def __init__(self, service: WebhookReceiver, path: str, secret: str | None) -> None:
        self.path = path
        self.secret = secret
        self.received: list[Any] = []
        self._service = service

    @property
    def url(self) -> str:
        """Where to post."""
        return self._service.url + self.path

    def trusts(self, request: Request) -> bool:
        """Whether it was signed with the secret: `sha256=` and the hex HMAC-SHA256 of the raw body."""
        if self.secret is None:
            return True
        expected = "sha256=" + hmac.new(self.secret.encode(), request.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), request.headers.get(SIGNATURE, "").encode())


class WebhookReceiver(Service):
    """The service. `received`: what all endpoints accepted, in order. A GET is answered as a ping."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.received: list[Any] = []
        self._endpoints: dict[str, Endpoint] = {}

    def endpoint(self, path: str = "/hook", secret: str | None = None) -> Endpoint:
        """Add an endpoint, or replace the one at that path. With `secret`, unsigned requests are refused."""
        endpoint = Endpoint(self, path, secret)
        self._endpoints[path] = endpoint
        return endpoint

    def clear(self) -> None:
        """Forget the recorded requests and bodies."""
        super().clear()
        self.received.clear()
        for endpoint in self._endpoints.values():
            endpoint.received.clear()

    def handle(self, request: Request) -> Response:
        """200 for what is accepted; else why not."""
        endpoint = self._endpoints.get(request.path)
        if endpoint is None:
            return _refused(404, "there is no such endpoint")
        if request.method in ("GET", "HEAD"):
            return Response.json({"ok": True})
        if request.method != "POST":
            return _refused(405, "only GET and POST are answered")
        if not endpoint.trusts(request):
            return _refused(401, f"{SIGNATURE} is missing or wrong")
        try:
            document = request.json()
        except ValueError:
            return _refused(400, "the body is not JSON")
        with self.lock:
            self.received.append(document)
            endpoint.received.append(document)
        return Response.json({"ok": True})


def _refused(status: int, why: str) -> Response:
    return Response.json({"ok": False, "error": why}, status)
