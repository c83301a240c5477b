"""Connections: kept open, encrypted with a certificate that is trusted, straight or through a proxy."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from streaky.errors import NoReply
from streaky.http import Http, proxied
from streaky.sandbox import Fault, Sandbox
from tests.conftest import PLAIN, World

HERE, ELSEWHERE = "127.0.0.1", "github.example"
USER = "someone:pass%20word@"
NOT_TRUSTED = "the server's certificate was not accepted"


@dataclass
class Door:
    """A server of raw connections: each one is handled in a thread of its own. `accepted` counts them."""

    handle: Callable[[socket.socket], None]
    accepted: int = 0
    listening: socket.socket = field(default_factory=lambda: socket.create_server((HERE, 0)))

    @property
    def port(self) -> int:
        return int(self.listening.getsockname()[1])

    def __enter__(self) -> Door:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # wakes the accepting thread
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.accepted += 1
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self.handle(connection)


def head(connection: socket.socket) -> bytes:
    """The head of a request; b"" when the other side is done."""
    read = b""
    while b"\r\n\r\n" not in read:
        part = connection.recv(65_536)
        if not part:
            return b""
        read += part
    return read


def pump(one: socket.socket, other: socket.socket) -> None:
    """Pass on what comes from either side, until one has no more to say."""

    def pass_on(source: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65_536):
                to.sendall(part)
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=pass_on, args=[other, one], daemon=True)
    back.start()
    pass_on(one, other)
    back.join()


def answering(*answers: bytes) -> Callable[[socket.socket], None]:
    """Answers the requests of a connection in turn, then closes it."""

    def handle(connection: socket.socket) -> None:
        for answer in answers:
            if not head(connection):
                return
            connection.sendall(answer)

    return handle


def get(door: Door, http: Http | None = None, path: str = "/") -> bytes:
    return (http or Http({})).send("GET", f"http://{HERE}:{door.port}{path}", within=5).body


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


# One after the other


def test_requests_follow_each_other_on_one_connection() -> None:
    with Door(answering(OK, OK, OK)) as door:
        http = Http({})
        assert [get(door, http) for _ in range(3)] == [b"ok"] * 3
        assert door.accepted == 1


@pytest.mark.parametrize(
    "answer",
    [
        OK,  # and the server closes, without having said so
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
)
def test_a_connection_that_has_ended_is_opened_anew(answer: bytes) -> None:
    closed = threading.Event()

    def handle(connection: socket.socket) -> None:
        answering(answer)(connection)
        connection.close()
        closed.set()

    with Door(handle) as door:
        http = Http({})
        for _ in range(3):
            closed.clear()
            assert get(door, http) == b"ok"
            assert closed.wait(5)
        assert door.accepted == 3


def test_threads_have_connections_of_their_own(sandbox: Sandbox) -> None:
    http, found = Http({}), []
    sandbox.webhook.latency = 0.05

    def send(number: int) -> None:
        reply = http.send("POST", f"{sandbox.webhook.url}/{number}", within=5, data=b"{}")
        found.append(reply.status)

    threads = [threading.Thread(target=send, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert {request.path for request in sandbox.webhook.requests} == {f"/{number}" for number in range(8)}


def test_what_is_packed_is_unpacked_whole(sandbox: Sandbox) -> None:
    text = os.urandom(200_000) + bytes(2_000_000)
    sandbox.webhook.fail(Fault.status(200, gzip.compress(text), {"Content-Encoding": "gzip"}))
    assert Http({}).send("POST", sandbox.webhook.url, within=5).body == text


def test_a_packed_answer_that_breaks_off_is_no_answer(sandbox: Sandbox) -> None:
    packed = gzip.compress(os.urandom(1000))[:-20]
    sandbox.webhook.fail(Fault.status(200, packed, {"Content-Encoding": "gzip"}))
    with pytest.raises(NoReply, match="broke off"):
        Http({}).send("POST", sandbox.webhook.url, within=5)


def test_a_packed_answer_of_several_parts_is_unpacked_whole(
    sandbox: Sandbox,
) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0"
    sandbox.webhook.fail(Fault.status(200, packed, {"Content-Encoding": "gzip"}))
    assert Http({}).send("POST", sandbox.webhook.url, within=5).body == b"one two"


def test_a_hint_before_the_answer_is_not_the_answer() -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
    with Door(answering(hint + hint + OK, hint + OK)) as door:
        http = Http({})
        assert [get(door, http) for _ in range(2)] == [b"ok"] * 2
        assert door.accepted == 1


# Given up


def test_what_was_given_up_before_it_was_sent_is_not_sent_later(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, opened = [], threading.Event()
    connect = socket.create_connection

    def slowly(*arguments: object, **more: object) -> socket.socket:
        connection = connect(*arguments, **more)  # type: ignore[arg-type]
        given_up.wait(5)
        opened.set()
        return connection

    def handle(connection: socket.socket) -> None:
        seen.append(head(connection))

    given_up = threading.Event()
    monkeypatch.setattr("socket.create_connection", slowly)  # as with a name server that takes its time
    with Door(handle) as door:
        with pytest.raises(NoReply, match="no answer within"):
            Http({}).send("POST", f"http://{HERE}:{door.port}/", within=0.1, data=b"{}")
        given_up.set()
        assert opened.wait(5)
        while not seen:  # the connection ends
            time.sleep(0.01)
    assert seen == [b""]


# What is asked for


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("", b"/"),
        ("/a b?c=d e", b"/a%20b?c=d%20e"),
        ("/%2F?x=%20&y=a+b", b"/%2F?x=%20&y=a+b"),
        ("/gr\u00fc\u00dfe#here", b"/gr%C3%BC%C3%9Fe"),
        ("?only", b"/?only"),
    ],
)
def test_a_url_is_asked_for_as_it_is_written(written: str, asked: bytes) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        seen.append(head(connection).split(b" ")[1])
        connection.sendall(OK)

    with Door(handle) as door:
        get(door, path=written)
    assert seen == [asked]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://[2001:db8::443]/x", ("2001:db8::443", 80)),
        ("https://[2001:db8::beef]/x", ("2001:db8::beef", 443)),
        ("https://[2001:db8::1]:8443/x", ("2001:db8::1", 8443)),
        ("https://hooks.example.com/x", ("hooks.example.com", 443)),
    ],
)
def test_each_address_is_reached_at_its_own_port(
    monkeypatch: pytest.MonkeyPatch, url: str, address: tuple[str, int]
) -> None:
    asked: list[object] = []

    def refuse(where: object, *_: object, **__: object) -> None:
        asked.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    with pytest.raises(NoReply):
        Http({}).send("GET", url, within=5)
    assert asked == [address]


@pytest.mark.parametrize("token", ["secret\r\nX-Injected: 1", "secret\u2028"])
def test_a_header_that_cannot_be_sent_is_not_shown(token: str) -> None:
    with Door(answering(OK)) as door, pytest.raises(NoReply) as caught:
        get(door, Http({"Authorization": f"bearer {token}"}))
    assert not caught.value.temporary
    assert "secret" not in str(caught.value)


# Encrypted


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine and github.example, which signs itself."""

    path: Path
    folder: Path
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificates")
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    names = x509.SubjectAlternativeName([x509.DNSName(ELSEWHERE), x509.IPAddress(ip_address(HERE))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(names, critical=True)  # as it must be where the subject is empty
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, private = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, private)
    hashed = folder / "hashed"
    hashed.mkdir()
    # Where OpenSSL looks a certificate up by its subject: the hash of an empty one.
    number = int.from_bytes(hashlib.sha1(b"").digest()[:4], "little")
    (hashed / f"{number:08x}.0").write_bytes(path.read_bytes())
    return Certificate(path, hashed, context)


@pytest.fixture
def secure(sandbox: Sandbox, certificate: Certificate) -> Iterator[Door]:
    """The sandbox's GitHub, encrypted."""

    def handle(connection: socket.socket) -> None:
        with (
            certificate.context.wrap_socket(connection, server_side=True) as inner,
            socket.create_connection((HERE, int(sandbox.github.url.rpartition(":")[2]))) as github,
        ):
            pump(inner, github)

    with Door(handle) as door:
        yield door


def through(world: World, host: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A run of the program that asks GitHub at an encrypted address, in a moment."""
    api = {"GITHUB_API_URL": f"https://{host}", "GITHUB_GRAPHQL_URL": f"https://{host}/graphql"}
    return world.run(**api, **more)


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_certificate_of_ones_own_is_trusted_where_the_environment_names_it(
    world: World, secure: Door, certificate: Certificate, name: str
) -> None:
    done = through(world, f"{HERE}:{secure.port}", **{name: str(certificate.path)})
    assert (done.returncode, len(world.hook.messages)) == (0, 1), done.stderr


def test_certificates_are_loaded_once_though_connections_begin_together() -> None:
    script = """
import ssl, time
from contextlib import suppress
from streaky.errors import NoReply
from streaky.http import Http, beside

loaded, real = [], ssl.create_default_context

def slowly(**given):
    loaded.append(given)
    time.sleep(0.2)
    return real(**given)

ssl.create_default_context = slowly
asked = [beside(lambda: Http({}).send("GET", "https://127.0.0.1:9", within=5)) for _ in range(3)]
for each in asked:
    with suppress(NoReply):
        each(None)
print(len(loaded))
"""
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"])
def test_a_folder_of_certificates_is_trusted_too(
    world: World, secure: Door, certificate: Certificate, name: str
) -> None:
    done = through(world, f"{HERE}:{secure.port}", **{name: str(certificate.folder)})
    assert (done.returncode, len(world.hook.messages)) == (0, 1), done.stderr


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_that_cannot_be_read_is_named(
    world: World, secure: Door, tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    done = through(world, f"{HERE}:{secure.port}", CURL_CA_BUNDLE=str(bundle))
    assert done.returncode == 1
    assert "the certificates that CURL_CA_BUNDLE names cannot be read" in done.stderr + done.stdout


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(world: World, secure: Door) -> None:
    done = through(world, f"{HERE}:{secure.port}")
    assert done.returncode == 1
    assert NOT_TRUSTED in done.stderr + done.stdout
    assert not world.sandbox.github.requests


def test_a_certificate_for_another_name_is_not_accepted(
    world: World, secure: Door, certificate: Certificate
) -> None:
    done = through(world, f"localhost:{secure.port}", SSL_CERT_FILE=str(certificate.path))
    assert done.returncode == 1
    assert NOT_TRUSTED in done.stderr + done.stdout
    assert not world.sandbox.github.requests


# Through a proxy


@pytest.fixture
def proxy(secure: Door) -> Iterator[tuple[Door, list[bytes]]]:
    """A proxy that leads everywhere to the encrypted GitHub, for who says who they are; and what it heard."""
    heard: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        heard.append(head(connection))
        known = base64.b64encode(b"someone:pass word")
        if b"Proxy-Authorization: Basic " + known + b"\r\n" not in heard[-1]:
            connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection((HERE, secure.port)) as inner:
            pump(connection, inner)

    with Door(handle) as door:
        yield door, heard


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_opens_a_tunnel_and_sees_nothing_of_what_goes_through(
    world: World, proxy: tuple[Door, list[bytes]], certificate: Certificate, name: str, scheme: str
) -> None:
    door, heard = proxy
    address = {name: f"{scheme}{USER}{HERE}:{door.port}"}
    done = through(world, ELSEWHERE, SSL_CERT_FILE=str(certificate.path), **address)
    assert (done.returncode, len(world.hook.messages)) == (0, 1), done.stderr
    assert heard[0].startswith(b"CONNECT github.example:443 HTTP/1.")
    assert b"bearer" not in b"".join(heard)
    assert "Proxy-Authorization" not in world.sandbox.github.requests[0].headers
    assert len(heard) == 1, "one tunnel for all requests"


def straight(monkeypatch: pytest.MonkeyPatch, host: str, **variables: str) -> NoReply:
    """What is said of a request that fails, with these variables set."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NoReply) as caught:
        Http({}).send("GET", f"https://{host}/", within=5)
    return caught.value


@pytest.mark.parametrize(
    ("address", "said", "temporary"),
    [
        (HERE, "the proxy refused the connection", True),
        (f"someone:wrong@{HERE}", "the proxy refused the connection", True),
        (f"https://{HERE}", "the proxy's address must begin with http://", False),
        (f"socks5://{HERE}", "the proxy's address must begin with http://", False),
        ("http://someone:wrong[1@here", "the proxy's address cannot be read", False),
        ("http://someone:wrong/1@here", "the proxy's address cannot be read", False),
    ],
)
def test_a_proxy_that_does_not_let_us_through_is_named_as_the_reason(
    monkeypatch: pytest.MonkeyPatch,
    proxy: tuple[Door, list[bytes]],
    address: str,
    said: str,
    temporary: bool,
) -> None:
    failure = straight(monkeypatch, ELSEWHERE, https_proxy=f"{address}:{proxy[0].port}")
    assert (str(failure), failure.temporary) == (said, temporary)


@pytest.mark.parametrize("excepted", ["nowhere.invalid", ".invalid", "*", "other, nowhere.invalid:443"])
def test_a_host_that_no_proxy_names_is_asked_straight(
    monkeypatch: pytest.MonkeyPatch, proxy: tuple[Door, list[bytes]], excepted: str
) -> None:
    address = f"{HERE}:{proxy[0].port}"
    failure = straight(monkeypatch, "nowhere.invalid:443", https_proxy=address, no_proxy=excepted)
    assert str(failure) == "the connection was refused or broke"
    assert not proxy[1]


@pytest.mark.parametrize("excepted", ["192.0.2.0/24", "10.0.0.0/8, 192.0.2.7", "nonsense/9,192.0.2.7/32"])
def test_a_network_that_no_proxy_names_is_asked_straight(
    monkeypatch: pytest.MonkeyPatch, excepted: str
) -> None:
    monkeypatch.setenv("https_proxy", f"http://{HERE}:1")
    monkeypatch.setenv("no_proxy", excepted)
    assert not proxied("https://192.0.2.7/x")
    assert proxied("https://198.51.100.7/x")


def test_a_proxy_that_is_passed_a_request_is_told_who_asks(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setenv("http_proxy", sandbox.webhook.url.replace("//", f"//{USER}"))
    monkeypatch.delenv("no_proxy", raising=False)
    Http({}).send("GET", "http://name:word@api.example/path?x=1", within=5)
    (request,) = sandbox.webhook.requests
    assert (request.path, request.query) == ("/path", {"x": "1"})
    assert request.headers["Host"] == "api.example"
    assert request.headers["Proxy-Authorization"].startswith("Basic ")
