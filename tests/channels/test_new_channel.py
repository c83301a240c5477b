"""A new channel is one file and its place in the list of channels: all the rest follows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests import generate
from tests.conftest import NOW, PLAIN, ROOT, TOKEN, World, leaks

PAGER = '''
"""A pager: a URL that takes a line of text, and how it is to ring."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streaky.channels.address import Address, Given
from streaky.channels.base import Channel, Run, Undelivered, marked, persist
from streaky.http import Again, Http, Patience
from streaky.input import urls
from streaky.input.refusal import BadValue, nearest, shown
from streaky.input.row import Input, Secret
from streaky.messages import Alert

TONES = ("beep", "hum")


def read_tone(text: str) -> str:
    if text not in TONES:
        raise BadValue(f"{shown(text)} is no tone.", nearest(text, TONES))
    return text


URL = Secret(
    name="pager-url",
    environment="PAGER_URL",
    read=urls.web_url,
    what="The pager that gets your alerts, from a secret.",
    form="An https URL, such as `https://pager.example/me`.",
    parts=(urls.PARTS,),
    without="no pager rings",
)
TONE = Input(
    name="pager-tone",
    environment="PAGER_TONE",
    read=read_tone,
    what="How the pager rings.",
    form="`beep` or `hum`.",
    without="it beeps",
    examples=("hum",),
    schema={"enum": [*TONES]},
)


@dataclass(frozen=True, slots=True)
class PagerAddress(Address):
    url: str = field(repr=False)
    tone: str

    name = "pager"
    inputs = (URL, TONE)

    @classmethod
    def read(cls, given: Given) -> PagerAddress | None:
        url, tone = given[URL], given[TONE]
        if tone and not url:
            given.misses(URL, beside=TONE)
        return cls(url, tone or "beep") if url else None

    def load(self) -> Callable[[Run], Sequence[Channel]]:
        return lambda _: [Pager(self)]


class Pager:
    def __init__(self, address: PagerAddress) -> None:
        self.name = self.key = address.name
        self.mark = marked(address.url)
        self._address, self._http = address, Http({})

    def deliver(self, alert: Alert, patience: Patience) -> str:
        line = json.dumps({"ring": self._address.tone, "line": alert.title}).encode()

        def attempt(within: float) -> bool | Again:
            reply = self._http.send("POST", self._address.url, within=within, data=line)
            if reply.status != 200:
                raise Undelivered(f"{self._address.url} answered {reply.status}.")
            return True

        persist("The pager", patience, attempt)
        return ""

    def look_up(self, patience: Patience) -> str:
        return "The pager is switched on."
'''


class House:
    """A copy of the product in which somebody has added the pager."""

    def __init__(self, root: Path, world: World) -> None:
        self.root, self.world = root, world
        shutil.copytree(ROOT / "streaky", root / "streaky")  # what is compiled, too
        (root / "streaky/channels/pager.py").write_text(PAGER, "utf-8")
        listed = root / "streaky/channels/__init__.py"
        text = listed.read_text("utf-8")
        text = text.replace("    WebhookAddress,\n", "    WebhookAddress,\n    PagerAddress,\n", 1)
        imported = "from streaky.channels.telegram import TelegramAddress\n"
        text = text.replace(imported, f"from streaky.channels.pager import PagerAddress\n{imported}", 1)
        listed.write_text(text, "utf-8")
        shutil.copytree(ROOT / "template", root / "template")
        shutil.copy(ROOT / "CHANGELOG.md", root)  # which tells what is released
        for name in (*generate.FILES, *(f"tests/{path.name}" for path in (ROOT / "tests").glob("*.py"))):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m …` in the copy, with the pager as the only channel."""
        unset = dict.fromkeys(("DISCORD_WEBHOOK_URL", "TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID"), "")
        environment = PLAIN | self.world.environment | unset | {"STREAKY_NOW": NOW.isoformat()} | more
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=environment | {"PYTHONPATH": f"{self.root}", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    def describes(self, report: dict[str, Any]) -> bool:
        """Whether the report's schema, as it stands in the copy, has room for it."""
        schema = json.loads((self.root / "streaky/report.schema.json").read_text())
        return jsonschema.Draft202012Validator(schema).is_valid(report)


@pytest.fixture
def house(tmp_path: Path, world: World) -> House:
    return House(tmp_path / "house", world)


def test_it_is_read_from_the_environment_delivered_to_and_in_the_report(house: House) -> None:
    endpoint = house.world.sandbox.webhook.endpoint("/Q7w8E9r0T1y2")
    done = house.run("streaky", "check", "--format", "json", PAGER_URL=endpoint.url, PAGER_TONE="hum")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert [(each["channel"], each["state"]) for each in report["alerts"]] == [("pager", "sent")]
    (request,) = house.world.sandbox.webhook.requests
    assert request.json()["ring"] == "hum"
    assert not house.describes(report)
    assert house.run("tests.generate").returncode == 0
    assert house.describes(report)


def test_what_is_wrong_or_missing_is_refused_and_its_secret_is_shown_nowhere(house: House) -> None:
    wrong = house.run("streaky", "check", PAGER_URL="https://p.example/Q7w8E9r0T1y2", PAGER_TONE="him")
    assert wrong.returncode == 2
    assert 'pager-tone: "him" is no tone. Did you mean "hum"?' in wrong.stderr
    missing = house.run("streaky", "check", PAGER_TONE="hum")
    assert "pager-url: is missing beside pager-tone. Add the repository secret `PAGER_URL`" in missing.stderr
    none = house.run("streaky", "check")
    assert "Or set another channel: telegram-bot-token, webhook-url, pager-url, apprise-urls." in none.stderr
    refused = house.world.sandbox.webhook.endpoint("/gone").url + "/Q7w8E9r0T1y2"
    failed = house.run("streaky", "check", PAGER_URL=refused)
    assert failed.returncode == 3
    assert "*** answered 404" in failed.stdout + failed.stderr
    assert not leaks(wrong.stderr + failed.stdout + failed.stderr, ("Q7w8E9r0T1y2", TOKEN))


def test_it_is_looked_up_by_the_doctor_and_handed_on_when_it_is_pending(house: House) -> None:
    url = house.world.sandbox.webhook.endpoint("/pager").url
    looked_up = house.run("streaky", "doctor", PAGER_URL=url)
    assert "The pager is switched on." in looked_up.stdout
    left = json.dumps([{"slot": "2026-11-23/at-risk/21:00", "channel": "pager", "heard": False}])
    again = house.run("streaky", "check", "--format", "json", PAGER_URL=url, STREAKY_PENDING=left)
    assert [each["channel"] for each in json.loads(again.stdout)["alerts"]] == ["pager"]
    strange = house.run("streaky", "check", PAGER_URL=url, STREAKY_PENDING=left.replace("pager", "fax"))
    assert "pending: is not what the output pending gives" in strange.stderr


def test_every_generated_file_names_its_inputs(house: House) -> None:
    assert house.run("tests.generate").returncode == 0
    action = yaml.safe_load((house.root / "action.yml").read_text())
    guard = yaml.safe_load((house.root / ".github/workflows/guard.yml").read_text())[True]["workflow_call"]
    config = json.loads((house.root / "streaky/config.schema.json").read_text())["properties"]
    assert {"pager-url", "pager-tone"} <= set(action["inputs"])
    assert "pager-url" in guard["secrets"]
    assert "pager-tone" in guard["inputs"]
    assert config["pager-tone"]["enum"] == ["beep", "hum"]
    assert config["pager-url"]["description"].startswith("Sealed, ")
    assert "# pager-tone: hum" in (house.root / "template/.github/streaky.yml").read_text()
    assert "## pager-url" in (house.root / "docs/settings.md").read_text()


def test_type_checking_sees_it(house: House) -> None:
    pager = house.root / "streaky/channels/pager.py"
    pager.write_text(PAGER.replace("given[TONE]", "given[URL], given[TONE]"), "utf-8")
    done = house.run("mypy", "--strict", "streaky/channels/pager.py")
    assert "too many values to unpack" in done.stdout.lower(), done.stdout
