"""Apprise: one channel for each URL."""

from __future__ import annotations

import json
import logging

import pytest

from streaky.channels.apprise.delivery import open_apprise
from streaky.deliver import deliver
from streaky.errors import ConfigurationError
from streaky.sandbox import Sandbox
from tests.channels.sending import (
    Clock,
)
from tests.conftest import World
from tests.test_messages import PAGE, alert


def test_each_apprise_url_is_a_channel_of_its_own(world: World) -> None:
    good = world.sandbox.webhook.endpoint("/apprise")
    url = good.url.replace("http://", "json://")
    report = world.check(STREAKY_APPRISE_URLS=f"{url}\njson://127.0.0.1:1/nobody\n")
    states = [str(outcome.state) for outcome in report.outcomes if outcome.channel == "apprise"]
    assert states == ["sent", "failed"]
    assert report.exit_status == 0
    assert "42-day streak" in json.dumps(good.received)


def test_apprise_shows_both_links_and_a_failure_may_pass(sandbox: Sandbox) -> None:
    endpoint = sandbox.webhook.endpoint("/apprise")
    urls = (endpoint.url.replace("http://", "json://"), "json://127.0.0.1:1/nobody")
    good, bad = open_apprise(urls)
    made = alert("urgent")
    told, failed = deliver([(good, [made]), (bad, [made])], Clock().pace(), str)
    assert (told.state, told.key) == ("sent", "apprise")
    assert (failed.state, failed.key, failed.again, failed.dead) == ("failed", "apprise-2", True, False)
    assert endpoint.received[0]["message"].endswith(
        f"\nhttps://github.com/octocat\nPause the reminders: {PAGE}"
    )


def test_apprise_shows_the_ways_with_their_links(sandbox: Sandbox) -> None:
    endpoint = sandbox.webhook.endpoint("/apprise")
    made = alert("ways-2")
    deliver([(open_apprise((endpoint.url.replace("http://", "json://"),))[0], [made])], Clock().pace(), str)
    assert made.choice is not None
    assert endpoint.received[0]["message"].endswith(made.choice.text)
    assert "settings/emails\n2. " in made.choice.text


def test_an_apprise_url_that_is_none_is_named_by_its_number(world: World) -> None:
    done = world.run(STREAKY_APPRISE_URLS="json://localhost/\nnosuchservice://s3cret-s3cret/\n")
    assert done.returncode == 2
    assert "URL 2" in done.stderr
    assert "s3cret-s3" not in done.stdout + done.stderr
    assert not world.sandbox.github.requests


def test_apprise_writes_no_line_of_its_own_into_any_log(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("apprise"), "level", logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    (channel,) = open_apprise(("json://127.0.0.1:1/short",))
    (outcome,) = deliver([(channel, [alert("urgent")])], Clock().pace(), str)
    assert outcome.state == "failed"
    with pytest.raises(ConfigurationError):
        open_apprise(("nosuchservice://short",))
    assert [record.name for record in caplog.records if record.name.startswith("apprise")] == []
