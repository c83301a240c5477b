"""Starts the program as a process of its own, quickly: a fork of one that has imported its modules already.

Such a process has all that a new one has: arguments, environment, folder, streams, exit status, signals. Only
the fifth of a second for Python's start and the imports is spent once, for all of them. What is said of that
start itself (PYTHON* variables, what is imported, a terminal, closed streams) needs `PROGRAM`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROGRAM = [sys.executable, "-P", "-m", "streaky"]
FORKED = {"PYTHONPATH": str(ROOT)}  # the variables of Python's own
PLAIN = {"PATH": os.environ["PATH"]} | FORKED


class Started:
    """A process of the program, which goes on by itself."""

    def __init__(
        self, arguments: tuple[str | bytes, ...], environment: Mapping[str, str], given: bytes
    ) -> None:
        self._printed = [tempfile.TemporaryFile() for _ in ("stdout", "stderr")]  # noqa: SIM115 until the end
        asked = {"arguments": [os.fsdecode(each) for each in arguments], "environment": {**environment}}
        with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as stdin:
            request.write(json.dumps(asked | {"folder": os.getcwd()}).encode())
            stdin.write(given)
            for file in (request, stdin):
                file.seek(0)
            self._life, end = os.pipe()  # which closes as the process ends
            streams = [file.fileno() for file in (stdin, *self._printed)]
            self.pid = int(_ask("start", [request.fileno(), end, *streams]))
            os.close(end)

    def end(self, timeout: float = 100) -> subprocess.CompletedProcess[bytes]:
        """Wait for the end: the exit status, and what it printed. After so many seconds it is killed."""
        if not select.select([self._life], [], [], timeout)[0]:
            os.kill(self.pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired("streaky", timeout)
        os.close(self._life)
        status = int(_ask(f"wait {self.pid}", []))
        printed = []
        for file in self._printed:
            file.seek(0)
            printed.append(file.read())
            file.close()
        return subprocess.CompletedProcess(["streaky"], status, *printed)


def start(*arguments: str | bytes, environment: Mapping[str, str], given: bytes = b"") -> Started:
    """The program with these arguments, this whole environment, and `given` on its stdin."""
    return Started(arguments, environment, given)


def run(
    *arguments: str | bytes, environment: Mapping[str, str], given: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run the program to its end. Where a variable matters to Python's own start, it is started anew."""
    if {name: environment[name] for name in environment if name.startswith("PYTHON")} == FORKED:
        done = start(*arguments, environment=environment, given=given).end()
    else:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=environment,
            input=given,
            capture_output=True,
            timeout=100,
            check=False,
        )
    printed = [text.decode(errors="surrogateescape") for text in (done.stdout, done.stderr)]
    return subprocess.CompletedProcess(done.args, done.returncode, *printed)


_lock = threading.Lock()


def _ask(what: str, files: list[int]) -> str:
    with _lock:
        door = _door()
        socket.send_fds(door, [what.encode()], files)
        return door.recv(100).decode()


@cache
def _door() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    mother = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.forks", str(theirs.fileno())],
        env=PLAIN,
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    atexit.register(lambda: (ours.close(), mother.wait()))
    return ours
