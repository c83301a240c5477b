"""The README and the documents beside it: short, and true to what is really sent and run."""

from __future__ import annotations

import re
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from cronsim import CronSim

from streaky import REPOSITORY, redaction
from streaky.config.values import CARD_PARTS
from streaky.ledger import claims
from streaky.schedule import health
from streaky.themes import THEMES
from tests import pictures
from tests.conftest import NOW, ROOT, World
from tests.e2e.conftest import Act, pin
from tests.e2e.test_workflows import parse
from tests.png import chunks, reduced, text_of, written

README = (ROOT / "README.md").read_text("utf-8")
TEMPLATE_FILE = ROOT / "template/.github/workflows/streaky.yml"
BIGGEST = 160 * 1024  # bytes
MOST_WORDS = 700
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
# How many whole workflows a document shows.
WHOLE_WORKFLOWS = {"README.md": 1, "docs/ghes.md": 1}


def workflows(document: str) -> list[str]:
    """The whole workflows that a document shows."""
    text = (ROOT / document).read_text("utf-8")
    return [block for block in re.findall(r"(?ms)^```yaml\n(.*?)^```", text) if "\non:\n" in block]


def test_the_readme_can_be_read_in_three_minutes() -> None:
    assert len(README.split()) <= MOST_WORDS


def test_the_workflow_to_copy_is_the_templates() -> None:
    (shown,) = workflows("README.md")
    copied, template = yaml.safe_load(shown), yaml.safe_load(TEMPLATE_FILE.read_text("utf-8"))
    del template["jobs"]["guard"]["if"]  # which only keeps the template itself from running
    for workflow in (copied, template):
        called, _, pin = workflow["jobs"]["guard"].pop("uses").partition("@")
        assert called == f"{REPOSITORY}/.github/workflows/guard.yml"
        assert pin == ("main" if workflow is copied else "0" * 40)
    assert copied == template


def test_githubs_parser_accepts_every_workflow_that_a_document_shows(tmp_path: Path) -> None:
    files = []
    for document, count in WHOLE_WORKFLOWS.items():
        found = workflows(document)
        assert len(found) == count, document
        for text in found:
            files.append(tmp_path / f"{len(files)}.yml")
            files[-1].write_text(text, "utf-8")
    assert parse(*files) == {str(file): [] for file in files}


def test_a_single_step_takes_only_inputs_of_the_action_and_no_zone_in_its_schedule() -> None:
    (shown,) = workflows("docs/ghes.md")
    workflow = yaml.safe_load(shown)
    (step,) = workflow["jobs"]["guard"]["steps"]
    assert step["uses"] == f"{REPOSITORY}@main"
    assert set(step["with"]) <= set(yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"])
    (entry,) = workflow[True]["schedule"]  # YAML 1.1 reads `on` as true
    assert set(entry) == {"cron"}


def test_the_runs_of_a_day_and_of_a_month_are_those_of_the_schedule() -> None:
    (entry,) = yaml.safe_load(TEMPLATE_FILE.read_text("utf-8"))[True]["schedule"]
    times = CronSim(entry["cron"], MIDNIGHT)
    a_day = sum(at.date() == MIDNIGHT.date() for at, _ in zip(times, range(50), strict=False))
    assert f"{a_day} runs a day, about {a_day * 30} of the 2,000 free minutes" in README


def test_each_command_that_make_is_given_in_a_document_is_one_of_its_own() -> None:
    targets = re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"))
    for document in ("README.md", "CONTRIBUTING.md"):
        said = re.findall(r"(?m)(?:^|`)make ([a-z]+)", (ROOT / document).read_text("utf-8"))
        assert {"demo", "test"} <= set(said), document
        assert set(said) <= set(targets), document


def test_the_single_step_of_the_documents_warns_without_the_reusable_workflow(
    world: World, template: Path, act: Act
) -> None:
    (shown,) = workflows("docs/ghes.md")
    # act is told where the action lies by the commit that the template pins.
    path = template / ".github/workflows/streaky.yml"
    path.write_text(shown.replace("@main", f"@{pin()}"), "utf-8")
    ran = act(template, "schedule", STREAKY_NOW=NOW.isoformat(), STREAKY_LEDGER="none")
    assert ran.status == 0, ran.said
    assert ran.outputs["status"] == "at-risk"
    assert ran.outputs["deadline"] == "2026-11-24T00:00:00+01:00"  # in Berlin
    assert len(world.hook.messages) == 1


# Facts and places


def test_what_is_said_of_lateness_and_memory_is_what_the_program_does() -> None:
    text = (ROOT / "docs/late.md").read_text("utf-8")

    def minutes(span: timedelta) -> int:
        return span // timedelta(minutes=1)

    for said in (
        f"claimed --> claimed: {minutes(claims.LEASE)} minutes have passed",
        f"A claim holds for {minutes(claims.LEASE)} minutes",
        f"after {minutes(claims.LEASE)} minutes or, as another attempt",
        f"keep {minutes(claims.APART)} minutes apart",
        f"Alerts are kept for {claims.ALERTS_KEPT.days} days",
        f"on days {health.WARNED[0]}, {health.WARNED[1]} and {health.WARNED[2]};",
        f"disables schedules after {health.DISABLED}",
    ):
        assert said in text, said
    assert timedelta(weeks=1) == claims.REST


def test_security_tells_how_much_of_a_secret_is_hidden() -> None:
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    assert f"{redaction.PART} or more characters of a secret" in text
    assert f"from {redaction.MASKED} characters on" in text


def test_each_file_that_contributing_names_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = {each for each in re.findall(r"`([\w./-]+(?:\.\w+|/))`", text) if not each.startswith("--")}
    lost = {each for each in named if not any((root / each).exists() for root in (ROOT, ROOT / "streaky"))}
    # The workflow and the virtual environment by their short names, and a function.
    assert lost - {"guard.yml", ".venv", "GitHub.page", "v1.2.3", "release-v1.2.3"} == set()
    assert len(named) > 30


def test_each_name_of_ours_in_a_recipe_is_in_the_file_that_it_is_said_to_be_in() -> None:
    recipes = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Recipes")[2]
    found = re.findall(r"`([\w/]+\.py)` \(`(\w+)`\)", recipes)
    found += [(file, name) for name, file in re.findall(r"`(\w+)` in `([\w/]+\.py)`", recipes)]
    assert len(found) >= 5
    for file, name in found:
        assert re.search(rf"\b{name}\b", (ROOT / "streaky" / file).read_text("utf-8")), (file, name)


# The picture


def test_the_pictures_show_what_the_sandbox_receives() -> None:
    for path, (page, _) in pictures.pictures().items():
        stale = f"Run make pictures: what {path.name} shows, or the page that shows it, has changed."
        assert text_of(path.read_bytes(), pictures.KEYWORD) == page, stale
        assert path.stat().st_size < BIGGEST, path
    # The golden files themselves are held against the sandbox.
    assert pictures.CARD.read_bytes() == (pictures.GOLDEN / "page.card.svg").read_bytes()


def test_every_picture_is_in_a_document_and_every_document_has_its_pictures() -> None:
    shown = {
        (path.parent / found).resolve()
        for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
        for found in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", path.read_text("utf-8"))
    }
    assert shown == {*pictures.FOLDER.iterdir()}


def test_the_page_of_the_card_names_every_theme_and_every_part() -> None:
    text = (ROOT / "docs/page.md").read_text("utf-8")
    assert re.findall(r"(?m)^\| `(\w+)` \|", text) == [*THEMES]
    (parts,) = re.findall(r"The parts are (.*)\.", text)
    assert re.findall(r"`no-(\w+)`", parts) == [*CARD_PARTS]


def test_the_page_of_the_picture_holds_every_word_of_the_alert() -> None:
    on_discord, on_telegram = pictures.messages()
    embed = on_discord.embeds[0]
    page = re.sub(r"<br>|\s+", " ", re.sub(r"<(?!br>)[^>]+>", "", pictures.page()))
    fields = [each["name"] for each in embed["fields"]]
    lines = [*on_discord.content.split(" <@"), *on_telegram.plain.split("\n")]
    for text in (*fields, *on_discord.buttons, *on_telegram.buttons, *filter(None, lines)):
        assert text in page
    assert "](" not in page
    assert "\\" not in page


def test_the_readme_says_the_words_of_the_picture_to_whoever_cannot_see_it() -> None:
    place = pictures.PICTURE.relative_to(ROOT).as_posix()
    alternative = re.search(rf"!\[([^\]]+)\]\({re.escape(place)}\)", README)
    on_discord, _ = pictures.messages()
    assert alternative
    assert on_discord.content in alternative[1]


def test_a_picture_keeps_its_pixels_in_fewer_bytes_and_carries_its_text() -> None:
    # Two lines of two pixels, with the filters Sub and Paeth.
    red, clear = bytes([255, 0, 0, 255]), bytes(4)
    less = bytes((to - of) % 256 for of, to in zip(red, clear, strict=True))
    raw = b"\1" + red + bytes(4) + b"\4" + bytes(4) + less
    header = struct.pack(">IIBBBBB", 2, 2, 8, 6, 0, 0, 0)
    picture = written([(b"IHDR", header), (b"IDAT", zlib.compress(raw)), (b"IEND", b"")])
    small = reduced(picture, "Page", "what it shows: é")
    assert text_of(small, "Page") == "what it shows: é"
    assert text_of(picture, "Page") == ""
    parts = dict(chunks(small))
    palette, alpha = parts[b"PLTE"], parts[b"tRNS"]
    lines = zlib.decompress(parts[b"IDAT"])
    shown = [palette[3 * at : 3 * at + 3] + alpha[at : at + 1] for at in (*lines[1:3], *lines[4:6])]
    assert shown == [red, red, red, clear]
