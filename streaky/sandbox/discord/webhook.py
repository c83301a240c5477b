"""A Discord webhook, the messages that came through it, and both as Discord's API shows them.

Source: Discord documentation, Webhook Resource, Message Resource.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from streaky.sandbox.window import Window

NAME = "Streak alerts"


@dataclass(frozen=True, slots=True)
class Message:
    """A message that a channel shows.

    `payload` as sent, `thread_id` None in the channel itself, `at` in monotonic seconds.
    """

    id: str
    payload: dict[str, Any]
    thread_id: str | None
    query: dict[str, str]
    at: float

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
        self._base = base

    @property
    def url(self) -> str:
        """The URL as Discord's client copies it: without a version."""
        return f"{self._base()}/api/webhooks/{self.id}/{self.token}"

    @property
    def channel_id(self) -> str:
        """The channel that it posts to."""
        return str(int(self.id) + 1) if self.id.isdecimal() else "0"

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
        return {
            "id": message.id,
            "type": 0,
            "content": message.content.strip(),
            "channel_id": channel,
            "author": {"bot": True, "id": self.id, "username": name, "avatar": None, "discriminator": "0000"},
            "attachments": [],
            "components": payload.get("components") or [],
            "embeds": [{"type": "rich", **embed} for embed in message.embeds],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": bool(payload.get("tts")),
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "flags": payload.get("flags") or 0,
            "webhook_id": self.id,
        }
