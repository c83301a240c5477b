"""The page beside the ledger, the commands that draw it and its card, and the job summary."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from time import thread_time
from typing import Any
from xml.etree import ElementTree

import markdown
import pytest

from streaky.channels.base import Result
from streaky.errors import CouldNotTell
from streaky.ledger import form
from streaky.ledger.book import Ledger, Row
from streaky.messages import Choice, Told
from streaky.pictures import page as pages
from streaky.pictures.markdown import cell
from streaky.pictures.summary import refusal, summary
from streaky.sandbox import Fault
from streaky.understanding import Doubt, Point, Understood
from streaky.ways import Means
from tests.book import IN_RUN, ON, Book, asked, at
from tests.conftest import NOW, ROOT, TOKEN, World, days_before, leaks
from tests.story import lived

GOLDEN = ROOT / "tests/golden"
TODAY = NOW.date()
EVIL = "evil.example"
HOSTILE = (
    f"<script src=//{EVIL}></script><img src=x onerror=alert(1)> [x](javascript:alert(1)) "
    f"![x](https://{EVIL}/x) <https://{EVIL}> https://{EVIL} www.{EVIL} a@{EVIL} **bold** ~~gone~~ `code` "
    "$x$ | cell | </details> ]]> \x1b[31mred ::error::evil ##[error]evil # heading"
)


# The person's own token is refused; the job's still reads the ledger.
UNREAD = {"GITHUB_TOKEN": "ghp_expired0expired0expired0expired0expi", "STREAKY_JOB_TOKEN": TOKEN}


class Seen(HTMLParser):
    """What a browser would act on: tags, and where links and pictures lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.places: list[str] = []
        self.active: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "srcset"):
                self.places.append(value or "")
            elif name.startswith("on"):
                self.active.append(name)


def rendered(text: str) -> Seen:
    return Seen(markdown.markdown(text, extensions=["tables", "fenced_code"]))


def golden(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def page_of(book: Book) -> str:
    return (book.raw("README.md") or b"").decode()


@pytest.fixture
def branch(world: World) -> Book:
    """A world whose runs remember on the branch."""
    world.environment |= ON | IN_RUN
    return Book(world, None)


# When it is written


def test_page_and_summary_are_those_of_the_golden_files(world: World) -> None:
    book, report = lived(world)
    golden("page.txt", page_of(book).replace(world.sandbox.github.url, "https://github.example"))
    golden("page.card.svg", (book.raw("card.svg") or b"").decode())
    golden("summary.txt", summary(report).replace(world.sandbox.github.url, "https://github.example"))


@pytest.mark.parametrize("card", ["true", "false"])
def test_the_page_comes_with_the_ledger_and_costs_no_request(branch: Book, card: str) -> None:
    world, costs = branch.world, []
    for hour in (9, 18, 20, 23):
        world.check(at(hour), STREAKY_CARD=card)
        costs.append(asked(world))
    world.contributions[TODAY] = 1
    world.check(at(23, 30), STREAKY_CARD=card)
    costs.append(asked(world))
    assert costs == [5, 3, 1, 3, 4]


def test_every_commit_that_is_not_a_claim_carries_the_page_of_that_moment(branch: Book) -> None:
    world = branch.world
    world.check(at(12))
    assert "Written at 2026-11-23 12:07" in page_of(branch)
    assert "at-risk" not in page_of(branch)
    world.check(at(18))
    claim, settled = branch.repository.branches["streaky"].commits[-2:]
    assert b"Written at 2026-11-23 12:07" in claim.files["README.md"]  # an alert waits for no page
    assert b"Written at 2026-11-23 18:07" in settled.files["README.md"]
    assert "✅ sent" in page_of(branch)
    world.contributions[TODAY] = 3
    world.check(at(20))
    assert page_of(branch).splitlines()[2] == "# 🟢 octocat is safe today"
    assert "GitHub shows 3 contributions for today." in page_of(branch)
    assert "sent, and updated" in page_of(branch)
    commits = len(branch.repository.branches["streaky"].commits)
    world.check(at(21))
    assert len(branch.repository.branches["streaky"].commits) == commits


def test_an_alert_that_failed_says_why_also_on_later_pages(branch: Book) -> None:
    world = branch.world
    world.sandbox.discord.fail(Fault.status(404, {"message": "Unknown Webhook", "code": 10015}), times=None)
    world.check(at(18))
    world.contributions[TODAY] = 1
    world.check(at(20))
    (row,) = [line for line in page_of(branch).splitlines() if "| discord |" in line]
    assert "❌ refused for good" in row
    assert "Discord answered 404 (code 10015)" in row
    assert (
        f"{world.environment.get('GITHUB_SERVER_URL', 'https://github.com')}/octocat/streaky/actions/runs/100"
        in row
    )


def test_a_first_test_alert_leaves_a_page(branch: Book) -> None:
    branch.world.check(at(12), test=True)
    assert "# 🟠 octocat's streak of 42 days needs a contribution today" in page_of(branch)
    assert branch.raw("card.svg") is not None


def test_a_page_takes_a_run_less_than_50_ms(branch: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of processor time: to load what draws it, after all that a run loads anyway, and to draw it."""
    anyway = "guard, report, compose, understanding, look_back, resolve, ledger.memory, pictures.summary"
    script = "\n".join(f"import streaky.{name}" for name in anyway.split(", "))
    script += "\nfrom time import thread_time\nstart = thread_time()\nimport streaky.pictures.page"
    script += "\nprint(thread_time() - start)"
    command = [sys.executable, "-P", "-c", script]
    environment = {"PYTHONPATH": str(ROOT)}
    loaded = [
        float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    drawn, draw = list[float](), pages.files

    def measured(*given: Any) -> dict[str, bytes]:
        start = thread_time()
        found = draw(*given)
        drawn.append(thread_time() - start)
        return found

    monkeypatch.setattr(pages, "files", measured)
    for hour in (9, 18, 21, 23):
        branch.world.check(at(hour))
    assert min(loaded) + min(drawn) < 0.05


def test_no_page_is_drawn_where_nobody_wants_one(branch: Book) -> None:
    branch.world.check(at(12), STREAKY_CARD="false")
    assert page_of(branch).startswith("# Streaky's memory")
    assert branch.raw("card.svg") is None


def test_a_ledger_in_a_file_has_no_page_beside_it(world: World, tmp_path: Path) -> None:
    world.environment |= IN_RUN
    (tmp_path / "README.md").write_text("mine")
    world.check(at(12), STREAKY_LEDGER=f"file:{tmp_path / 'ledger.json'}")
    assert (tmp_path / "README.md").read_text() == "mine"
    assert not (tmp_path / "card.svg").exists()


def test_a_page_of_somebody_else_lies_in_their_folder(branch: Book) -> None:
    world = branch.world
    world.sandbox.github.person("hubot", created=date(2020, 1, 1), contributions=days_before(TODAY, 9))
    world.check(at(12), STREAKY_USER="hubot")
    assert "hubot" in (branch.raw("hubot/README.md") or b"").decode()
    assert b"hubot" in (branch.raw("hubot/card.svg") or b"")
    assert "raw/streaky/hubot/card.svg" in (branch.raw("hubot/README.md") or b"").decode()


def test_a_page_that_cannot_be_drawn_keeps_no_alert_back_and_leaks_nothing(
    branch: Book, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> dict[str, bytes]:
        raise RuntimeError(f"a defect\n::error::{branch.world.hook.token}")

    monkeypatch.setattr(pages, "files", fail)
    report = branch.world.check(at(18))
    assert report.exit_status == 0
    assert set(branch.states().values()) == {"sent"}
    assert "the page could not be drawn: RuntimeError" in caplog.text
    assert not leaks(caplog.text, branch.world.secrets)


# An unknown day, and what is private


def test_on_a_day_that_cannot_be_read_the_last_card_stays(branch: Book) -> None:
    world = branch.world
    world.check(at(12, day=22))
    last = branch.raw("card.svg")
    world.check(at(18), **UNREAD)
    assert branch.raw("card.svg") == last
    page = page_of(branch)
    assert "# 🔴 Today could not be checked for octocat" in page
    assert "The streak is **4" in page  # as it is remembered
    assert "card.svg" in page


def test_a_page_without_a_card_shows_no_broken_picture(branch: Book) -> None:
    world = branch.world
    world.check(at(18), **UNREAD)
    assert branch.raw("card.svg") is None
    assert "could not be checked" in page_of(branch)
    assert "card.svg" not in page_of(branch).partition("## ")[0]


def test_when_the_year_is_refused_the_map_is_as_it_was(branch: Book) -> None:
    world = branch.world
    world.contributions |= days_before(TODAY, 300)
    world.check(at(12, day=22))
    before = branch.read()["weeks"]["levels"]
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    world.check(at(12))
    assert branch.read()["weeks"]["levels"][:300] == before[:300]
    card = (branch.raw("card.svg") or b"").decode()
    assert card.count("h4v4h-4z") > 300


@pytest.mark.parametrize("beside", [TOKEN, ""], ids=["beside the job's", "alone"])
@pytest.mark.parametrize("private", [False, True])
def test_private_counts_are_on_no_page_that_everybody_can_read(
    world: World, private: bool, beside: str
) -> None:
    own = TOKEN.replace("ghs_", "ghp_")
    world.environment |= ON | IN_RUN | {"GITHUB_TOKEN": own}
    world.sandbox.github.tokens.add(own)
    world.sandbox.github.token_owners[own] = "octocat"
    book = Book(world, None)
    book.repository.private = private
    world.environment["STREAKY_JOB_TOKEN"] = beside
    world.contributions |= {TODAY - timedelta(days=back): 3 + back % 40 for back in range(400)}
    world.contributions[TODAY] = 37
    report = world.check(at(12))
    page, levels = page_of(book), book.read()["weeks"]["levels"]
    assert report.discreet is not private
    assert ("37 contributions" in page) is private
    assert (set(levels[-300:]) == {"4"}) is not private
    assert ("Today counts." in page) is not private


def test_a_private_repository_says_where_a_card_can_be_seen(branch: Book) -> None:
    branch.repository.private = True
    branch.world.check(at(12))
    shown = page_of(branch).partition("## Show the card")[2]
    assert "`octocat/octocat`" in shown
    assert "```html" not in shown


# Its parts


def test_streaks_that_ended_are_remembered_though_the_calendar_forgets_them(branch: Book) -> None:
    world = branch.world
    world.contributions.clear()
    world.contributions |= days_before(date(2024, 3, 1), 77) | days_before(date(2026, 6, 1), 20) | {TODAY: 1}
    world.check(at(9))
    world.check(at(10))  # the ledger has begun, so all years are read once
    past = branch.read()["streaks"]["past"]
    assert past == [
        {"start": "2023-12-15", "end": "2024-02-29"},
        {"start": "2026-05-12", "end": "2026-05-31"},
    ]
    world.check(at(9, day=24))
    assert branch.read()["streaks"]["past"] == past
    assert "| 2023-12-15 | 2024-02-29 | **77** | " in page_of(branch)


def test_a_streak_that_the_calendar_cuts_keeps_its_begin(branch: Book) -> None:
    world = branch.world
    world.contributions.clear()
    world.contributions |= days_before(date(2025, 12, 20), 60) | {TODAY: 1}
    world.check(at(9))
    world.check(at(10))
    for day in (24, 25, 26):
        world.check(at(9, day=day))
    assert branch.read()["streaks"]["past"][0] == {"start": "2025-10-21", "end": "2025-12-19"}


def test_a_streak_that_ends_while_the_year_is_refused_keeps_its_begin(branch: Book) -> None:
    world = branch.world
    world.contributions.clear()
    world.contributions |= days_before(TODAY, 100)
    world.check(at(9, day=22))
    world.sandbox.github.refuse_year = "RESOURCE_LIMITS_EXCEEDED"
    world.check(at(9, day=26))
    assert branch.read()["streaks"]["past"] == [{"start": "2026-08-15", "end": "2026-11-22"}]


def test_only_the_ten_longest_are_kept() -> None:
    from streaky.calendar import Calendar
    from streaky.ledger.journal import Today, noted
    from streaky.streak import Rules, stand

    counts, day = {}, date(2025, 12, 1)
    for length in range(1, 18):
        counts |= {day + timedelta(days=offset): 1 for offset in range(length)}
        day += timedelta(days=length + 2)
    calendar = Calendar(date(2025, 11, 25), TODAY, counts)
    standing = stand(calendar, TODAY, Rules())
    seen = Today(TODAY, standing, calendar, Rules(), datetime.min.time())
    kept = noted(Ledger("octocat"), seen).streaks
    assert kept is not None
    assert [each.days for each in kept.past] == list(range(8, 18))
    again = noted(form.read(form.write(replace(Ledger("octocat"), streaks=kept)), "octocat"), seen).streaks
    assert again == kept


def test_what_is_copied_to_a_profile_is_a_picture_for_light_and_dark(branch: Book) -> None:
    branch.world.check(at(12))
    (shown,) = re.findall(r"(?s)```html\n(.*?)\n```", page_of(branch))
    assert Seen(shown).places == [
        "https://github.com/octocat/streaky/tree/streaky",
        "https://github.com/octocat/streaky/raw/streaky/card.svg#dark",
        "https://github.com/octocat/streaky/raw/streaky/card.svg#light",
    ]


# Commands


def test_the_card_is_drawn_for_who_has_a_token_and_a_name_only(world: World, tmp_path: Path) -> None:
    environment = {
        name: world.environment[name] for name in ("GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_TOKEN")
    }
    world.environment.clear()
    world.environment |= environment
    out = tmp_path / "card.svg"
    done = world.run("card", "--user", "octocat", "--card", "ink, no-map", "--out", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    said = "".join(ElementTree.fromstring(out.read_text("utf-8")).itertext())
    assert "42" in said
    assert "octocat" in said
    printed = world.run("card", "--user", "octocat", "--out", "")
    assert printed.stdout.startswith("<svg")
    assert asked(world) == 2
    # Where no repository keeps the card, nothing is said of how to show it.
    assert "Show the card" not in world.run("page", "--user", "octocat").stdout


def test_a_day_that_cannot_be_read_changes_no_file(world: World, tmp_path: Path) -> None:
    out = tmp_path / "card.svg"
    out.write_text("the last one")
    world.sandbox.github.fail(Fault.status(401), times=None)
    done = world.run("card", "--out", str(out))
    assert done.returncode == 1
    assert "GitHub refused the token" in done.stderr
    assert out.read_text() == "the last one"


def test_the_page_is_printed_with_what_the_ledger_knows_and_nothing_is_written(branch: Book) -> None:
    world = branch.world
    world.check(at(18))
    commits = len(branch.repository.branches["streaky"].commits)
    messages = len(world.hook.messages)
    done = world.run("page", now=at(19))
    assert done.returncode == 0
    assert "✅ sent" in done.stdout
    assert "Written at 2026-11-23 19:07" in done.stdout
    assert len(branch.repository.branches["streaky"].commits) == commits
    assert len(world.hook.messages) == messages


def test_a_wrong_theme_and_a_place_that_cannot_be_written_are_said(world: World, tmp_path: Path) -> None:
    wrong = world.run("card", "--card", "inkk")
    assert wrong.returncode == 2
    assert (
        wrong.stderr
        == 'error: card: "inkk" is no theme and no part of the card. Did you mean "ink"? (from --card)\n'
    )
    out = tmp_path / "missing" / "card.svg"
    nowhere = world.run("card", "--out", str(out))
    said = f"error: {out} cannot be written: No such file or directory.\n"
    assert (nowhere.returncode, nowhere.stderr) == (2, said)


# What others wrote


def hostile_report(world: World) -> Any:
    """A report that holds foreign text wherever one can."""
    report = world.check()
    outcome, alert = report.outcomes[0], report.alerts[0]
    way = Told(Means.ISSUE, HOSTILE, HOSTILE, f"https://github.com/{HOSTILE}")
    return replace(
        report,
        user=HOSTILE,
        problem=CouldNotTell(HOSTILE),
        notes=(HOSTILE,),
        alerts=(replace(alert, choice=Choice(HOSTILE, (way,), HOSTILE, "https://github.com/octocat")),),
        outcomes=(replace(outcome, state=Result.FAILED, why=HOSTILE, mend=HOSTILE),),
        understood=Understood(
            (Point("Guarding", HOSTILE, f"https://github.com/{HOSTILE}"), Point("Next reminder", HOSTILE)),
            (Doubt("Settings", HOSTILE, "https://github.com/octocat"),),
        ),
    )


def test_foreign_text_in_a_summary_is_text(world: World) -> None:
    text = summary(hostile_report(world)) + refusal([HOSTILE])
    seen = rendered(text.replace("<details>", "").replace("</details>", ""))
    assert not seen.active
    assert not seen.tags & {"script", "img", "code", "del", "em"}
    assert all(place.startswith("https://github.com/") for place in seen.places)
    assert unescaped(text) == []


def unescaped(text: str) -> list[str]:
    """What GitHub would act on beyond what the renderer here knows: math, struck text, bare addresses."""
    shown = re.sub(r"\]\([^)]*\)", "]", text)  # where a link leads is nothing that is shown
    return re.findall(rf"(?<!\\)(?:\$|~~|https?://{EVIL}|www\.{EVIL}|a@{EVIL})", shown)


def rows(ledger: Ledger) -> Iterator[Row]:
    yield from ledger.alerts.values()


def test_foreign_text_on_a_page_is_text(branch: Book) -> None:
    """An answer of a service, the login as GitHub spells it, the path of the settings file."""
    world = branch.world
    world.sandbox.discord.fail(Fault.status(400, {"message": HOSTILE, "code": 50035}), times=None)
    branch.repository.files["a`b](x)|<img>.yml"] = b"timezone: UTC\n"
    world.check(at(18), STREAKY_CONFIG="a`b](x)|<img>.yml")
    text = page_of(branch)
    assert "Discord answered 400" in text
    (row,) = [row for row in rows(form.read(branch.raw() or b"", "octocat")) if row.why]
    assert len(row.why) <= 160
    seen = rendered(re.sub(r"(?s)```html.*?```", "", text))
    assert not seen.active
    assert not seen.tags & {"script", "del"}
    assert {place.partition("#")[0] for place in seen.places if "github.com" not in place} <= {"card.svg"}
    assert unescaped(text) == []
    assert "\x1b" not in text


def test_a_secret_that_a_service_echoes_is_on_no_page(branch: Book) -> None:
    world = branch.world
    echo = {"message": f"{TOKEN} {world.hook.token} {world.bot.token}", "code": 50035}
    world.sandbox.discord.fail(Fault.status(400, echo), times=None)
    world.check(at(18))
    assert "Discord answered 400" in page_of(branch)
    for name in ("README.md", "card.svg", "ledger.json"):
        assert not leaks((branch.raw(name) or b"").decode(), world.secrets)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("# no heading", r"\# no heading"),
        ("- no item", r"\- no item"),
        ("1. no item", r"1\. no item"),
        ("a-b #1", "a-b #1"),
        ("$x$ ~~y~~", r"\$x\$ \~\~y\~\~"),
        ("http://x www.x a@x", r"http\://x www\.x a\@x"),
        ("two\nlines", "two lines"),
        ("18:00, a.b", "18:00, a.b"),
    ],
)
def test_only_what_markdown_acts_on_is_escaped(text: str, safe: str) -> None:
    assert cell(text) == safe


# The summary


def test_a_summary_begins_with_what_there_is_to_mend_and_links_to_the_page(branch: Book) -> None:
    world = branch.world
    world.check(at(12))
    world.sandbox.telegram.fail(Fault.status(403, {"ok": False, "description": "Forbidden"}), times=None)
    report = world.check(at(18))
    lines = [line for line in summary(report).splitlines() if line]
    assert lines[0] == "## 🟠 octocat's streak of 42 days is at risk"
    assert lines[1].startswith("> ⚠️ No time zone is set")
    text = summary(report)
    assert "**5.8 hours left**. Next reminder: 21:00, if GitHub still shows nothing." in text
    assert "[Page and card](https://github.com/octocat/streaky/tree/streaky)" in text
    assert "| at-risk 18:00 (urgent) | telegram | ❌ failed: " in text
    assert text.index("| Alert |") < text.index("🟩") < text.index("| Today |") < text.index("<details>")


def test_a_test_alert_shows_what_was_understood_at_once(world: World) -> None:
    assert "<details open>" in summary(world.check(test=True))
    assert "<details>" in summary(world.check())


def test_the_page_knows_a_streak_that_runs(branch: Book) -> None:
    branch.world.check(at(12))
    assert "| 2026-10-12 | 2026-11-22 (running) | **42** | " in page_of(branch)
