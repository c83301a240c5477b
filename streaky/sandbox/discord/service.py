"""Discord's webhooks on loopback: executing one, its messages, their checks and rate limits.

Source: Discord documentation, Webhook Resource, API Reference, Rate Limits, Opcodes and Status Codes.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from streaky.sandbox.discord import form
from streaky.sandbox.discord.webhook import Message, Webhook
from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.service import Service
from streaky.sandbox.window import Allowance, Limit, Window

__all__ = ["Discord", "Message", "Webhook"]

# Made, not written down, so that no scanner of secrets takes it for a real one.
TOKEN = base64.urlsafe_b64encode(hashlib.sha512(b"webhook").digest()).decode()[:68]
ROUTE = re.compile(
    r"/api(?:/v(?P<version>\d+))?/webhooks/(?P<id>[^/]+)/(?P<token>[^/]+)(?:/messages/(?P<message>[^/]+))?"
)
AGENT = re.compile(r"DiscordBot \(\S+, \S+\)")
SNOWFLAKE = re.compile(r"\d{1,20}")
DEFAULT_VERSION = 6  # what a URL without a version means
NESTED_SINCE = 8  # versions before it report errors flat and time in milliseconds
BIGGEST = 10 * 1024 * 1024  # bytes of a request
EPOCH = 1_420_070_400_000  # milliseconds; 2015 began
TRUTHS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}
Act = Callable[[Request, Webhook, int], Response]
MEDIA = "('application/json', 'application/x-www-form-urlencoded', 'multipart/form-data')"


class Discord(Service):
    """The service. `limit`: so many messages in so many seconds through each webhook; None: any number."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.limit: Limit | None = (5, 2.0)
        self.minute: Limit | None = None
        self.overall: Limit | None = None
        self._window = Window()
        self._webhooks: dict[str, Webhook] = {}
        self._count = 0

    def add_webhook(
        self,
        id: str = "100000000000000001",
        token: str = TOKEN,
        threads: Sequence[str] = (),
        forum: bool = False,
    ) -> Webhook:
        """Add a webhook, or replace the one of that id. `threads`: ids of the threads in its channel."""
        webhook = Webhook(lambda: self.url, str(id), token, threads, forum)
        self._webhooks[webhook.id] = webhook
        return webhook

    def heal(self) -> None:
        """End all faults, and let rate limits begin anew."""
        super().heal()
        for webhook in self._webhooks.values():
            webhook.window, webhook.edit_window = Window(), Window()

    def clear(self) -> None:
        """Forget the recorded requests and messages."""
        super().clear()
        for webhook in self._webhooks.values():
            webhook.messages.clear()

    def handle(self, request: Request) -> Response:
        """Everything that is decided before the message is read."""
        if not AGENT.match(request.headers.get("User-Agent", "")):
            return _error(403, 40333, "internal network error")
        route = ROUTE.fullmatch(request.path)
        if route is None:
            return _error(404, 0, "404: Not Found")
        version = int(route["version"] or DEFAULT_VERSION)
        if not 6 <= version <= 10:
            return _error(400, 50041, "Invalid API version")
        if not SNOWFLAKE.fullmatch(route["id"]):
            return _invalid(version, [_not_a_snowflake("webhook_id", route["id"])])
        webhook = self._webhooks.get(route["id"])
        if webhook is None:
            return _error(404, 10015, "Unknown Webhook")
        if route["token"] != webhook.token:
            return _error(401, 50027, "Invalid Webhook Token")
        message = route["message"]
        if message is not None and not SNOWFLAKE.fullmatch(message):
            return _invalid(version, [_not_a_snowflake("message_id", message)])
        match request.method, message:
            case "GET", None:
                return Response.json(webhook.described())
            case "POST", None:
                return self._limited(request, webhook, version, webhook.window, self._execute)
            case (("GET" | "PATCH" | "DELETE"), str()):
                act = partial(self._on_message, message)
                return self._limited(request, webhook, version, webhook.edit_window, act)
        return _error(405, 0, "405: Method Not Allowed")

    def _limited(
        self, request: Request, webhook: Webhook, version: int, window: Window, act: Act
    ) -> Response:
        """What `act` answers, unless this was asked too often of late. Source: Rate Limits."""
        for limit, of_all, is_global in (
            (self.overall, self._window, True),
            (self.minute, webhook.minute, False),
        ):
            if limit is not None and (refusal := self._too_many(limit, of_all, is_global=is_global)):
                return refusal
        if self.limit is None:
            return act(request, webhook, version)
        with self.lock:
            allowance = window.take(self.limit, time.monotonic())
        headers = _headers(self.limit, allowance, webhook, version)
        if allowance.granted:
            response = act(request, webhook, version)
            return Response(response.status, response.body, {**response.headers, **headers})
        milliseconds = math.ceil(allowance.reset_after * 1000)
        wait: float = milliseconds / 1000 if version >= NESTED_SINCE else milliseconds
        headers |= {"Retry-After": str(math.ceil(wait)), "X-RateLimit-Scope": "user"}
        return Response.json(
            {"message": "You are being rate limited.", "retry_after": wait, "global": False}, 429, headers
        )

    def _too_many(self, limit: Limit, window: Window, *, is_global: bool) -> Response | None:
        """The refusal of one more request than a limit beside the bucket's allows."""
        with self.lock:
            allowance = window.take(limit, time.monotonic())
        if allowance.granted:
            return None
        headers = {"Retry-After": str(math.ceil(allowance.reset_after))}
        headers |= (
            {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            if is_global
            else {"X-RateLimit-Scope": "shared"}
        )
        said = {"message": "You are being rate limited.", "retry_after": allowance.reset_after}
        return Response.json(said | {"global": is_global}, 429, headers)

    def _execute(self, request: Request, webhook: Webhook, version: int) -> Response:
        """Read the message and post it. Without `wait` nobody is told what became of it."""
        read = _read(request, version, ("wait", "with_components"))
        if isinstance(read, Response):
            return read
        payload, truths = read
        response = self._post(payload, request, webhook, version, components=truths["with_components"])
        return response if truths["wait"] else Response(204)

    def _post(
        self, payload: object, request: Request, webhook: Webhook, version: int, *, components: bool
    ) -> Response:
        """Check the message and, if it is well, store it."""
        flaws = form.faults(payload, components=components)
        thread = request.query.get("thread_id")
        if thread is not None and not SNOWFLAKE.fullmatch(thread):
            flaws.append(_not_a_snowflake("thread_id", thread))
        if flaws or not isinstance(payload, dict):
            return _invalid(version, flaws)
        payload = _respected(payload, components=components)
        named = bool(payload.get("thread_name"))
        if webhook.forum and thread is None and not named:
            return _error(
                400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id"
            )
        if webhook.forum and thread is not None and named:
            return _error(
                400, 220002, "Webhooks posted to forum channels cannot have both a thread_name and thread_id"
            )
        if named and not webhook.forum:
            return _error(400, 220003, "Webhooks can only create threads in forum channels")
        if thread is not None and thread not in webhook.threads:
            return _error(404, 10003, "Unknown Channel")
        if form.is_empty(payload):
            return _error(400, 50006, "Cannot send an empty message")
        with self.lock:
            message = Message(self._snowflake(), payload, thread, request.query, request.at)
            message = replace(message, rang=tuple(each[0] for each in message.mentions))
            if named:
                webhook.threads.add(message.id)  # a thread has the id of the message that began it
            webhook.messages.append(message)
        channel = thread or (message.id if named else webhook.channel_id)
        return Response.json(webhook.shown(message, channel))

    def _on_message(self, id: str, request: Request, webhook: Webhook, version: int) -> Response:
        """Show, edit or delete a message that came through this webhook. Source: Edit Webhook Message."""
        with self.lock:
            thread = request.query.get("thread_id")
            place = webhook.find(id, thread)
            if place is None:
                return _error(404, 10008, "Unknown Message")
            message = webhook.messages[place]
            if request.method == "DELETE":
                del webhook.messages[place]
                return Response(204)
            if request.method == "PATCH":
                changed = self._edited(message, request, version)
                if isinstance(changed, Response):
                    return changed
                message = webhook.messages[place] = changed
        return Response.json(webhook.shown(message, thread or webhook.channel_id))

    def _edited(self, message: Message, request: Request, version: int) -> Message | Response:
        """A message with the changes that a request asks for, or why it cannot be."""
        read = _read(request, version, ("with_components",))
        if isinstance(read, Response):
            return read
        changes, truths = read
        flaws = form.faults(changes, components=truths["with_components"])
        if flaws or not isinstance(changes, dict):
            return _invalid(version, flaws)
        edited = message.edited(_respected(changes, components=truths["with_components"]))
        return _error(400, 50006, "Cannot send an empty message") if form.is_empty(edited.payload) else edited

    def _snowflake(self) -> str:
        """A new id: milliseconds since 2015, and a count. Source: API Reference, Snowflakes."""
        self._count += 1
        return str((int(time.time() * 1000) - EPOCH << 22) + self._count % 4096)


def _read(request: Request, version: int, flags: Sequence[str]) -> tuple[object, dict[str, bool]] | Response:
    """The JSON of a request and the flags of its query, or what is wrong with them."""
    if len(request.body) > BIGGEST:
        return _error(413, 40005, "Request entity too large")
    for flag in flags:
        if request.query.get(flag, "0") not in TRUTHS:
            flaw = form.Flaw((flag,), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
            return _invalid(version, [flaw])
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        words = f'Expected "Content-Type" header to be one of {MEDIA}.'
        return _invalid(version, [form.Flaw((), "CONTENT_TYPE_INVALID", words)])
    try:
        payload = request.json()
    except ValueError:
        return _error(400, 50109, "The request body contains invalid JSON.")
    return payload, {flag: TRUTHS[request.query.get(flag, "0")] for flag in flags}


def _respected(payload: dict[str, Any], *, components: bool) -> dict[str, Any]:
    """The body without components that were not asked for, which Discord ignores in silence. Source:
    Execute Webhook, `with_components`; the webhook is nobody's application's."""
    return payload if components else {name: value for name, value in payload.items() if name != "components"}


def _headers(limit: Limit, allowance: Allowance, webhook: Webhook, version: int) -> dict[str, str]:
    """The rate limit's headers. Source: Rate Limits, Header Format."""
    reset = time.time() + allowance.reset_after
    return {
        "X-RateLimit-Limit": str(limit[0]),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": f"{reset:.3f}" if version >= NESTED_SINCE else str(math.ceil(reset)),
        "X-RateLimit-Reset-After": f"{allowance.reset_after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(webhook.id.encode()).hexdigest()[:32],
    }


def _error(status: int, code: int, message: str, more: Mapping[str, Any] | None = None) -> Response:
    """An error of the API. Source: Opcodes and Status Codes."""
    return Response.json({"message": message, "code": code, **(more or {})}, status)


def _invalid(version: int, flaws: Sequence[form.Flaw]) -> Response:
    """What is wrong with the fields of a request."""
    if version < NESTED_SINCE:
        return Response.json(form.flat(flaws), 400)
    return _error(400, 50035, "Invalid Form Body", {"errors": form.nested(flaws)})


def _not_a_snowflake(field: str, value: str) -> form.Flaw:
    return form.Flaw((field,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
