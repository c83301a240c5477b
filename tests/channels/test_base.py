"""What counts as sent on every channel, what is tried again, and when an address is dead."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from streaky.channels.apprise.delivery import open_apprise
from streaky.channels.base import Channel
from streaky.channels.discord import delivery as discord
from streaky.channels.discord.inputs import read_webhook
from streaky.channels.telegram import delivery as telegram
from streaky.channels.telegram.inputs import read_chat
from streaky.channels.webhook.delivery import Webhook
from streaky.deliver import deliver
from streaky.sandbox import Fault, Sandbox
from tests.channels.sending import (
    Clock,
    on_discord,
    on_telegram,
    on_webhook,
)
from tests.conftest import World, leaks
from tests.test_messages import alert

# What is tried again, and what never

PASSING = [
    Fault.status(500),
    Fault.status(503),
    Fault.drop(),
    Fault.truncate(),
    Fault.garbage(),
    Fault.status(403, {}, {"Retry-After": "1"}),
]
FINAL = [
    Fault.status(400, {"code": 50035}),
    Fault.status(401, {"code": 50027}),
    Fault.status(403, {}),
    Fault.status(404, {"code": 10015}),
]
FINAL += [
    Fault.edge_ban(),
    Fault.redirect("http://127.0.0.1:1/"),
    Fault.redirect("http://[::bad/"),
    Fault.status(200, {"ok": False}),
]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_may_pass_is_tried_again(world: World, fault: Fault) -> None:
    world.sandbox.discord.fail(fault, times=2)
    world.sandbox.telegram.fail(fault, times=2)
    assert on_discord(world, Clock().pace())[0].state == "sent"
    assert on_telegram(world, Clock().pace()).state == "sent"
    assert len(world.sandbox.discord.requests) == len(world.sandbox.telegram.requests) == 3


@pytest.mark.parametrize("fault", FINAL, ids=str)
def test_what_cannot_pass_is_asked_once_and_told_with_a_mend(world: World, fault: Fault) -> None:
    world.sandbox.discord.fail(fault, times=None)
    world.sandbox.telegram.fail(fault, times=None)
    for outcome in (on_discord(world, Clock().pace())[0], on_telegram(world, Clock().pace())):
        assert outcome.state == "failed"
        assert outcome.why
        assert outcome.mend
        assert not leaks(str(outcome), world.secrets)
    assert len(world.sandbox.discord.requests) == len(world.sandbox.telegram.requests) == 1


def refusal(code: int, said: str) -> dict[str, Any]:
    """A refusal of Telegram's own."""
    return {"ok": False, "error_code": code, "description": said}


EDGE = "error code: 1010"  # what Cloudflare says of a client that it does not let through
NEITHER, AGAIN, DEAD = (False, False), (True, False), (False, True)
VERDICTS = [
    ("discord", Fault.status(401, {"code": 50027}), DEAD),
    ("discord", Fault.status(401, EDGE), AGAIN),
    ("discord", Fault.status(401, {"message": "401: Unauthorized", "code": 0}), NEITHER),
    ("discord", Fault.status(404, {"code": 10015}), DEAD),
    ("discord", Fault.status(404, EDGE), AGAIN),
    ("discord", Fault.status(404, {"error": "not found"}), AGAIN),
    ("discord", Fault.status(404, {"code": 10003}), NEITHER),
    ("discord", Fault.status(400, {"code": 50035}), NEITHER),
    ("discord", Fault.status(403, {"code": 50013}), NEITHER),
    ("discord", Fault.status(403, EDGE), AGAIN),
    ("discord", Fault.status(407, "<html>"), AGAIN),
    ("discord", Fault.status(403, {"code": 40333}), AGAIN),
    ("discord", Fault.edge_ban(), AGAIN),
    ("discord", Fault.status(503), AGAIN),
    ("discord", Fault.redirect("http://127.0.0.1:1/"), NEITHER),
    ("telegram", Fault.status(401, refusal(401, "Unauthorized")), DEAD),
    ("telegram", Fault.status(404, refusal(404, "Not Found")), DEAD),
    ("telegram", Fault.status(200, refusal(401, "Unauthorized")), DEAD),
    ("telegram", Fault.status(401, EDGE), AGAIN),
    ("telegram", Fault.status(403, EDGE), AGAIN),
    ("telegram", Fault.status(404, "<html>"), AGAIN),
    ("telegram", Fault.status(404, {"error": "not found"}), AGAIN),
    ("telegram", Fault.status(400, refusal(400, "Bad Request: chat not found")), NEITHER),
    ("telegram", Fault.status(403, refusal(403, "Forbidden: bot was blocked by the user")), NEITHER),
    ("telegram", Fault.edge_ban(), AGAIN),
    ("telegram", Fault.status(502), AGAIN),
    ("webhook", Fault.status(401, {"error": "unauthorized"}), DEAD),
    ("webhook", Fault.status(404, {"error": "not found"}), DEAD),
    ("webhook", Fault.status(410), DEAD),
    ("webhook", Fault.status(400), NEITHER),
    ("webhook", Fault.status(401, EDGE), AGAIN),
    ("webhook", Fault.status(403, EDGE), AGAIN),
    ("webhook", Fault.status(404, "<html>"), AGAIN),
    ("webhook", Fault.status(403, {"error": "forbidden"}), NEITHER),
    ("webhook", Fault.status(500), AGAIN),
]


@pytest.mark.parametrize(("service", "fault", "verdict"), VERDICTS)
def test_a_failure_says_whether_another_try_helps_and_whether_the_address_is_dead(
    world: World, service: str, fault: Fault, verdict: tuple[bool, bool]
) -> None:
    getattr(world.sandbox, service).fail(fault, times=None)
    hook = world.sandbox.webhook.endpoint("/hook")
    outcome = {
        "discord": lambda: on_discord(world, Clock().pace())[0],
        "telegram": lambda: on_telegram(world, Clock().pace()),
        "webhook": lambda: on_webhook(hook.url, "", Clock().pace()),
    }[service]()
    assert (outcome.state, outcome.key) == ("failed", service)
    assert (outcome.again, outcome.dead) == verdict


def test_an_address_that_the_services_never_gave_out_is_dead(world: World) -> None:
    world.bot.token = world.bot.token[:-4] + "abcd"
    gone = world.sandbox.webhook.endpoint("/gone").url + "/long-ago"
    webhook = read_webhook(world.hook.url.replace(world.hook.token, "wrong-token"))
    lost = deliver([(discord.Discord(webhook), [alert("urgent")])], Clock().pace(), str)
    lost += (on_telegram(world, Clock().pace()), on_webhook(gone, "", Clock().pace()))
    assert [(outcome.channel, outcome.dead) for outcome in lost] == [
        ("discord", True),
        ("telegram", True),
        ("webhook", True),
    ]


def test_a_wait_that_the_service_asks_for_is_kept(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(429, {"retry_after": 7.5, "global": False}), times=8)
    world.sandbox.telegram.fail(
        Fault.status(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 9}})
    )
    there, here = Clock(), Clock()
    assert on_discord(world, there.pace(total=70))[0].state == "sent"
    assert there.slept == [7.5] * 8  # as often as it asks, while time is left
    assert on_telegram(world, here.pace()).state == "sent"
    assert here.slept == [9]


def test_a_ban_of_this_runner_is_not_asked_again_though_it_is_json(world: World) -> None:
    said = "You are being blocked from accessing our API temporarily due to exceeding our rate limits"
    world.sandbox.discord.fail(Fault.status(429, {"code": 0, "message": said}), times=None)
    clock = Clock()
    (outcome,) = on_discord(world, clock.pace())
    assert (outcome.state, outcome.again, outcome.dead) == ("failed", True, False)
    assert len(world.sandbox.discord.requests) == 1
    assert "refuses this runner's IP address" in outcome.why


def test_a_wait_longer_than_what_is_left_is_not_waited_for(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(429, {"retry_after": 3600}, {"Retry-After": "3600"}), times=None)
    clock = Clock()
    (outcome,) = on_discord(world, clock.pace())
    assert (outcome.state, clock.slept) == ("failed", [])
    assert "3600 seconds" in outcome.why


def test_backoff_grows_with_full_jitter_within_its_bounds() -> None:
    bounds: list[float] = []

    def jitter(low: float, high: float) -> float:
        assert low == 0
        bounds.append(high)
        return high

    clock = Clock()
    pace = replace(clock.pace(total=50), jitter=jitter)
    with Sandbox() as sandbox:
        hook = sandbox.discord.add_webhook()
        sandbox.discord.fail(Fault.status(500), times=None)
        channel = discord.Discord(read_webhook(hook.url))
        assert deliver([(channel, [alert("test")])], pace, str)[0].state == "failed"
    assert bounds == [1, 2, 4, 8, 16, 16, 16]
    assert clock.now <= 50


def test_a_lost_answer_is_asked_for_again_rather_than_a_streak_lost(world: World) -> None:
    world.sandbox.discord.fail(Fault.drop_after())
    assert on_discord(world, Clock().pace())[0].state == "sent"
    assert len(world.hook.messages) == 2


# Keys and marks


def test_a_channels_mark_changes_with_each_part_of_its_address_and_tells_none() -> None:
    hook = "https://discord.com/api/webhooks/123/abc-_9"
    bot = "123456789:" + "a" * 35
    channels: list[Channel] = [
        discord.Discord(read_webhook(url))
        for url in (hook, hook + "x", hook.replace("123", "124"), hook + "?thread_id=42")
    ]
    channels += [
        telegram.Telegram(token, read_chat(chat), server)
        for token, chat, server in (
            (bot, "1", "https://api.telegram.org"),
            (bot + "b", "1", "https://api.telegram.org"),
            (bot, "2", "https://api.telegram.org"),
            (bot, "1:7", "https://api.telegram.org"),
            (bot, "1", "https://bots.example"),
        )
    ]
    channels += [Webhook(f"https://hook.example/{path}", "") for path in "ab"]
    channels += open_apprise(("json://hook.example/a", "json://hook.example/b"))
    marks = [channel.mark for channel in channels]
    assert len(set(marks)) == len(marks)
    assert all(re.fullmatch(r"[0-9a-f]{8}", mark) for mark in marks)
    assert discord.Discord(read_webhook(hook)).mark == marks[0]
    other = Webhook("https://hook.example/a", "a secret that was replaced")
    assert other.mark == marks[9]
    named = ["discord"] * 4 + ["telegram"] * 5 + ["webhook"] * 2
    assert [channel.key for channel in channels] == [*named, "apprise", "apprise-2"]
