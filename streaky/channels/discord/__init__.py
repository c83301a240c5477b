"""Discord: a webhook, and whom an urgent alert mentions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaky.channels.address import Address, Given
from streaky.channels.discord.inputs import MENTION, URL, Mention, Webhook

if TYPE_CHECKING:
    from streaky.channels.base import Channel, Run


@dataclass(frozen=True, slots=True)
class DiscordAddress(Address):
    """A webhook, and whom an urgent alert mentions there (None: nobody)."""

    webhook: Webhook
    mention: Mention | None = None

    name = "discord"
    inputs = (URL, MENTION)

    @classmethod
    def read(cls, given: Given) -> DiscordAddress | None:
        webhook = given[URL]
        return cls(webhook, given[MENTION]) if webhook else None

    def load(self) -> Callable[[Run], Sequence[Channel]]:
        from streaky.channels.discord.delivery import Discord

        return lambda _: [Discord(self.webhook, self.mention)]
