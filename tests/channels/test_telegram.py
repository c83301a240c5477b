"""Telegram: what is sent, to whom, and what its refusals come with."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from streaky.channels.telegram import delivery as telegram
from streaky.channels.telegram.inputs import read_chat
from streaky.sandbox import Fault
from tests.channels.sending import (
    HOSTILE,
    Clock,
    assert_fits_telegram,
    hostile,
    on_telegram,
    quick,
)
from tests.conftest import CHAT, World
from tests.test_messages import CASES, PAGE, WAYS, alert, leads_to


@pytest.mark.parametrize("case", CASES)
def test_every_alert_is_a_message_that_telegram_takes(world: World, case: str) -> None:
    assert_fits_telegram(telegram.payload(alert(case), read_chat(str(CHAT))))
    assert on_telegram(world, Clock().pace(), case=case).state == "sent"
    payload = world.bot.messages[-1].payload
    assert payload["parse_mode"] == "HTML"
    urls = [leads_to(case)] + [PAGE] * bool(alert(case).urgency)
    ways = [way.url for way in WAYS.get(case, ())]
    assert list(world.bot.messages[-1].buttons.values()) == (ways + urls[::-1] if ways else urls)
    assert payload["link_preview_options"] == {"is_disabled": True}
    assert payload.get("disable_notification", False) == (case == "safe")


@quick
@given(HOSTILE)
def test_hostile_text_is_shown_not_obeyed_on_telegram(text: str) -> None:
    body = telegram.payload(hostile(text), read_chat("@somechannel"))
    assert_fits_telegram(body)
    tags = re.findall(r"<[^>]*>?", body["text"])
    assert tags == ["<b>", "</b>"] * 2
    assert not re.search(r"&(?!amp;|lt;|gt;)", body["text"])


def test_a_group_that_moved_is_followed_once(world: World) -> None:
    world.bot.add_chat(-100200300, kind="supergroup")
    world.bot.add_chat(-42, kind="group", migrated_to=-100200300)
    assert on_telegram(world, Clock().pace(), "-42").state == "sent"
    assert world.bot.messages[-1].chat_id == -100200300
    world.bot.add_chat(-100200300, kind="supergroup", migrated_to=-42)
    assert on_telegram(world, Clock().pace(), "-42").state == "failed"
    assert len(world.sandbox.telegram.requests) == 4


def test_a_forum_topic_stands_behind_the_chat(world: World) -> None:
    world.bot.add_chat(-100200300, kind="supergroup", topics=(42,))
    assert on_telegram(world, Clock().pace(), "-100200300:42").state == "sent"
    assert world.bot.messages[-1].payload["message_thread_id"] == 42


@pytest.mark.parametrize(("chat", "mend"), [("555", "Press Start"), ("777", "Unblock")])
def test_telegrams_refusals_come_with_their_mend(world: World, chat: str, mend: str) -> None:
    world.bot.add_chat(777, blocked=True)
    outcome = on_telegram(world, Clock().pace(), chat)
    assert outcome.state == "failed"
    assert mend in outcome.mend


def test_telegram_is_judged_by_ok_not_by_its_status(world: World) -> None:
    refusal = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
    world.sandbox.telegram.fail(Fault.status(200, refusal), times=None)
    outcome = on_telegram(world, Clock().pace())
    assert (outcome.state, outcome.mend) == ("failed", "Unblock the bot in Telegram.")
