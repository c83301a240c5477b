"""The outside dead-man's switch: told of each run's start and end, and never in the way."""

from __future__ import annotations

import time
import uuid

import pytest

from streaky.runner.ping import Ping
from streaky.sandbox import Fault
from tests.conftest import World, leaks

SECRET = "0c5d1f2e-7a3b-4c9d-8e6f-a1b2c3d4e5f6"


@pytest.fixture
def watch(world: World) -> str:
    """The URL of a watch that takes everything."""
    world.sandbox.webhook.fail(Fault.status(200, "OK"), times=None)
    return f"{world.sandbox.webhook.url}/ping/{SECRET}"


def heard(world: World) -> list[str]:
    return [
        f"{request.method} {request.path.removeprefix(f'/ping/{SECRET}') or '/'}"
        for request in world.sandbox.webhook.requests
    ]


def test_a_run_that_ends_well_pings_its_start_and_success(world: World, watch: str) -> None:
    ping = Ping(watch)
    ping.start()
    assert ping.finish(0, "") is None
    assert heard(world) == ["GET /start", "GET /"]
    ids = {request.query["rid"] for request in world.sandbox.webhook.requests}
    assert len(ids) == 1
    assert str(uuid.UUID(ids.pop()))


def test_a_failure_comes_with_its_exit_status(world: World, watch: str) -> None:
    assert Ping(watch).finish(3, "An alert reached nobody.") is None
    assert heard(world) == ["POST /fail"]
    assert world.sandbox.webhook.requests[0].body == b"exit status 3: An alert reached nobody."


def test_a_query_and_a_trailing_slash_stay_what_they_are(world: World, watch: str) -> None:
    Ping(f"{watch}/?create=1").finish(1, "x")
    (request,) = world.sandbox.webhook.requests
    assert request.path == f"/ping/{SECRET}/fail"
    assert request.query["create"] == "1"


@pytest.mark.parametrize(
    ("fault", "why"),
    [(Fault.status(404), "it answered 404"), (Fault.redirect("http://127.0.0.1:1/"), "it answered 307")],
)
def test_what_the_watch_refuses_is_said_without_its_url(world: World, fault: Fault, why: str) -> None:
    world.sandbox.webhook.fail(fault, times=None)
    said = Ping(f"{world.sandbox.webhook.url}/ping/{SECRET}").finish(0, "")
    assert said == f"ping-url did not take it: {why}."
    assert len(world.sandbox.webhook.requests) == 1


def test_a_failure_of_the_watch_is_tried_once_more(world: World) -> None:
    world.sandbox.webhook.fail(Fault.status(503), times=1)
    world.sandbox.webhook.fail(Fault.status(200), times=None)
    assert Ping(f"{world.sandbox.webhook.url}/ping/{SECRET}").finish(0, "") is None


def test_a_watch_that_hangs_delays_nothing_for_long(world: World) -> None:
    world.sandbox.webhook.fail(Fault.hang(30), times=None)
    started = time.monotonic()
    ping = Ping(f"{world.sandbox.webhook.url}/ping/{SECRET}", within=1)
    ping.start()
    assert time.monotonic() - started < 0.8
    assert "no answer" in (ping.finish(0, "") or "")
    assert time.monotonic() - started < 8


def test_nobody_listening_is_no_failure_of_the_run(world: World) -> None:
    done = world.run(STREAKY_PING_URL=f"http://127.0.0.1:1/{SECRET}")
    assert done.returncode == 0
    assert "ping-url did not take it" in done.stderr
    assert not leaks(done.stdout + done.stderr, (SECRET,))


@pytest.mark.parametrize(
    ("more", "status", "pings"),
    [
        ({}, 0, ["GET /start", "GET /"]),
        ({"GITHUB_TOKEN": "ghs_wrong"}, 1, ["GET /start", "POST /fail"]),
        ({"STREAKY_TIMEZONE": "Nowhere"}, 2, ["GET /start", "POST /fail"]),
        (
            {"DISCORD_WEBHOOK_URL": "", "TELEGRAM_BOT_TOKEN": "1234567:" + "x" * 35},
            3,
            ["GET /start", "POST /fail"],
        ),
    ],
)
def test_each_exit_status_is_told(
    world: World, watch: str, more: dict[str, str], status: int, pings: list[str]
) -> None:
    done = world.run("check", STREAKY_PING_URL=watch, **more)  # type: ignore[arg-type]
    assert done.returncode == status, done.stderr
    assert heard(world) == pings
    last = world.sandbox.webhook.requests[-1].body.decode()
    assert status == 0 or last.startswith(f"exit status {status}: ")
    assert not leaks(last + done.stdout + done.stderr, (*world.secrets, SECRET))


def test_a_wrong_ping_url_is_a_fault_and_not_pinged(world: World) -> None:
    done = world.run(STREAKY_PING_URL=f"http://watch.example/{SECRET}")
    assert done.returncode == 2
    assert "ping-url" in done.stderr
    assert not leaks(done.stderr, (SECRET,))


def test_a_job_that_hands_on_leaves_the_last_word_to_the_next_one(world: World, watch: str) -> None:
    world.sandbox.discord.fail(Fault.edge_ban(), times=None)
    only_discord = {"TELEGRAM_BOT_TOKEN": "", "TELEGRAM_CHAT_ID": ""}
    first = {"GITHUB_ACTIONS": "true", "STREAKY_HANDS_ON": "true"} | only_discord
    done = world.run("check", STREAKY_PING_URL=watch, **first)
    assert (done.returncode, heard(world)) == (3, ["GET /start"])
    assert "::error" not in done.stdout
    assert "::notice title=Streaky::2026-11-23/at-risk/21:00 on discord" in done.stdout
    world.run("check", STREAKY_PING_URL=watch, **only_discord)
    assert heard(world) == ["GET /start", "GET /start", "POST /fail"]
