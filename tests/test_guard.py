"""One person's run, from GitHub's answer to the messages that arrive."""

from __future__ import annotations

from tests.conftest import NOW, World


def test_a_streak_at_risk_is_told_once_on_each_channel_with_one_request(world: World) -> None:
    report = world.check()
    assert (report.status, report.exit_status) == ("at-risk", 0)
    assert len(world.sandbox.github.requests) == 1
    assert [message.embeds[0]["title"] for message in world.hook.messages] == [
        "octocat: 2 h 30 min left for your streak of 42 days"
    ]
    assert len(world.bot.messages) == 1
    assert "GitHub shows no contribution yet" in world.bot.messages[0].text


def test_nothing_is_due_when_today_has_its_contribution(world: World) -> None:
    world.contributions[NOW.date()] = 2
    report = world.check()
    assert (report.status, report.exit_status, report.outcomes) == ("safe", 0, ())
    assert len(world.sandbox.github.requests) == 1
    assert not world.hook.messages
