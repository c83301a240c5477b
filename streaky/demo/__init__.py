"""The whole job on a sandbox on this machine: real HTTP, real decisions, no account and no network."""

from __future__ import annotations

import os
import shlex
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

from streaky.demo.stage import NobodyReads


def demo(*, serve: bool) -> int:
    """Play the demo, or with `serve` keep the sandbox up; 0 when all went as it should."""
    if find_spec("graphql") is None:
        print("error: the demo needs graphql-core: pip install 'streaky[demo]'", file=sys.stderr)
        return 2
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character must not end the demo
    from streaky.demo.serve import serve_sandbox
    from streaky.demo.story import play

    try:
        return serve_sandbox(program()) if serve else play(program())
    except NobodyReads:
        return 0


def program() -> str:
    """How to start this same Streaky from any folder, as words for a shell."""
    paths = [os.path.abspath(each) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    home = str(Path(__file__).parents[2])
    installed = home in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    if not installed and home not in paths:
        paths.append(home)
    # -P: a file of the folder where it is started must not pass for one of ours
    words = [os.path.abspath(sys.executable), "-P", "-m", "streaky"]
    setting = f"PYTHONPATH={shlex.quote(os.pathsep.join(paths))} " if paths else ""
    return setting + shlex.join(words)
