"""Each service that docs/channels.md has a recipe for through Apprise: an alert really arrives there.

E-mail goes to an SMTP server of this file's own, without TLS (`mode=insecure`), for which a certificate would
be needed. The HTTP services are asked at their own fixed addresses: the fixture `internet` leads every
request of `requests` to one loopback server, with the host as the first part of the path. So what is tested
is Apprise as people use it, URL and all, and what it writes on the wire.
"""

from __future__ import annotations

import base64
import email
import email.policy
import logging
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from streaky.channels.apprise.delivery import open_apprise
from streaky.channels.base import Outcome
from streaky.deliver import deliver
from streaky.messages import Alert
from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.faults import Fault
from streaky.sandbox.service import Service
from tests.channels.sending import Clock
from tests.conftest import World, leaks
from tests.test_messages import PAGE, alert

SECRET = "Zq7RkV2mXw9TjN4bYc6LpH8sDf3G"  # stands in every URL, whole or in parts, and nowhere else
SLACK = f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET[:24]}"
NTFY = f"ntfys://tk_{SECRET}@ntfy.example/streaky"
MATRIX = f"matrixs://octocat:{SECRET}@matrix.example/!room:matrix.example"
TEAMS = f"workflows://prod-1.westeurope.logic.azure.com:443/{SECRET}/{SECRET[::-1]}"
PUSHOVER = f"pover://{SECRET[:26]}0123@{SECRET[1:27]}4567"


class Internet(Service):
    """Every host at once; the first part of a path is the host that was meant."""

    def handle(self, request: Request) -> Response:
        """What each service answers when it takes a message. Sources: Slack, "Sending messages using incoming
        webhooks"; ntfy, "Publishing"; Matrix client-server API; Pushover, "Message API"."""
        host, _, path = request.path.lstrip("/").partition("/")
        if host == "hooks.slack.com":
            return Response.text("ok")
        if host == "matrix.example":
            unknown = path.startswith(".well-known") or path.endswith("m.room.encryption")
            return Response.json(_matrix(path), 404 if unknown else 200)
        if host == "prod-1.westeurope.logic.azure.com":
            return Response(202)
        return Response.json({"id": "1", "status": 1, "request": "r"})

    def asked(self, host: str) -> list[Request]:
        """The requests that were meant for a host."""
        return [each for each in self.requests if each.path.startswith(f"/{host}/")]


def _matrix(path: str) -> dict[str, str]:
    if path.endswith("/login"):
        return {"access_token": SECRET[::-1], "user_id": "@octocat:matrix.example", "device_id": "D"}
    if "/send/" in path:
        return {"event_id": "$1"}
    return {"room_id": "!room:matrix.example"}


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """All that goes out by `requests` from now on arrives here, but for what is meant for loopback."""
    service = Internet()
    service.start()
    send = requests.adapters.HTTPAdapter.send

    def sent(adapter: Any, request: requests.PreparedRequest, *rest: Any, **more: Any) -> requests.Response:
        url = urlsplit(request.url or "")
        if url.hostname != "127.0.0.1":
            query = f"?{url.query}" if url.query else ""
            request.url = f"{service.url}/{url.hostname}{url.path}{query}"
        return send(adapter, request, *rest, **more)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", sent)
    yield service
    service.stop()


@dataclass
class Mailbox:
    """What an SMTP server took, and the log-ins that it saw. `refuse`: it takes none."""

    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    tries: int = 0
    refuse: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        """As a person writes it, but for the host and the missing TLS."""
        to = "to=me@example.com&from=streaky@example.com"
        return f"mailto://octocat:{SECRET}@127.0.0.1:{self.port}/?mode=insecure&smtp=127.0.0.1&{to}"


class Talk(socketserver.StreamRequestHandler):
    """One connection of SMTP: as much as a client needs. Source: RFC 5321; RFC 4954 for AUTH."""

    mailbox: Mailbox

    def handle(self) -> None:
        """Answer line by line."""
        self._say("220 mail.example")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    self._say("250-mail.example", "250 AUTH PLAIN")
                case "AUTH":
                    self.mailbox.logins.append(base64.b64decode(rest.split()[-1]).decode())
                    self._say("235 welcome")
                case "MAIL":
                    self.mailbox.tries += 1
                    self._say(f"451 no, {SECRET}" if self.mailbox.refuse else "250 ok")
                case "DATA":
                    self._say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    mail = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                    assert isinstance(mail, EmailMessage)
                    self.mailbox.mails.append(mail)
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server on loopback."""
    box = Mailbox()
    handler = type("Here", (Talk,), {"mailbox": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield box
        server.shutdown()


def send(*urls: str) -> list[Outcome]:
    """Send one alert to each URL."""
    return list(
        deliver([(channel, [alert("urgent")]) for channel in open_apprise(urls)], Clock().pace(), str)
    )


def holds(text: str, made: Alert) -> bool:
    """Whether a person sees all of the alert: its title, each line, and both links."""
    return all(part in text for part in (made.title, *made.lines, made.url, PAGE))


def test_an_email_arrives_with_title_text_and_link(mailbox: Mailbox) -> None:
    (outcome,) = send(mailbox.url)
    assert (outcome.state, len(mailbox.mails)) == ("sent", 1)
    (mail,) = mailbox.mails
    body = mail.get_body(("plain", "html"))
    assert body is not None
    assert mail["Subject"] == alert("urgent").title
    assert mail["To"] == "me@example.com"
    assert holds(f"{mail['Subject']}\n{body.get_content()}", alert("urgent"))
    assert mailbox.logins == [f"\0octocat\0{SECRET}"]


def _slack(request: Request) -> str:
    (made,) = request.json()["attachments"]
    return f"{made['title']}\n{made['text']}"


def _pushover(request: Request) -> str:
    body = request.json() if request.body.startswith(b"{") else _form(request.body)
    return f"{body['title']}\n{body['message']}"


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode()))


def _teams(request: Request) -> str:
    (made,) = request.json()["attachments"]
    return "\n".join(block["text"] for block in made["content"]["body"] if "text" in block)


SERVICES: dict[str, tuple[str, str, Callable[[Request], str]]] = {
    "slack": (SLACK, "hooks.slack.com", _slack),
    "ntfy": (NTFY, "ntfy.example", lambda request: f"{request.json()['title']}\n{request.json()['message']}"),
    "matrix": (MATRIX, "matrix.example", lambda request: request.json()["body"]),
    "teams": (TEAMS, "prod-1.westeurope.logic.azure.com", _teams),
    "pushover": (PUSHOVER, "api.pushover.net", _pushover),
}


def messages(internet: Internet, host: str) -> list[Request]:
    """The requests that bring a message: for Matrix, the last of several kinds."""
    return [each for each in internet.asked(host) if host != "matrix.example" or "/send/" in each.path]


@pytest.mark.parametrize("service", SERVICES)
def test_an_alert_arrives_with_title_text_and_link(service: str, internet: Internet) -> None:
    url, host, read = SERVICES[service]
    (outcome,) = send(url)
    assert outcome.state == "sent", [each.path for each in internet.requests]
    (request,) = messages(internet, host)
    assert holds(read(request), alert("urgent")), read(request)


def refuse(internet: Internet, host: str, status: int = 500) -> None:
    """Let a host refuse everything, with the secret in its answer."""
    said = Fault.status(status, {"error": f"no, {SECRET}", "retry_after_ms": 1})
    internet.fail(said, times=None, when=lambda request: request.path.startswith(f"/{host}/"))


@pytest.mark.parametrize("service", SERVICES)
def test_one_service_that_fails_hides_no_other(service: str, internet: Internet, mailbox: Mailbox) -> None:
    refuse(internet, SERVICES[service][1])
    names = list(SERVICES)
    outcomes = send(*(SERVICES[name][0] for name in names), mailbox.url)
    failed = [
        name for name, outcome in zip([*names, "email"], outcomes, strict=True) if outcome.state != "sent"
    ]
    assert failed == [service]
    arrived = {name: len(messages(internet, SERVICES[name][1])) for name in names if name != service}
    assert set(arrived.values()) == {1}
    assert len(mailbox.mails) == 1


def test_a_mail_server_that_fails_hides_no_other_and_is_asked_twice(
    internet: Internet, mailbox: Mailbox
) -> None:
    mailbox.refuse = True
    first, second = send(mailbox.url, NTFY)
    assert (first.state, first.again, second.state) == ("failed", True, "sent")
    assert mailbox.tries == 2


# What is asked first, which is where a service that refuses everything is asked in vain.
@pytest.mark.parametrize("more", ["", "?retry=3&wait=0"])
@pytest.mark.parametrize("service", ["slack", "ntfy", "teams", "pushover"])
def test_the_retries_are_ours_one_more_at_most(service: str, more: str, internet: Internet) -> None:
    url, host, _ = SERVICES[service]
    refuse(internet, host)
    (outcome,) = send(url + more)
    assert (outcome.state, outcome.again) == ("failed", True)
    assert len(internet.asked(host)) == 2


def test_what_a_url_calls_optional_is_no_success_when_it_fails(internet: Internet) -> None:
    refuse(internet, "ntfy.example")
    (outcome,) = send(f"{NTFY}?optional=yes")
    assert outcome.state == "failed"


def test_nothing_of_a_url_is_in_any_log_or_message(
    internet: Internet,
    mailbox: Mailbox,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger("apprise"), "level", logging.NOTSET)
    caplog.set_level(logging.DEBUG)  # the root's: whoever asks for all there is to tell
    urls = [url for url, _, _ in SERVICES.values()] + [mailbox.url]
    good = send(*urls)
    mailbox.refuse = True
    for _, host, _ in SERVICES.values():
        refuse(internet, host)
    bad = send(*urls)
    assert {outcome.state for outcome in good} == {"sent"}
    assert {outcome.state for outcome in bad} == {"failed"}
    out = "".join(capfd.readouterr()) + caplog.text + repr([*good, *bad])
    assert not leaks(out, (SECRET, SECRET[::-1]))


def test_a_run_that_tells_all_it_does_tells_nothing_of_an_apprise_url(world: World, mailbox: Mailbox) -> None:
    mailbox.refuse = True
    nobody = f"ntfy://octocat:{SECRET}@127.0.0.1:1/streaky"
    urls = f"{mailbox.url}\n{nobody}"
    done = world.run("check", RUNNER_DEBUG="1", GITHUB_ACTIONS="true", STREAKY_APPRISE_URLS=urls)
    lines = (done.stdout + done.stderr).splitlines()
    masks = [line for line in lines if line.startswith("::add-mask::")]
    said = "\n".join(line for line in lines if line not in masks)
    assert {f"::add-mask::{mailbox.url}", f"::add-mask::{nobody}"} <= set(masks)
    assert "Apprise URL 1 did not take it" in said
    assert "Apprise URL 2 did not take it" in said
    assert not leaks(said, (SECRET,))
