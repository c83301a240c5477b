"""Alerts sent straight to one channel, on a clock that only sleeping moves, and each service's limits."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import jsonschema
from hypothesis import settings
from hypothesis import strategies as st

from streaky.channels.base import Outcome
from streaky.channels.discord import delivery as discord
from streaky.channels.discord.inputs import read_webhook
from streaky.channels.telegram import delivery as telegram
from streaky.channels.telegram.inputs import read_chat
from streaky.channels.webhook.delivery import Webhook
from streaky.deliver import deliver
from streaky.http import Pace
from streaky.messages import Alert, Choice, Told
from streaky.text import units
from streaky.ways import Means
from tests.conftest import CHAT, SPECS, World
from tests.test_messages import PAGE, alert

HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("*_~`|<>[]()@#&\\:/-+\u202e\u200b\n")), max_size=600
) | st.sampled_from(["@everyone <@123> [x](https://evil.example)", "<b>&amp;</b>" * 500, "x" * 10_000])
quick = settings(max_examples=60, deadline=None)


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pace(self, total: float = 60) -> Pace:
        return Pace(total, each=1, clock=lambda: self.now, sleep=self.sleep)


def on_discord(world: World, pace: Pace, *alerts: Alert) -> list[Outcome]:
    """Deliver to the sandbox's Discord webhook."""
    channel = discord.Discord(read_webhook(world.hook.url))
    return list(deliver([(channel, alerts or [alert("urgent")])], pace, str))


def on_telegram(world: World, pace: Pace, chat: str = str(CHAT), case: str = "urgent") -> Outcome:
    """Deliver to the sandbox's bot."""
    channel = telegram.Telegram(world.bot.token, read_chat(chat), world.sandbox.telegram.url)
    return deliver([(channel, [alert(case)])], pace, str)[0]


def on_webhook(url: str, secret: str, pace: Pace) -> Outcome:
    """Deliver to a JSON webhook."""
    return deliver([(Webhook(url, secret), [alert("urgent")])], pace, str)[0]


def hostile(text: str) -> Alert:
    """An alert whose every word is foreign."""
    made = alert("urgent")
    choice = Choice(text, (Told(Means.REVIEW, text, text, PAGE),) * 3, text, PAGE)
    return replace(
        made,
        choice=choice,
        public_choice=choice,
        title=text,
        lines=(text,) * 3,
        fields=((text, text),) * 100,
        link=text,
        pause=(text, PAGE),
        facts=replace(made.facts, user=text),
    )


def assert_fits_discord(body: dict[str, Any]) -> None:
    """Discord's limits, and its OpenAPI description where that is at hand."""
    (embed,) = body["embeds"]
    texts = [embed.get("title", ""), embed["description"], embed["author"]["name"], embed["footer"]["text"]]
    texts += [text for entry in embed["fields"] for text in (entry["name"], entry["value"])]
    assert units(embed.get("title", "")) <= 256
    assert units(body["content"].partition(" <@")[0]) <= 80
    assert units(embed["description"]) <= 4096
    assert len(embed["fields"]) <= 25
    assert all(units(entry["name"]) <= 256 and units(entry["value"]) <= 1024 for entry in embed["fields"])
    assert sum(map(units, texts)) <= 6000
    assert body["allowed_mentions"]["parse"] == []
    assert len(body.get("components", ())) <= 5
    for row in body.get("components", ()):
        assert 1 <= len(row["components"]) <= 5
        assert all(units(each["label"]) <= 80 and len(each["url"]) <= 512 for each in row["components"])
    _assert_described(body, "IncomingWebhookRequestPartial")


def assert_fits_discord_edit(body: dict[str, Any]) -> None:
    """Discord's limits for an edit, which mentions nobody and takes the buttons away."""
    (embed,) = body["embeds"]
    assert units(body["content"]) <= 2000
    assert units(embed["author"]["name"]) <= 256
    assert units(embed.get("description", "")) <= 4096
    assert (body["allowed_mentions"], body["components"]) == ({"parse": []}, [])
    _assert_described(body, "IncomingWebhookUpdateRequestPartial")


def _assert_described(body: dict[str, Any], name: str) -> None:
    path = SPECS / "discord-webhook.openapi.json"
    if path.exists():
        spec = json.loads(path.read_text())
        assert set(body) <= set(spec["components"]["schemas"][name]["properties"])
        schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(body)))


def assert_fits_telegram(body: dict[str, Any]) -> None:
    """Telegram's limits, and the Bot API's description where that is at hand."""
    assert units(re.sub(r"<[^>]*>", "", body["text"])) - 4 * body["text"].count("&") <= 4096
    path = SPECS / "telegram-bot.json"
    if path.exists():
        fields = {
            each["name"]: each for each in json.loads(path.read_text())["methods"]["sendMessage"]["fields"]
        }
        assert set(body) <= set(fields)
        assert {name for name, each in fields.items() if each["required"]} <= set(body)
        kinds = {
            "Integer": int,
            "String": str,
            "Boolean": bool,
            "LinkPreviewOptions": dict,
            "InlineKeyboardMarkup": dict,
        }
        for name, value in body.items():
            assert type(value) in {kinds.get(kind) for kind in fields[name]["types"]}, name


# Source: Telegram Bot API, `editMessageText`.
EDIT = {"chat_id", "message_id", "text", "parse_mode", "link_preview_options", "reply_markup"}


def assert_fits_telegram_edit(body: dict[str, Any]) -> None:
    """Telegram's limits for an edit."""
    assert set(body) <= EDIT
    assert {"chat_id", "message_id", "text"} <= set(body)
    assert 1 <= units(html.unescape(re.sub(r"<[^>]*>", "", body["text"]))) <= 4096
