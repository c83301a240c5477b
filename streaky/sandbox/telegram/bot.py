"""A bot, the chats that it may write to, and what it wrote. Source: Bot API, Chat; errors of its server."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from streaky.sandbox.window import Window

ChatKind = Literal["private", "group", "supergroup", "channel"]
LOCKED_OUT: dict[ChatKind, str] = {
    "private": "bot was blocked by the user",
    "group": "bot was kicked from the group chat",
    "supergroup": "bot was kicked from the supergroup chat",
    "channel": "bot was kicked from the channel chat",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message that a chat shows.

    `text` as sent, `plain` as shown, `payload` all parameters, `at` in monotonic seconds. After an edit all
    but `at` are the edit's; `edits`: the earlier texts as shown, in order.
    """

    id: int
    chat_id: int
    text: str
    plain: str
    parse_mode: str | None
    payload: dict[str, Any]
    at: float
    edits: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether it came without a sound."""
        return bool(self.payload.get("disable_notification"))

    @property
    def buttons(self) -> dict[str, str]:
        """The inline keyboard's link buttons: text and URL."""
        rows = (self.payload.get("reply_markup") or {}).get("inline_keyboard") or ()
        return {each["text"]: each["url"] for row in rows for each in row}


@dataclass(slots=True)
class Chat:
    """A chat that the bot may write to; may be changed at any time. `topics`: the ids of its forum topics.

    `blocked`: the person blocked the bot, or the group removed it. `migrated_to`: the supergroup it became.
    """

    id: int
    username: str | None
    kind: ChatKind
    topics: set[int]
    blocked: bool
    migrated_to: int | None
    window: Window = field(default_factory=Window)

    @property
    def lock_out(self) -> str:
        """Why a bot that is `blocked` cannot write here."""
        return LOCKED_OUT[self.kind]

    def shown(self) -> dict[str, Any]:
        """The Chat object."""
        chat: dict[str, Any] = {"id": self.id, "type": self.kind}
        chat |= {"first_name": "Sandbox"} if self.kind == "private" else {"title": "Sandbox"}
        if self.username:
            chat["username"] = self.username
        return chat | ({"is_forum": True} if self.topics else {})


class Bot:
    """A bot, the chats it may write to, what it wrote, and the updates that wait for it.

    `webhook_url`: where its updates are sent instead, "" while they wait.
    """

    def __init__(self, token: str, username: str) -> None:
        self.token = token
        self.username = username
        self.webhook_url = ""
        self.messages: list[Message] = []
        self.updates: list[dict[str, Any]] = []
        self.count = 0
        self.chats: dict[int, Chat] = {}

    @property
    def id(self) -> int:
        """The bot's own id, the token's first part."""
        return int(self.token.partition(":")[0])

    def add_chat(
        self,
        id_or_username: int | str,
        topics: Sequence[int | str] = (),
        blocked: bool = False,
        migrated_to: int | None = None,
        kind: ChatKind = "private",
    ) -> Chat:
        """Add a chat by id or `@name`, or replace it.

        A named one is a channel unless `kind` says a group, since nobody reaches a person by name.
        The supergroup that it migrated to is added as well.
        """
        username = None
        if isinstance(id_or_username, str) and id_or_username.startswith("@"):
            username, kind = id_or_username[1:], "channel" if kind == "private" else kind
            number = -1_001_000_000_001 - len(self.chats)
        else:
            number = int(id_or_username)
        chat = Chat(number, username, kind, {int(each) for each in topics}, blocked, migrated_to)
        self.chats[chat.id] = chat
        if migrated_to is not None and migrated_to not in self.chats:
            self.add_chat(migrated_to, kind="supergroup")
        return chat

    def receive(self, chat_id: int, text: str, name: str = "Sandbox") -> dict[str, Any]:
        """Let a person write to the bot, such as `/start`: the Update that waits, with its message."""
        self.count += 1
        sender = {"id": abs(chat_id), "is_bot": False, "first_name": name}
        message: dict[str, Any] = {"message_id": self.count, "date": int(time.time()), "text": text}
        message |= {"from": sender, "chat": self.chats[chat_id].shown()}
        update = {"update_id": 1000 + self.count, "message": message}
        self.updates.append(update)
        return update

    def chat(self, asked: int | str) -> Chat | None:
        """The chat that a `chat_id` means; names are compared without regard to case."""
        if isinstance(asked, str) and asked.startswith("@"):
            name = asked[1:].lower()
            return next((each for each in self.chats.values() if (each.username or "").lower() == name), None)
        try:
            return self.chats.get(int(asked))
        except ValueError:
            return None
