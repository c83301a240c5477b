"""A Discord webhook, the messages that came through it, and both as Discord's API shows them.

Source: Discord documentation, Webhook Resource, Message Resource.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from streaky.sandbox.window import Window

NAME = "Streak alerts"
MENTION = re.compile(r"<@!?(?P<users>\d+)>|<@&(?P<roles>\d+)>|@(?P<everyone>everyone|here)\b")
SUPPRESS_NOTIFICATIONS = 1 << 12


@dataclass(frozen=True, slots=True)
class Message:
    """A message that a channel shows.

    `payload` as sent, but for components that Discord ignored; after an edit, with what it changed.
    `thread_id` is None in the channel itself, `at` in monotonic seconds. `rang`: the mentions that notified
    somebody when it was sent, as written, such as `<@42>`. `edits`: the bodies of the edits, in order.
    """

    id: str
    payload: dict[str, Any]
    thread_id: str | None
    query: dict[str, str]
    at: float
    rang: tuple[str, ...] = ()
    edits: tuple[dict[str, Any], ...] = ()

    def edited(self, changes: dict[str, Any]) -> Message:
        """The message after an edit: null takes a field away, what is not named stays. Nobody is rung."""
        merged = self.payload | changes
        if "allowed_mentions" not in changes:
            merged.pop("allowed_mentions", None)  # an edit's default, whatever was sent at first
        kept = {name: value for name, value in merged.items() if value is not None}
        return replace(self, payload=kept, edits=(*self.edits, changes))

    @property
    def silent(self) -> bool:
        """Whether it came without a push notification."""
        return bool((self.payload.get("flags") or 0) & SUPPRESS_NOTIFICATIONS)

    @property
    def buttons(self) -> dict[str, str]:
        """The link buttons that it shows: label and URL."""
        rows = self.payload.get("components") or ()
        return {each.get("label", ""): each["url"] for row in rows for each in row["components"]}

    @property
    def mentions(self) -> list[re.Match[str]]:
        """The mentions in the text that may notify: those that `allowed_mentions` lets through.

        Those in an embed never do. Users only is a webhook's default. Source: Message Resource, Allowed
        Mentions Object.
        """
        allowed = self.allowed_mentions
        if allowed is None:
            allowed = {"parse": ["users"]}
        parsed = allowed.get("parse") or ()
        return [
            found
            for found in MENTION.finditer(self.content)
            if (kind := str(found.lastgroup)) in parsed or found[kind] in (allowed.get(kind) or ())
        ]

    @property
    def content(self) -> str:
        """The text outside embeds; empty where there is none."""
        return str(self.payload.get("content") or "")

    @property
    def embeds(self) -> list[dict[str, Any]]:
        """The embeds, as sent."""
        return list(self.payload.get("embeds") or ())

    @property
    def allowed_mentions(self) -> dict[str, Any] | None:
        """What may ping; None where nothing was said, which lets users be pinged."""
        return self.payload.get("allowed_mentions")


class Webhook:
    """A webhook and what arrived through it. `forum`: its channel holds threads only."""

    def __init__(
        self, base: Callable[[], str], id: str, token: str, threads: Sequence[str], forum: bool
    ) -> None:
        self.id = id
        self.token = token
        self.threads = {str(each) for each in threads}
        self.forum = forum
        self.messages: list[Message] = []
        self.window = Window()
        self.edit_window = Window()  # each method has a limit of its own
        self.minute = Window()
        self._base = base

    @property
    def url(self) -> str:
        """The URL as Discord's client copies it: without a version."""
        return f"{self._base()}/api/webhooks/{self.id}/{self.token}"

    @property
    def channel_id(self) -> str:
        """The channel that it posts to."""
        return str(int(self.id) + 1) if self.id.isdecimal() else "0"

    def find(self, id: str, thread: str | None) -> int | None:
        """The place of a message in `messages`; one in a thread is found only by that thread."""
        places = enumerate(self.messages)
        return next((at for at, each in places if (each.id, each.thread_id) == (id, thread)), None)

    def described(self) -> dict[str, Any]:
        """The webhook object."""
        return {
            "application_id": None,
            "avatar": None,
            "channel_id": self.channel_id,
            "guild_id": "100000000000000000",
            "id": self.id,
            "name": NAME,
            "type": 1,
            "token": self.token,
            "url": self.url,
        }

    def shown(self, message: Message, channel: str) -> dict[str, Any]:
        """The message object, shown in `channel`."""
        payload = message.payload
        name = payload.get("username") or NAME
        now = datetime.now(UTC).isoformat()
        mentioned = message.mentions
        return {
            "id": message.id,
            "type": 0,
            "content": message.content.strip(),
            "channel_id": channel,
            "author": {"bot": True, "id": self.id, "username": name, "avatar": None, "discriminator": "0000"},
            "attachments": [],
            "components": payload.get("components") or [],
            "embeds": [{"type": "rich", **embed} for embed in message.embeds],
            "mentions": [{"id": each["users"]} for each in mentioned if each["users"]],
            "mention_roles": [each["roles"] for each in mentioned if each["roles"]],
            "mention_everyone": any(each["everyone"] for each in mentioned),
            "pinned": False,
            "tts": bool(payload.get("tts")),
            "timestamp": now,
            "edited_timestamp": now if message.edits else None,
            "flags": payload.get("flags") or 0,
            "webhook_id": self.id,
        }
