"""This process as others on the machine see it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import PLAIN, TOKEN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process can do so")
SHOW = (
    "import sys; from streaky.runner.process import wipe_title; wipe_title(sys.argv[2:]);"
    "print(open('/proc/self/cmdline').read())"
)


def title(*secrets: str) -> str:
    """The command line of a process that was given `--flag=TOKEN` and has wiped these secrets."""
    command = [sys.executable, "-P", "-c", SHOW, f"--flag={TOKEN}", *secrets]
    return subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=True).stdout


def test_a_secret_given_as_a_flag_is_blotted_out_of_the_command_line() -> None:
    assert TOKEN in title()
    shown = title(TOKEN)
    assert TOKEN not in shown
    assert f"--flag={'*' * len(TOKEN)}" in shown


def test_an_empty_secret_wipes_nothing() -> None:
    assert f"--flag={TOKEN}" in title("")
