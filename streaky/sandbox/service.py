"""What every service of the sandbox has: an address, a record of requests, and faults on demand."""

from __future__ import annotations

import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from streaky.sandbox.exchange import Request, Response
from streaky.sandbox.faults import Fault
from streaky.sandbox.wire import Delivery, Server


@dataclass(slots=True)
class _Planned:
    """A fault and how often it still strikes (None: for ever), for which requests."""

    fault: Fault
    left: int | None
    when: Callable[[Request], bool] | None


class Service(ABC):
    """One HTTP service on 127.0.0.1.

    `requests`: everything that arrived, processed or not, in order; append and read are atomic. `latency`:
    seconds between an answer's making and its sending. Subclasses say in `handle` what the answer is;
    requests come side by side, so `lock` guards what they change.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.latency = 0.0
        self.lock = threading.RLock()
        self._port = port
        self._server: Server | None = None
        self._planned: list[_Planned] = []
        self._stopping = threading.Event()

    @property
    def url(self) -> str:
        """The address, without a slash at its end. Raises RuntimeError before the first start."""
        if not self._port:
            raise RuntimeError("A service has no address before it is started.")
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before if there was one. Raises OSError when it is taken."""
        if self._server is None:
            self._stopping = threading.Event()
            self._server = Server(self._port, self._receive, self._stopping)
            self._port = self._server.port

    def stop(self) -> None:
        """Stop listening and close every connection; what hangs wakes up."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def fail(
        self, fault: Fault, times: int | None = 1, when: Callable[[Request], bool] | None = None
    ) -> None:
        """Let the next `times` requests (None: all) for which `when` holds meet this fault, in turn."""
        with self.lock:
            self._planned.append(_Planned(fault, times, when))

    def heal(self) -> None:
        """End all faults; subclasses end their limits too."""
        with self.lock:
            self._planned.clear()

    def clear(self) -> None:
        """Forget the recorded requests; subclasses forget messages too."""
        self.requests.clear()

    @abstractmethod
    def handle(self, request: Request) -> Response:
        """The service's own answer."""

    def _receive(self, request: Request) -> Delivery:
        """Record a request and settle how it is answered: processed or not, and in what manner."""
        self.requests.append(request)
        try:
            fault = self._strike(request)
            delivery = Delivery(self.handle(request)) if fault is None else self._suffer(fault, request)
        except Exception:
            # A mistake in the sandbox, or in a `when`, shows itself instead of passing for a lost connection.
            delivery = Delivery(Response.text(f"The sandbox itself failed:\n{traceback.format_exc()}", 500))
        self._stopping.wait(self.latency)
        return delivery

    def _strike(self, request: Request) -> Fault | None:
        """The fault that this request meets; it is used up by that."""
        with self.lock:
            for planned in self._planned:
                if planned.left != 0 and (planned.when is None or planned.when(request)):
                    if planned.left is not None:
                        planned.left -= 1
                    return planned.fault
        return None

    def _suffer(self, fault: Fault, request: Request) -> Delivery:
        match fault.kind:
            case "answer":
                return Delivery(fault.response)
            case "answer-after":
                self.handle(request)
                return Delivery(fault.response)
            case "hang":
                self._stopping.wait(fault.seconds)
                return Delivery(None, "close")
            case "drop":
                return Delivery(None, "reset")
            case "drop-after":
                return Delivery(self.handle(request), "reset")
            case "truncate":
                return Delivery(self.handle(request), "half")
            case "drip":
                return Delivery(self.handle(request), "drip", fault.seconds)
            case "slow":
                if self._stopping.wait(fault.seconds):
                    return Delivery(None, "close")
                return Delivery(self.handle(request))
