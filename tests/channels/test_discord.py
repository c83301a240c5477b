"""Discord: what is sent, and that hostile text is shown, not obeyed."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from streaky.channels import discord, telegram
from streaky.channels.delivery import deliver
from streaky.config import addresses
from streaky.sandbox import Sandbox
from tests.channels.sending import (
    HOSTILE,
    Clock,
    assert_fits_discord,
    assert_fits_telegram,
    hostile,
    on_discord,
)
from tests.conftest import World
from tests.test_messages import CASES, PAGE, alert


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_a_message_that_discord_takes(case: str) -> None:
    body = discord.payload(alert(case))
    assert_fits_discord(body)
    (embed,) = body["embeds"]
    assert embed["author"]["url"] == "https://github.com/octocat"
    assert embed["url"] == (PAGE if case.startswith("alive") else "https://github.com/octocat")
    assert (f"]({PAGE})" in embed["description"]) == (alert(case).urgency is not None)
    assert embed["timestamp"].endswith("+01:00")
    assert embed["color"] > 0
    assert ("flags" in body) == (case == "safe")


@settings(max_examples=25, deadline=None)
@given(HOSTILE.filter(str.strip))
def test_hostile_text_is_shown_not_obeyed_on_discord(text: str) -> None:
    body = discord.payload(hostile(text))
    assert_fits_discord(body)
    described, last = body["embeds"][0]["description"].rsplit("\n", 1)
    assert last.startswith("[")
    assert last.endswith(f"]({PAGE})")
    for said in (body["embeds"][0]["title"], described, last[1 : -len(f"]({PAGE})")]):
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<\[\]@]", said)
        assert not re.search(r"(?<!\\)://", said)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (PAGE, PAGE),
        (f"{PAGE}?ref=a%20b&x=1#top", f"{PAGE}?ref=a%20b&x=1#top"),
        (f"{PAGE}) [x](https://evil.example", f"{PAGE}%29%20%5Bx%5D%28https://evil.example"),
        (f"{PAGE}>\n@everyone\\", f"{PAGE}%3E%0A@everyone%5C"),
        (f'{PAGE} "title"', f"{PAGE}%20%22title%22"),
    ],
)
def test_the_second_links_url_cannot_end_the_link(url: str, target: str) -> None:
    made = replace(alert("urgent"), pause=("Pause", url))
    (embed,) = discord.payload(made)["embeds"]
    assert embed["description"].rsplit("\n", 1)[1] == f"[Pause]({target})"
    sent = telegram.payload(made, addresses.telegram_chat("1"))["text"]
    shown = html.escape(url)
    assert sent.endswith(f' · <a href="{shown}">Pause</a>')
    assert not set('"<>') & set(shown)


def test_a_second_link_leaves_room_for_itself_or_is_left_out() -> None:
    made = hostile("*x" * 5000)
    long, longer = (replace(made, pause=("*y" * 99, PAGE + "a" * more)) for more in (700, 6000))
    assert "/streaky.yml" + "a" * 700 + ")" in discord.payload(long)["embeds"][0]["description"]
    assert "](" not in discord.payload(longer)["embeds"][0]["description"]
    for each in (long, longer):
        assert_fits_discord(discord.payload(each))
        assert_fits_telegram(telegram.payload(each, addresses.telegram_chat("1")))


def test_discord_is_asked_to_save_and_confirm_in_its_current_version(world: World) -> None:
    (outcome,) = on_discord(world, Clock().pace())
    assert outcome.state == "sent"
    (request,) = world.sandbox.discord.requests
    assert request.path.startswith("/api/v10/webhooks/")
    assert request.query == {"wait": "true", "with_components": "true"}
    assert re.fullmatch(r"DiscordBot \(https://\S+, [\d.]+\)", request.headers["User-Agent"])


def test_a_thread_stays_in_the_url(sandbox: Sandbox) -> None:
    hook = sandbox.discord.add_webhook(threads=("420000000000000001",))
    channel = discord.Discord(addresses.discord_webhook(f"{hook.url}?thread_id=420000000000000001"))
    assert deliver([(channel, [alert("test")])], Clock().pace(), str)[0].state == "sent"
    assert hook.messages[0].thread_id == "420000000000000001"


@pytest.mark.parametrize(
    "host", ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discordapp.com"]
)
@pytest.mark.parametrize("version", ["", "v6/", "v10/"])
def test_every_host_and_version_of_discord_becomes_the_current_one(host: str, version: str) -> None:
    webhook = addresses.discord_webhook(f"https://{host}/api/{version}webhooks/123/abc-_9")
    assert (webhook.origin, webhook.id, webhook.token) == ("https://discord.com", "123", "abc-_9")
