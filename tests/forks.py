"""The process that `tests.program` forks: it imports the program's modules once, and runs none of them."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import socket
import sys
import traceback
from contextlib import suppress
from typing import NoReturn

import yaml  # noqa: F401

import streaky
from streaky.__main__ import main

# What a check does not use, and what imports much.
LEFT = ("streaky.sandbox", "streaky.demo", "streaky.channels.apprise")


def child(request: int, life: int, *streams: int) -> NoReturn:
    """Become the program that was asked for; `life` stays open until the end."""
    with open(request, "rb") as file:
        asked = json.load(file)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["streaky", *asked["arguments"]]
    try:
        main()
    except BaseException:
        traceback.print_exc()
    os._exit(1)  # which a run reaches only by a defect


def serve(door: socket.socket) -> None:
    """Fork and wait, as asked, until nobody asks any more."""
    while True:
        asked, files, _, _ = socket.recv_fds(door, 100, 5)
        match asked.decode().split():
            case ["start"]:
                pid = os.fork()
                if not pid:
                    door.close()
                    child(*files)
                for file in files:
                    os.close(file)
                door.send(str(pid).encode())
            case ["wait", pid_of]:
                _, status = os.waitpid(int(pid_of), 0)
                door.send(str(os.waitstatus_to_exitcode(status)).encode())
            case _:
                return


if __name__ == "__main__":
    for module in pkgutil.walk_packages(streaky.__path__, "streaky."):
        if not module.name.startswith((*LEFT, "streaky.__main__")):
            with suppress(ImportError):  # which is for the run to say that needs it
                importlib.import_module(module.name)
    serve(socket.socket(fileno=int(sys.argv[1])))
