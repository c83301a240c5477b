"""Every input: its name, environment variable, reader, default, and whether it is a secret.

One table for the flags of `streaky check`, the environment, the config file and `action.yml`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from streaky.config import addresses, values

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Generic[T]):
    """One input. `lines` lets a value have several lines; `read_in_file` reads what a config file says, where
    less is taken from there."""

    name: str
    environment: str
    read: Callable[[str], T]
    default: str = ""
    secret: bool = False
    lines: bool = False
    in_file: bool = True
    read_in_file: Callable[[str], T] | None = None

    @property
    def flag(self) -> str:
        return f"--{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset(Input[T]):
    """An input that always has a value: its `default`, written as a person would, if nothing else."""


USER = Input(name="user", environment="STREAKY_USER", read=values.login)
GITHUB_TOKEN = Input(name="github-token", environment="GITHUB_TOKEN", read=values.secret, secret=True)
TIMEZONE = Input(name="timezone", environment="STREAKY_TIMEZONE", read=values.zone)
CONFIG = Preset(
    name="config",
    environment="STREAKY_CONFIG",
    read=values.config_path,
    default=".github/streaky.yml",
    in_file=False,
)
DISCORD_WEBHOOK_URL = Input(
    name="discord-webhook-url",
    environment="DISCORD_WEBHOOK_URL",
    read=addresses.discord_webhook,
    secret=True,
)
TELEGRAM_BOT_TOKEN = Input(
    name="telegram-bot-token",
    environment="TELEGRAM_BOT_TOKEN",
    read=addresses.telegram_token,
    secret=True,
)
TELEGRAM_CHAT_ID = Input(
    name="telegram-chat-id", environment="TELEGRAM_CHAT_ID", read=addresses.telegram_chat
)
TELEGRAM_API_URL = Preset(
    name="telegram-api-url",
    environment="TELEGRAM_API_URL",
    read=addresses.base_url,
    default="https://api.telegram.org",
)
WEBHOOK_URL = Input(
    name="webhook-url", environment="STREAKY_WEBHOOK_URL", read=addresses.web_url, secret=True
)
WEBHOOK_SECRET = Input(
    name="webhook-secret",
    environment="STREAKY_WEBHOOK_SECRET",
    read=values.passphrase,
    secret=True,
    lines=True,
)
APPRISE_URLS = Input(
    name="apprise-urls",
    environment="STREAKY_APPRISE_URLS",
    read=addresses.apprise_urls,
    secret=True,
    lines=True,
)
NOTIFY = Preset(
    name="notify",
    environment="STREAKY_NOTIFY",
    read=values.kinds,
    default="at-risk,broken,milestone,unknown",
    lines=True,
)
REMIND_AT = Preset(
    name="remind-at",
    environment="STREAKY_REMIND_AT",
    read=values.times,
    default="18:00,21:00,23:00",
    lines=True,
)
LEAD = Preset(name="lead", environment="STREAKY_LEAD", read=values.duration, default="2h")
HOLD = Preset(name="hold", environment="STREAKY_HOLD", read=values.hold, default="0")
QUIET_UNTIL = Preset(
    name="quiet-until", environment="STREAKY_QUIET_UNTIL", read=values.time_of_day, default="09:00"
)
REST_DAYS = Input(name="rest-days", environment="STREAKY_REST_DAYS", read=values.weekdays, lines=True)
PAUSE_UNTIL = Input(
    name="pause-until",
    environment="STREAKY_PAUSE_UNTIL",
    read=values.pause,
    read_in_file=values.dated_pause,
)
MIN_CONTRIBUTIONS = Preset(
    name="min-contributions", environment="STREAKY_MIN_CONTRIBUTIONS", read=values.number, default="1"
)
LANGUAGE = Preset(name="language", environment="STREAKY_LANGUAGE", read=values.language, default="en")
LEDGER = Preset(name="ledger", environment="STREAKY_LEDGER", read=values.ledger, default="auto")
PING_URL = Input(name="ping-url", environment="STREAKY_PING_URL", read=addresses.web_url, secret=True)
PENDING = Input(name="pending", environment="STREAKY_PENDING", read=values.pending, lines=True, in_file=False)
DRY_RUN = Preset(name="dry-run", environment="STREAKY_DRY_RUN", read=values.switch, default="false")
NOW = Input(name="now", environment="STREAKY_NOW", read=values.instant, in_file=False)

TABLE: tuple[Input[Any], ...] = (
    USER,
    GITHUB_TOKEN,
    TIMEZONE,
    CONFIG,
    DISCORD_WEBHOOK_URL,
    TELEGRAM_BOT_TOKEN,
    TELEGRAM_CHAT_ID,
    TELEGRAM_API_URL,
    WEBHOOK_URL,
    WEBHOOK_SECRET,
    APPRISE_URLS,
    NOTIFY,
    REMIND_AT,
    LEAD,
    HOLD,
    QUIET_UNTIL,
    REST_DAYS,
    PAUSE_UNTIL,
    MIN_CONTRIBUTIONS,
    LANGUAGE,
    LEDGER,
    PING_URL,
    PENDING,
    DRY_RUN,
    NOW,
)
INPUTS = {each.name: each for each in TABLE}
IN_FILE = {name: not each.secret for name, each in INPUTS.items() if each.in_file}
SECRET = frozenset(name for name, each in INPUTS.items() if each.secret)
