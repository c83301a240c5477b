"""The card: one small SVG that everybody can read, in every theme, length and language."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from streaky.calendar import Calendar
from streaky.config.values import CARD_PARTS, FIRST_THEME, CardStyle
from streaky.ledger.book import Weeks
from streaky.ledger.journal import mapped
from streaky.locales import languages
from streaky.pictures.card import DOTS, EDGE, WIDTH, CardFacts, card
from streaky.streak import State, Streak
from streaky.themes import THEMES, Palette
from tests.conftest import ROOT

GOLDEN = ROOT / "tests/golden"
TODAY = date(2026, 11, 23)
BIGGEST = 12 * 1024  # bytes
LEAST = 4.5  # the contrast of text. Source: WCAG 2.2, success criterion 1.4.3
LEAST_SHAPE = 3.0  # and of shapes that say something. Source: 1.4.11
LONGEST_LOGIN = "Wm" * 19 + "W"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script>\"&'::error::\x1b[31m]]>"


def weeks(pattern: str = "0123412") -> Weeks:
    """53 weeks of a pattern."""
    return Weeks(TODAY - timedelta(days=370), (pattern * 371)[:371])


def facts(
    days: int = 42, language: str = "en", state: State = State.SAFE, user: str = "octocat"
) -> CardFacts:
    """What a card shows of somebody with a streak of so many days."""
    current = Streak(TODAY - timedelta(days=days - 1), TODAY) if days else None
    longest = Streak(date(2024, 12, 21), date(2025, 5, 9)) if 0 < days < 140 else current
    return CardFacts(
        user, TODAY, state, current, longest, days // 10, weeks() if days else weeks("0"), language
    )


def texts(drawn: str) -> list[str]:
    """All that is written on a card."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


CARDS = {
    "at risk": facts(state=State.AT_RISK),
    "no streak": facts(0, state=State.IDLE),
    "a week": facts(7),
    "a year": facts(365, state=State.RESTING),
    "a life": facts(12345),
    "a lower bound": replace(facts(), current=Streak(date(2026, 11, 9), TODAY, at_least=True)),
    "a long name": facts(user=LONGEST_LOGIN, state=State.AT_RISK),
    "without a map": replace(facts(), weeks=None),
    "without a ledger": replace(facts(), rescues=None),
    **{f"in {code}": facts(code and 1234, code, State.AT_RISK) for code in languages()},
}


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("theme", THEMES)
def test_a_card_is_small_and_needs_nothing_from_outside(name: str, theme: str) -> None:
    drawn = card(CARDS[name], CardStyle(theme))
    assert len(drawn.encode()) <= BIGGEST
    root = ElementTree.fromstring(drawn)
    assert not {"script", "image", "foreignObject", "a", "use"} & {
        each.tag.removeprefix(SVG) for each in root.iter()
    }
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert not re.findall(r"url\(|@import| on\w+=|href", drawn)


@pytest.mark.parametrize("name", CARDS)
def test_whoever_hears_a_card_hears_all_of_it(name: str) -> None:
    root = ElementTree.fromstring(card(CARDS[name], CardStyle()))
    title, said = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert said is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {said.get('id')}"
    assert CARDS[name].user in (title.text or "")
    digits = "".join(c for c in said.text or "" if c.isdigit())
    current = CARDS[name].current
    assert str(current.days if current else 0) in digits


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert round(contrast("#ffffff", "#000000"), 1) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def palettes() -> dict[str, tuple[Palette, int]]:
    """Every palette, and which of a dot's two colours goes with it."""
    return {f"{name}, light": (each.light, 0) for name, each in THEMES.items()} | {
        f"{name}, dark": (each.dark, 1) for name, each in THEMES.items()
    }


@pytest.mark.parametrize("name", palettes())
def test_all_text_can_be_read_on_its_background(name: str) -> None:
    palette, dot = palettes()[name]
    for colour in (palette.text, palette.quiet, palette.accent):
        assert contrast(colour, palette.background) >= LEAST, colour
    for colours in DOTS.values():
        assert contrast(colours[dot], palette.background) >= LEAST_SHAPE, colours
    # From little to much, each level is told from the one before.
    steps = [contrast(colour, palette.background) for colour in palette.map]
    assert steps == sorted(steps)
    assert all(later / earlier > 1.1 for earlier, later in pairwise(steps))


def test_one_file_is_light_and_dark_by_itself_or_as_its_address_says() -> None:
    drawn = card(facts(), CardStyle())
    light, dark = THEMES[FIRST_THEME].light.background, THEMES[FIRST_THEME].dark.background
    assert f".b{{fill:{light}" in drawn
    night = drawn.partition("@media(prefers-color-scheme:dark){")[2]
    assert f".b{{fill:{dark}" in night.partition("#dark")[0]
    assert f"#dark:target .b{{fill:{dark}" in night
    assert f"#light:target .b{{fill:{light}" in night
    assert {each.get("id") for each in ElementTree.fromstring(drawn).iter(f"{SVG}g")} >= {"light", "dark"}


@pytest.mark.parametrize("part", CARD_PARTS)
def test_each_part_can_be_left_out(part: str) -> None:
    whole, less = card(facts(), CardStyle()), card(facts(), CardStyle(hidden=frozenset({part})))
    assert len(less) < len(whole)
    gone = {
        "name": "octocat",
        "today": "● Nov 23 · safe",
        "longest": "Longest streak",
        "rescues": "Days rescued",
        "map": "Jan",
    }[part]
    assert gone in texts(whole)
    assert gone not in texts(less)


def test_the_smallest_card_is_the_streak_alone() -> None:
    drawn = card(facts(), CardStyle(hidden=frozenset(CARD_PARTS)))
    assert texts(drawn) == ["42", "Current streak", "since Oct 13"]
    assert int(ElementTree.fromstring(drawn).get("height", "")) < 130


def test_a_card_without_a_ledger_shows_no_rescues() -> None:
    assert "Days rescued" not in texts(card(replace(facts(), rescues=None), CardStyle()))


def test_a_lower_bound_says_so() -> None:
    assert "15+" in texts(card(CARDS["a lower bound"], CardStyle()))


@pytest.mark.parametrize("name", CARDS)
def test_no_text_leaves_the_card_or_meets_the_next_one(name: str) -> None:
    """By the widths that the card itself reckons with, which are more than any font's that was measured."""
    from streaky.pictures.card import _ems

    lines: dict[str, list[tuple[float, float]]] = {}
    for each in ElementTree.fromstring(card(CARDS[name], CardStyle())).iter(f"{SVG}text"):
        said, look = "".join(each.itertext()), each.get("class", "")
        size = float(re.search(r"font-size:([\d.]+)px", each.get("style", ""))[1])  # type: ignore[index]
        assert size > 5.5, said
        wide = _ems(said, bold="h" in look or "f" in look) * size
        left = float(each.get("x", "")) - (wide if each.get("text-anchor") == "end" else 0)
        lines.setdefault(each.get("y", ""), []).append((left, left + wide))
    for line in lines.values():
        line.sort()
        assert line[0][0] >= EDGE - 0.1
        assert line[-1][1] <= WIDTH - EDGE + 0.6
        assert all(before[1] <= after[0] for before, after in pairwise(line))


def test_the_map_has_a_cell_for_each_date_that_is_known_and_marks_today() -> None:
    drawn = card(facts(), CardStyle())
    cells = [
        each.get("d", "")
        for each in ElementTree.fromstring(drawn).iter(f"{SVG}path")
        if "m" in each.get("class", "")
    ]
    # From the Sunday 52 weeks before this week's, which was yesterday.
    assert sum(cell.count("z") for cell in cells) == 52 * 7 + 2
    assert '<path class="n" d="M416.5 8.5h5v5h-5z"/>' in drawn
    fewer = replace(facts(), weeks=Weeks(TODAY - timedelta(days=9), "1" * 10))
    (level,) = [
        each.get("d", "")
        for each in ElementTree.fromstring(card(fewer, CardStyle())).iter(f"{SVG}path")
        if each.get("class") == "m1"
    ]
    assert level.count("z") == 10


def test_the_map_tells_few_contributions_from_many() -> None:
    counts = {TODAY - timedelta(days=back): count for back, count in enumerate((0, 1, 2, 10, 20, 40, 900))}
    calendar = Calendar(TODAY - timedelta(days=9), TODAY, counts)
    levels = mapped(None, calendar, TODAY, 2).levels
    assert levels[-1] == levels[-2] == "0"
    assert levels[-7] == "4"
    assert list(levels[3:8]) == sorted(levels[3:8], reverse=True)


def test_what_the_calendar_does_not_show_is_remembered() -> None:
    before = weeks("2")
    short = Calendar(TODAY - timedelta(days=13), TODAY, {TODAY: 1})
    levels = mapped(before, short, TODAY, 1).levels
    assert levels == "2" * 357 + "0" * 13 + "4"
    assert mapped(None, short, TODAY, 1).first == TODAY - timedelta(days=13)
    later = mapped(
        before,
        Calendar(TODAY + timedelta(days=30), TODAY + timedelta(days=31), {}),
        TODAY + timedelta(days=31),
        1,
    )
    assert (later.last, len(later.levels)) == (TODAY + timedelta(days=31), 371)
    assert later.levels.endswith("2" + "0" * 31)


def test_no_name_can_break_a_card() -> None:
    drawn = card(facts(user=HOSTILE), CardStyle())
    root = ElementTree.fromstring(drawn)
    assert f"{SVG}script" not in {each.tag for each in root.iter()}
    assert "<script" not in drawn
    assert "\x1b" not in drawn
    assert len(drawn.encode()) <= BIGGEST


@pytest.mark.parametrize("name", ["at risk", "no streak", "in ja"])
def test_the_cards_are_those_of_the_golden_files(name: str) -> None:
    path = GOLDEN / f"card.{name.replace(' ', '-')}.svg"
    drawn = card(CARDS[name], CardStyle())
    if os.environ.get("STREAKY_UPDATE_GOLDEN") == "1":
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")
