"""docs/channels.md: what it shows works, and what it names exists."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from streaky.channels import CHANNELS
from streaky.channels.apprise import read_urls
from streaky.channels.apprise.delivery import open_apprise
from streaky.sandbox import Sandbox
from tests.channels.sending import Clock, on_webhook
from tests.conftest import PLAIN
from tests.program import ROOT

TEXT = (ROOT / "docs/channels.md").read_text("utf-8")
SECRET = 'a secret with spaces, $HOME and "quotes"'


def blocks(kind: str) -> list[str]:
    """The blocks of this kind, without their indent."""
    found = re.findall(rf"(?ms)^( *)```{kind}\n(.*?)^ *```", TEXT)
    return [re.sub(rf"(?m)^{indent}", "", block) for indent, block in found]


@pytest.fixture
def signed(sandbox: Sandbox) -> tuple[bytes, str]:
    """The body and the signature of an alert that was really sent."""
    endpoint = sandbox.webhook.endpoint(secret=SECRET)
    assert on_webhook(endpoint.url, SECRET, Clock().pace()).state == "sent"
    (request,) = sandbox.webhook.requests
    return request.body, request.headers["X-Streaky-Signature-256"]


def test_the_check_in_python_takes_what_streaky_signed_and_nothing_else(signed: tuple[bytes, str]) -> None:
    (block,) = blocks("python")
    names: dict[str, Callable[[bytes, str, str], bool]] = {}
    exec(block, names)
    check, (body, header) = names["is_from_streaky"], signed
    assert check(body, header, SECRET)
    assert not check(body + b" ", header, SECRET)
    assert not check(body, header, "another secret")
    assert not check(body, "sha256=ü", SECRET)


def test_the_check_in_a_shell_takes_what_streaky_signed_and_nothing_else(
    signed: tuple[bytes, str], tmp_path: Path
) -> None:
    (block,) = blocks("sh")
    body, header = signed

    def says(body: bytes, header: str) -> str:
        (tmp_path / "body").write_bytes(body)
        known = PLAIN | {"PATH": os.environ["PATH"], "HEADER": header, "SECRET": SECRET}
        return subprocess.run(
            ["sh", "-c", block], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
        ).stdout

    assert says(body, header) == "It is from Streaky.\n"
    assert says(body + b" ", header) == ""
    assert says(body, "") == ""


@pytest.mark.parametrize("url", [url for block in blocks("apprise") for url in block.split()])
def test_each_apprise_url_that_is_shown_is_one_that_apprise_knows(url: str) -> None:
    assert len(open_apprise(read_urls(url))) == 1


def test_each_secret_and_line_that_is_shown_is_the_workflow_s_own() -> None:
    guard = yaml.safe_load((ROOT / ".github/workflows/guard.yml").read_text("utf-8"))
    known = {each.name: each.environment for address in CHANNELS for each in address.inputs}
    shown = {key: value for block in blocks("yaml") for key, value in yaml.safe_load(block).items()}
    assert shown == {key: f"${{{{ secrets.{known[key]} }}}}" for key in shown}
    assert set(shown) <= set(guard[True]["workflow_call"]["secrets"])
    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", TEXT)) <= set(known.values())


def test_each_channel_has_a_recipe() -> None:
    headings = " ".join(re.findall(r"(?m)^##+ (.*)$", TEXT)).lower()
    assert [each.name for each in CHANNELS if each.name not in headings] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]*)#?[^)]*\)", TEXT)) - {""}))
def test_each_link_to_a_file_leads_to_one(target: str) -> None:
    assert (ROOT / "docs" / target).exists()
