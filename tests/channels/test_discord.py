"""Discord: what is sent, and that hostile text is shown, not obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from streaky.channels.discord import delivery as discord
from streaky.channels.discord.inputs import Mention, read_mention, read_webhook
from streaky.channels.telegram import delivery as telegram
from streaky.channels.telegram.inputs import read_chat
from streaky.deliver import deliver
from streaky.sandbox import Sandbox
from tests.channels.sending import (
    HOSTILE,
    Clock,
    assert_fits_discord,
    hostile,
    on_discord,
)
from tests.conftest import World
from tests.test_messages import CASES, PAGE, WAYS, alert, leads_to

LOCAL_MIDNIGHT = int(datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())
USER, ROLE = (read_mention(text) for text in ("123456789012345678", "role:223456789012345678"))
NOBODY = {"parse": []}


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_a_message_that_discord_takes(case: str) -> None:
    made = alert(case)
    body = discord.payload(made, USER)
    assert_fits_discord(body)
    (embed,) = body["embeds"]
    assert embed["author"]["url"] == "https://github.com/octocat"
    (row,) = body["components"]
    urls = [leads_to(case)] + [PAGE] * bool(made.urgency)
    ways = [way.url for way in WAYS.get(case, ())]
    assert [each["url"] for each in row["components"]] == (ways + urls[::-1] if ways else urls)
    assert embed["timestamp"].endswith("+01:00")
    assert embed["color"] > 0
    assert ("flags" in body) == (case == "safe")


@pytest.mark.parametrize("case", CASES)
def test_the_line_that_a_phone_shows_says_it_alone_and_once(case: str) -> None:
    made = alert(case)
    body = discord.payload(made)
    assert body["content"].replace("\\", "") == made.push
    assert len(made.push) <= 80
    assert "<t:" not in body["content"]
    assert "title" not in body["embeds"][0]
    assert made.push not in body["embeds"][0]["description"]


def test_a_title_that_the_line_cannot_hold_stands_in_the_embed() -> None:
    made = replace(alert("broken"), title="octocat " * 20, push="octocat " * 9 + "octoca…")
    assert discord.payload(made)["embeds"][0]["title"] == "octocat " * 20


@pytest.mark.parametrize("mention", [USER, ROLE])
@pytest.mark.parametrize("case", CASES)
def test_one_person_or_role_is_mentioned_from_urgent_on(case: str, mention: Mention) -> None:
    body = discord.payload(alert(case), mention)
    if alert(case).urgency in (None, "reminder"):
        assert body["allowed_mentions"] == NOBODY
        assert "<@" not in body["content"]
    else:
        assert body["allowed_mentions"] == NOBODY | {"roles" if mention.role else "users": [mention.id]}
        assert body["content"].endswith(f" {mention}")


def test_a_mention_rings_whom_the_settings_name(world: World) -> None:
    world.check(DISCORD_MENTION="<@&223456789012345678>")
    assert world.hook.messages[0].rang == ("<@&223456789012345678>",)


def test_nobody_is_mentioned_without_the_setting(world: World) -> None:
    world.check()
    assert world.hook.messages[0].rang == ()
    assert world.hook.messages[0].allowed_mentions == NOBODY


@pytest.mark.parametrize("case", CASES)
def test_a_deadline_is_told_by_the_readers_own_clock_and_once(case: str) -> None:
    made = alert(case)
    embed = discord.payload(made)["embeds"][0]
    stamps = [each["value"] for each in embed["fields"] if "<t:" in each["value"]]
    assert stamps == ([f"<t:{LOCAL_MIDNIGHT}:t>, <t:{LOCAL_MIDNIGHT}:R>"] if made.deadline else [])
    assert "ends at" not in embed["description"]


def test_the_buttons_are_shown(world: World) -> None:
    world.check()
    assert world.hook.messages[0].buttons == {"Open GitHub": "https://github.com/octocat"}
    assert world.bot.messages[0].buttons == {"Open GitHub": "https://github.com/octocat"}


@settings(max_examples=25, deadline=None)
@given(HOSTILE.filter(str.strip))
def test_hostile_text_is_shown_not_obeyed_on_discord(text: str) -> None:
    body = discord.payload(hostile(text))
    assert_fits_discord(body)
    embed = body["embeds"][0]
    ways = embed["fields"][-1]
    for said in (body["content"], embed.get("title", ""), embed["description"], ways["name"], ways["value"]):
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_~`|<\[\]@]", said)
        assert not re.search(r"(?<!\\)://", said)


@settings(max_examples=25, deadline=None)
@given(HOSTILE.filter(str.strip))
def test_no_backslash_is_shown_that_was_not_written(text: str) -> None:
    # A backslash before a letter, digit or space is shown. Source: simple-markdown, rule `escape`.
    shown = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", discord.escape(text))
    assert shown == text


def test_ways_are_numbered_without_making_a_list() -> None:
    said = discord.payload(alert(next(iter(WAYS))))["embeds"][0]["fields"][-1]["value"]
    assert said.startswith("1\\. ")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (PAGE, PAGE),
        (f"{PAGE}?ref=a%20b&x=1#top", f"{PAGE}?ref=a%20b&x=1#top"),
        (f"{PAGE}>\n@everyone\\", f"{PAGE}%3E%0A@everyone%5C"),
        (f'{PAGE} "title"', f"{PAGE}%20%22title%22"),
        ("https://ghes/octocat", ""),  # a host that the services don't know would spoil the whole message
        ("https://[broken", ""),
        ("javascript:alert(1)", ""),
        (PAGE + "a" * 3000, ""),
    ],
)
def test_a_buttons_url_is_one_that_the_services_take_or_left_out(url: str, target: str) -> None:
    made = replace(alert("urgent"), pause=("Pause", url))
    (row,) = discord.payload(made)["components"]
    keyboard = telegram.payload(made, read_chat("1"))["reply_markup"]["inline_keyboard"]
    expected = [target] if target else []
    assert [each["url"] for each in row["components"][1:]] == expected
    assert [button["url"] for (button,) in keyboard[1:]] == expected


def test_a_message_without_any_button_has_no_row() -> None:
    made = replace(alert("safe"), url="https://ghes/octocat")
    assert "components" not in discord.payload(made)
    assert "reply_markup" not in telegram.payload(made, read_chat("1"))


def test_discord_is_asked_to_save_and_confirm_in_its_current_version(world: World) -> None:
    (outcome,) = on_discord(world, Clock().pace())
    assert outcome.state == "sent"
    (request,) = world.sandbox.discord.requests
    assert request.path.startswith("/api/v10/webhooks/")
    assert request.query == {"wait": "true", "with_components": "true"}
    assert re.fullmatch(r"DiscordBot \(https://\S+, [\d.]+\)", request.headers["User-Agent"])


def test_a_thread_stays_in_the_url(sandbox: Sandbox) -> None:
    hook = sandbox.discord.add_webhook(threads=("420000000000000001",))
    channel = discord.Discord(read_webhook(f"{hook.url}?thread_id=420000000000000001"))
    assert deliver([(channel, [alert("test")])], Clock().pace(), str)[0].state == "sent"
    assert hook.messages[0].thread_id == "420000000000000001"


@pytest.mark.parametrize(
    "host", ["discord.com", "discordapp.com", "ptb.discord.com", "canary.discordapp.com"]
)
@pytest.mark.parametrize("version", ["", "v6/", "v10/"])
def test_every_host_and_version_of_discord_becomes_the_current_one(host: str, version: str) -> None:
    webhook = read_webhook(f"https://{host}/api/{version}webhooks/123/abc-_9")
    assert (webhook.origin, webhook.id, webhook.token) == ("https://discord.com", "123", "abc-_9")
