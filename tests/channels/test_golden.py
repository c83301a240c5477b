"""What goes over the wire: each channel's whole message, for every kind and urgency, and when it is over."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from streaky.channels.apprise import delivery as apprise
from streaky.channels.discord import delivery as discord
from streaky.channels.discord.inputs import read_mention
from streaky.channels.issue import delivery as issue
from streaky.channels.telegram import delivery as telegram
from streaky.channels.telegram.inputs import read_chat
from streaky.channels.webhook import delivery as webhook
from streaky.locales import languages
from streaky.messages import Alert, Became, Resolution, resolution
from tests.channels.sending import assert_fits_discord_edit, assert_fits_telegram_edit
from tests.test_messages import CASES, GOLDEN, TODAY, alert

USER, CHAT = read_mention("123456789012345678"), read_chat("123456789")


def over(became: Became, language: str) -> Resolution:
    """What the alert of a case says once it is over."""
    facts = alert("urgent").facts
    facts = replace(facts, rules=replace(facts.rules, pause_until=TODAY))
    return resolution(
        became, facts, facts.day.date, facts.standing.current if facts.standing else None, language
    )


# What each channel sends for an alert in a language, and for its end where it can edit.
SENT: dict[str, Callable[[Alert, str], Any]] = {
    "discord": lambda made, _: discord.payload(made, USER),
    "telegram": lambda made, _: telegram.payload(made, CHAT),
    "issue": issue.body,
    "webhook": lambda made, _: webhook.payload(made),
    "apprise": lambda made, _: apprise.payload(made),
}
EDITED: dict[str, Callable[[Resolution], Any]] = {
    "discord": discord.resolved,
    "telegram": lambda end: telegram.resolved(end, CHAT, 7),
    "issue": lambda end: issue.resolved(end, "<!-- hidden -->"),
}


def payloads(channel: str) -> dict[str, Any]:
    """Every message of a channel by its name: in English, and a warning and its end in each language."""
    others = [code for code in languages() if code != "en"]
    said = {case: SENT[channel](alert(case), "en") for case in CASES}
    said |= {f"urgent in {code}": SENT[channel](alert("urgent", code), code) for code in others}
    if edited := EDITED.get(channel):
        said |= {f"edited: {became}": edited(over(became, "en")) for became in Became}
        said |= {f"edited: saved in {code}": edited(over(Became.SAVED, code)) for code in others}
    return said


@pytest.mark.parametrize("channel", SENT)
def test_the_messages_are_those_of_the_golden_file(channel: str) -> None:
    said = json.dumps(payloads(channel), ensure_ascii=False, indent=1) + "\n"
    path = GOLDEN / f"{channel}.json"
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        path.write_text(said, encoding="utf-8")
    assert said == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("became", Became)
def test_every_end_is_an_edit_that_the_services_take(became: Became, language: str) -> None:
    end = over(became, language)
    assert_fits_discord_edit(discord.resolved(end))
    assert_fits_telegram_edit(telegram.resolved(end, CHAT, 7))
    hostile = replace(end, title="*<b>@everyone" * 500, user="<i>" * 500, lines=("&" * 5000,))
    assert_fits_discord_edit(discord.resolved(hostile))
    assert_fits_telegram_edit(telegram.resolved(hostile, CHAT, 7))
