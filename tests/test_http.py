"""One HTTP exchange: bounded in time and size, as it was meant, and told of without the URL."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from streaky.errors import NoReply
from streaky.http import Again, Exhausted, Http, Pace, Patience, Reply, bounded, seconds
from streaky.sandbox import Fault, Sandbox
from tests.channels.sending import Clock
from tests.conftest import NOW, World

MEBIBYTE = 1 << 20
PATH = "/bot123456:secret-secret/sendMessage"


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """256 MiB of nothing, as a quarter of a MiB."""
    return gzip.compress(bytes(256 * MEBIBYTE))


@pytest.fixture
def peak() -> Iterator[list[int]]:
    """The most memory that Python held in the test, in bytes, filled in by `stop`."""
    tracemalloc.start()
    yield []
    tracemalloc.stop()


def send(sandbox: Sandbox, within: float = 5) -> Reply:
    """One request to the sandbox's webhook service."""
    return Http({}).send("POST", sandbox.webhook.url + PATH, within=within, data=b"{}")


# Its size


@pytest.mark.parametrize("status", [200, 302, 307, 401, 500])
@pytest.mark.usefixtures("peak")
def test_a_body_that_is_too_large_is_given_up_at_8_mib_whatever_its_status(
    sandbox: Sandbox, bomb: bytes, status: int
) -> None:
    headers = {"Content-Encoding": "gzip", "Location": "http://127.0.0.1:1/"}
    sandbox.webhook.fail(Fault.status(status, bomb, headers), times=None)
    with pytest.raises(NoReply, match="far too large") as caught:
        send(sandbox)
    assert not caught.value.temporary
    assert tracemalloc.get_traced_memory()[1] < 32 * MEBIBYTE


@pytest.mark.usefixtures("peak")
def test_no_service_can_fill_the_memory_with_a_redirect(world: World, bomb: bytes) -> None:
    endpoint = world.sandbox.webhook.endpoint("/hook")
    headers = {"Content-Encoding": "gzip", "Location": "/elsewhere"}
    for service in world.sandbox.services.values():
        service.fail(Fault.status(302, bomb, headers), times=None)
    report = world.check(STREAKY_WEBHOOK_URL=endpoint.url)
    assert (report.status, len(report.failures)) == ("unknown", 3)
    assert tracemalloc.get_traced_memory()[1] < 64 * MEBIBYTE


def test_a_body_of_8_mib_is_read_whole(sandbox: Sandbox) -> None:
    sandbox.webhook.fail(Fault.status(200, bytes(8 * MEBIBYTE)))
    assert len(send(sandbox).body) == 8 * MEBIBYTE


# What it must not do


@pytest.mark.parametrize("location", ["/elsewhere", "http://[::bad/", ""])
def test_a_redirect_is_answered_as_it_came(sandbox: Sandbox, location: str) -> None:
    sandbox.webhook.fail(Fault.redirect(location), times=None)
    reply = send(sandbox)
    assert (reply.status, reply.headers["Location"]) == (307, location)
    assert len(sandbox.webhook.requests) == 1


def test_a_netrc_and_a_proxy_of_the_machine_change_nothing_on_loopback(world: World, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    done = world.run(
        NETRC=str(netrc), HTTP_PROXY="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1", now=NOW
    )
    assert done.returncode == 0, done.stderr
    assert world.sandbox.github.requests[0].headers["Authorization"].startswith("bearer ")
    assert len(world.hook.messages) == len(world.bot.messages) == 1


def test_a_netrc_of_the_machine_does_not_replace_the_token_of_a_service_elsewhere(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    # The sandbox as a proxy stands in for any other host, which a proxy of the machine does reach.
    monkeypatch.setenv("http_proxy", sandbox.webhook.url)
    monkeypatch.delenv("no_proxy", raising=False)
    Http({"Authorization": "bearer token"}).send("GET", "http://api.example/graphql", within=5)
    (request,) = sandbox.webhook.requests
    assert request.headers["Host"] == "api.example"
    assert request.headers["Authorization"] == "bearer token"


# What it says


@pytest.mark.parametrize(
    ("fault", "said", "temporary"),
    [
        (Fault.drop(), "the connection was refused or broke", True),
        (Fault.truncate(), "the answer broke off", True),
        (Fault.hang(5), "no answer within 0.2 seconds", True),
        (Fault.status(200, b"no gzip", {"Content-Encoding": "gzip"}), "the answer broke off", True),
    ],
)
def test_what_went_wrong_is_said_without_the_url(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, fault: Fault, said: str, temporary: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.webhook.fail(fault, times=None)
    with pytest.raises(NoReply) as caught:
        send(sandbox, within=0.2 if "seconds" in said else 5)
    assert (str(caught.value), caught.value.temporary) == (said, temporary)
    assert caught.value.__cause__ is None
    assert "secret" not in caplog.text


def test_a_chunk_of_less_than_no_bytes_makes_no_sense() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx")

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(NoReply, match="made no sense"):
            Http({}).send("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", within=5)


def test_an_answer_that_trickles_in_is_given_up_in_time(sandbox: Sandbox) -> None:
    sandbox.webhook.fail(Fault.drip(0.05))
    started = time.monotonic()
    with pytest.raises(NoReply, match="no answer within"):
        send(sandbox, within=0.3)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("text", "wait"), [("7", 7.0), ("0", 0.0), ("-1", None), ("soon", None), ("nan", None), ("", None)]
)
def test_a_wait_is_read_from_the_header(text: str, wait: float | None) -> None:
    assert Reply(429, {"Retry-After": text}, b"").retry_after == wait


def test_a_wait_may_be_a_date() -> None:
    assert Reply(429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"").retry_after == 0.0


@pytest.mark.parametrize("value", [True, "7", None, -1, 1e9, float("nan"), float("inf")])
def test_what_is_no_number_of_seconds_is_none(value: object) -> None:
    assert seconds(value) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 200_000])
def test_a_body_that_is_no_json_is_none(body: bytes) -> None:
    assert Reply(200, {}, body).json() is None


# Asking again


def test_what_work_raises_is_raised_to_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, 5)


def test_patience_returns_the_first_answer_and_keeps_the_waits_it_is_told() -> None:
    clock, answers = Clock(), iter([Again("busy", 3.0), Again("busy", 0.0), "done"])
    assert Patience(clock.pace()).persist(lambda within: next(answers)) == "done"
    assert clock.slept == [3.0, 0.0]


def test_patience_ends_before_a_wait_that_is_longer_than_what_is_left() -> None:
    clock = Clock()
    with pytest.raises(Exhausted) as caught:
        Patience(clock.pace(10)).persist(lambda within: Again("busy", 60.0))
    assert (caught.value.wait, clock.slept) == (60.0, [])


def test_patience_stops_after_so_many_attempts() -> None:
    asked: list[float] = []
    with pytest.raises(Exhausted):
        Patience(Pace(60, each=1, attempts=3, sleep=lambda _: None)).persist(
            lambda within: asked.append(within) or Again("busy", 0.0)
        )
    assert asked == [1, 1, 1]
