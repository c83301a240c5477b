"""Every input: its name, environment variable, reader, default, and whether it is a secret.

One table for the flags of `streaky check`, the environment, the config file and `action.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from streaky.config import addresses, values
from streaky.locales import languages
from streaky.schedule.slots import Kind, Slot

CONFIG_PATH = ".github/streaky.yml"
DEFAULT_LANGUAGE = "en"


def language(text: str) -> str:
    """A language code; without a region's file the language's own is taken (en-GB is en)."""
    word = text.lower().replace("_", "-")
    if word == DEFAULT_LANGUAGE:
        return word
    codes = {code.lower(): code for code in languages()}
    found = codes.get(word) or codes.get(word.partition("-")[0])
    if found is None or not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", word):
        mend = values.nearest(text, codes.values()) or f"Choose from: {', '.join(codes.values())}."
        raise values.BadValue(f"{values.shown(text)} is not a language Streaky speaks.", mend)
    return found


def config_path(text: str) -> str:
    """A path in the repository, or any path on this machine."""
    if len(text) > 500:
        raise values.BadValue("is too long for a path.")
    return text


def pending(text: str) -> dict[tuple[Slot, str], bool]:
    """What an earlier job left to deliver, as the output `pending` names it: slots and channels, and whether
    another channel took the alert."""
    import json

    try:
        rows = json.loads(text)
        if not isinstance(rows, list):
            raise TypeError("not a list")
        return {(Slot.read(row["slot"]), f"{row['channel']}"): row["heard"] is True for row in rows}
    except (ValueError, TypeError, KeyError, RecursionError):
        raise values.BadValue(
            "is not what the output pending gives.", "Pass that output on as it is, or leave it out."
        ) from None


@dataclass(frozen=True, slots=True)
class Input:
    """One input. `default` is written as a person would; `lines` lets a value have several lines."""

    name: str
    environment: str
    read: Callable[[str], object]
    default: str = ""
    secret: bool = False
    lines: bool = False
    in_file: bool = True

    @property
    def flag(self) -> str:
        return f"--{self.name}"


# Not to be chosen: `test` is sent when asked for, and `alive` tells when no other alert would come any more.
CHOSEN = [kind.value for kind in Kind if kind not in (Kind.TEST, Kind.ALIVE)]
kinds = values.list_of(values.one_of(CHOSEN, "kind of alert"))

INPUTS = {
    each.name: each
    for each in (
        Input("user", "STREAKY_USER", values.login),
        Input("github-token", "GITHUB_TOKEN", values.secret, secret=True),
        Input("timezone", "STREAKY_TIMEZONE", values.zone, "UTC"),
        Input("config", "STREAKY_CONFIG", config_path, CONFIG_PATH, in_file=False),
        Input("discord-webhook-url", "DISCORD_WEBHOOK_URL", addresses.discord_webhook, secret=True),
        Input("telegram-bot-token", "TELEGRAM_BOT_TOKEN", addresses.telegram_token, secret=True),
        Input("telegram-chat-id", "TELEGRAM_CHAT_ID", addresses.telegram_chat),
        Input("telegram-api-url", "TELEGRAM_API_URL", addresses.base_url, "https://api.telegram.org"),
        Input("webhook-url", "STREAKY_WEBHOOK_URL", addresses.web_url, secret=True),
        Input("webhook-secret", "STREAKY_WEBHOOK_SECRET", values.passphrase, secret=True, lines=True),
        Input("apprise-urls", "STREAKY_APPRISE_URLS", addresses.apprise_urls, secret=True, lines=True),
        Input("notify", "STREAKY_NOTIFY", kinds, "at-risk,broken,milestone,unknown", lines=True),
        Input("remind-at", "STREAKY_REMIND_AT", values.times, "18:00,21:00,23:00", lines=True),
        Input("lead", "STREAKY_LEAD", values.duration, "2h"),
        Input("hold", "STREAKY_HOLD", values.hold, "0"),
        Input("quiet-until", "STREAKY_QUIET_UNTIL", values.time_of_day, "09:00"),
        Input("rest-days", "STREAKY_REST_DAYS", values.weekdays, lines=True),
        Input("pause-until", "STREAKY_PAUSE_UNTIL", values.pause),
        Input("min-contributions", "STREAKY_MIN_CONTRIBUTIONS", values.number, "1"),
        Input("language", "STREAKY_LANGUAGE", language, DEFAULT_LANGUAGE),
        Input("ledger", "STREAKY_LEDGER", values.ledger, "auto"),
        Input("ping-url", "STREAKY_PING_URL", addresses.web_url, secret=True),
        Input("pending", "STREAKY_PENDING", pending, lines=True, in_file=False),
        Input("dry-run", "STREAKY_DRY_RUN", values.switch, "false"),
        Input("now", "STREAKY_NOW", values.instant, in_file=False),
    )
}
IN_FILE = {name: not each.secret for name, each in INPUTS.items() if each.in_file}
SECRET = frozenset(name for name, each in INPUTS.items() if each.secret)
