"""The HTTP server beneath a service: quick to answer, quick to stop, able to misbehave on the socket."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal, cast
from urllib.parse import parse_qsl, urlsplit

from streaky.sandbox.exchange import Headers, Request, Response

# On Windows `struct linger` holds two shorts.
RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


Accepted = socket.socket | tuple[bytes, socket.socket]  # as socketserver types it; for TCP always the socket
Peer = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A response and the manner of its sending. `drip` pauses for `seconds` before each byte."""

    response: Response | None
    manner: Literal["whole", "half", "drip", "close", "reset"] = "whole"
    seconds: float = 0.0


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 from its making to `stop`, with a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128  # a bench opens many connections at once

    def __init__(self, port: int, receive: Callable[[Request], Delivery], stopping: threading.Event) -> None:
        super().__init__(("127.0.0.1", port), Exchange)
        self.receive = receive
        self.stopping = stopping
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name=f"sandbox:{self.port}", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without HTTPServer's look-up of the own host name, which may ask a name server."""
        socketserver.TCPServer.server_bind(self)

    def stop(self) -> None:
        """Stop listening, close all connections. Takes about a millisecond, unlike `shutdown` which polls."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            # wakes the accepting thread
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            self.handle_request()

    def verify_request(self, request: Accepted, client_address: Peer) -> bool:
        """Whether a connection is served: not the one that wakes the accepting thread to its end."""
        return not self.stopping.is_set()

    def process_request(self, request: Accepted, client_address: Peer) -> None:
        with self._lock:
            self._open.add(cast(socket.socket, request))
        super().process_request(request, client_address)

    def shutdown_request(self, request: Accepted) -> None:
        with self._lock:
            self._open.discard(cast(socket.socket, request))
        super().shutdown_request(request)

    def handle_error(self, request: Accepted, client_address: Peer) -> None:
        """Nothing: clients go away, faults ask for it; the sandbox's own errors have become a 500."""


class Exchange(BaseHTTPRequestHandler):
    """The requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        """Read a request, let the service answer it, send that in the manner asked for."""
        request = self._read()
        if request is None:
            return
        server = cast(Server, self.server)
        delivery = server.receive(request)
        response = delivery.response
        if delivery.manner != "whole":
            self.close_connection = True
        if delivery.manner == "reset":
            self._reset()
        elif response is not None and not server.stopping.is_set():
            head, body = self._head(response), response.body if self._has_body(response) else b""
            if delivery.manner == "drip":
                self._drip(head + body, delivery.seconds)
            else:
                self.wfile.write(head + (body[: len(body) // 2] if delivery.manner == "half" else body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 - http.server calls them so

    def _read(self) -> Request | None:
        """The request; None when it ended early or its length is not said, which closes the connection."""
        at = time.monotonic()
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            self.close_connection = True
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return Request(self.command, parts.path, query, Headers(self.headers.items()), body, at)

    def _has_body(self, response: Response) -> bool:
        return self.command != "HEAD" and response.status not in (204, 304)

    def _head(self, response: Response) -> bytes:
        """Status line and headers, as bytes."""
        try:
            reason = HTTPStatus(response.status).phrase
        except ValueError:
            reason = "Unknown"
        fields = {"Date": self.date_time_string(), **response.headers}
        if response.status != 204:
            fields["Content-Length"] = str(len(response.body))
        if self.close_connection:
            fields["Connection"] = "close"
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"HTTP/1.1 {response.status} {reason}\r\n{lines}\r\n".encode("latin-1")

    def _drip(self, data: bytes, seconds: float) -> None:
        stopping = cast(Server, self.server).stopping
        for byte in data:
            if stopping.wait(seconds):
                return
            self.wfile.write(bytes([byte]))

    def _reset(self) -> None:
        """Close so that the peer sees ECONNRESET, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.rfile.close()  # holds the socket open as long as it lives
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""
