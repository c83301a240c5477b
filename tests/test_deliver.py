"""Channels side by side: none holds up another, and each keeps within its time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest

from streaky.channels.base import Result
from streaky.deliver import deliver
from streaky.http import Pace, Patience
from streaky.messages import Alert
from streaky.sandbox import Fault
from tests.channels.sending import (
    Clock,
    on_discord,
)
from tests.conftest import World
from tests.test_messages import alert


def test_a_webhook_that_is_gone_is_not_asked_for_the_next_alert(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(404, {"code": 10015, "message": "Unknown Webhook"}), times=None)
    outcomes = on_discord(world, Clock().pace(), alert("broken"), alert("urgent"))
    assert [outcome.state for outcome in outcomes] == ["failed", "failed"]
    assert len(world.sandbox.discord.requests) == 1


def test_a_message_that_discord_rejects_does_not_keep_the_next_from_it(world: World) -> None:
    world.sandbox.discord.fail(Fault.status(400, {"code": 50035, "message": "Invalid Form Body"}))
    outcomes = on_discord(world, Clock().pace(), alert("broken"), alert("urgent"))
    assert [outcome.state for outcome in outcomes] == ["failed", "sent"]


@dataclass
class Odd:
    """A channel that does something odd."""

    name: str
    act: Any
    mark = ""

    @property
    def key(self) -> str:
        return self.name

    def deliver(self, alert: Alert, patience: Patience) -> str:
        return str(self.act())


def test_one_channel_that_hangs_or_breaks_never_holds_up_another() -> None:
    done: list[float] = []
    started = time.monotonic()
    channels = [
        Odd("discord", lambda: time.sleep(30)),
        Odd("telegram", lambda: 1 / 0),
        Odd("webhook", lambda: done.append(time.monotonic() - started)),
    ]
    outcomes = deliver([(channel, [alert("test")]) for channel in channels], Pace(total=1.0), str)
    assert [outcome.state for outcome in outcomes] == [Result.FAILED, Result.FAILED, Result.SENT]
    assert "ZeroDivisionError" in outcomes[1].why
    assert done[0] < 1
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("fault", [Fault.hang(30), Fault.drip(0.2)], ids=["hang", "drip"])
def test_a_service_that_never_ends_is_given_up_in_time(world: World, fault: Fault) -> None:
    world.sandbox.discord.fail(fault, times=None)
    started = time.monotonic()
    (outcome,) = on_discord(world, Pace(total=1.0, each=0.4, first=0.01))
    assert outcome.state == "failed"
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("id", ["", "1" * 81, "a b", 'x"', "\u00e9", "1\n"])
def test_an_id_that_the_ledger_could_not_keep_is_none(id: str) -> None:
    (outcome,) = deliver([(Odd("discord", lambda: id), [alert("test")])], Pace(total=2), str)
    assert (outcome.state, outcome.message) == (Result.SENT, "")
