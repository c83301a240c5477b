"""Telegram: a bot, the chat that it writes to, and the Bot API server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streaky.channels.address import Address, Given
from streaky.channels.telegram.inputs import API_URL, CHAT, TOKEN, Chat

if TYPE_CHECKING:
    from streaky.channels.base import Channel, Run


@dataclass(frozen=True, slots=True)
class TelegramAddress(Address):
    """A bot, the chat it writes to, and the Bot API server."""

    token: str = field(repr=False)
    chat: Chat
    api_url: str

    name = "telegram"
    inputs = (TOKEN, CHAT, API_URL)

    @classmethod
    def read(cls, given: Given) -> TelegramAddress | None:
        token, chat = given[TOKEN], given[CHAT]
        if token and not chat:
            given.misses(CHAT, beside=TOKEN)
        if chat and not token:
            given.misses(TOKEN, beside=CHAT)
        return cls(token, chat, given[API_URL]) if token and chat else None

    def load(self) -> Callable[[Run], Sequence[Channel]]:
        from streaky.channels.telegram.delivery import Telegram

        return lambda _: [Telegram(self.token, self.chat, self.api_url)]
