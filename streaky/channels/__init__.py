"""Where alerts go. `open_channels` is all that the rest of Streaky needs to know of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streaky.channels.base import Channel
    from streaky.config.settings import Settings


def check_channels(settings: Settings) -> None:
    """Refuse, before GitHub is asked, what only a channel can tell to be wrong. Raises ConfigurationError."""
    if settings.apprise:
        from streaky.channels.apprise import open_apprise  # a third of a second

        open_apprise(settings.apprise)


def open_channels(settings: Settings) -> list[Channel]:
    """One channel for each place that the settings name, in a fixed order. Sends nothing.

    Only what is used is imported. Raises ConfigurationError where a channel needs what is not installed.
    """
    channels: list[Channel] = []
    if settings.discord:
        from streaky.channels.discord import Discord

        channels.append(Discord(settings.discord, settings.discord_mention))
    if settings.telegram:
        from streaky.channels.telegram import Telegram

        channels.append(Telegram(settings.telegram))
    if settings.webhook:
        from streaky.channels.webhook import Webhook

        channels.append(Webhook(settings.webhook))
    if settings.apprise:
        from streaky.channels.apprise import open_apprise

        channels += open_apprise(settings.apprise)
    return channels
