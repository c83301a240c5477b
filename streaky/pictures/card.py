"""The card: one SVG with the streak, the standing, the longest streak, the rescues and a map of 53 weeks.

It follows the reader's light or dark page by itself. Where a page knows better, `card.svg#light` and
`card.svg#dark` choose. No script, nothing from outside, and text is only as wide as there is room.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from streaky.calendar import ONE_DAY
from streaky.config.values import CardStyle
from streaky.ledger.book import Weeks
from streaky.locales.voice import Voice
from streaky.streak import State, Streak
from streaky.text import plain
from streaky.themes import THEMES, Palette

WIDTH, EDGE = 495, 26  # pixels; as wide as the cards that people put beside it
INNER = WIDTH - 2 * EDGE
COLUMNS = 53
CELL = INNER / (COLUMNS * 8 - 2)  # how much larger a cell of the map is than it is written: 6 wide, 8 apart
FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif"
SHARED = {0: (1.0,), 1: (0.5, 0.5), 2: (0.33, 0.38, 0.29)}  # of the width, by how many figures stand beside
SEPARATE = 12  # pixels between two texts on one line
# How wide a character is, as a share of the font's size: a little more than in any of these fonts.
NARROW, WIDE = "iljtfrI.,:;'|!()[]° -–", "mwMW@%—"
SHARES = {"narrow": 0.36, "wide": 0.92, "capital": 0.72, "digit": 0.58, "other": 0.57, "ideograph": 1.0}
BOLT = "M9.2.8 2.8 9.3h4.3L6.3 15.2l6.4-8.5H8.4z"
# The colour of the dot beside the standing, on a light and on a dark card.
DOTS = {
    State.SAFE: ("#1f883d", "#3fb950"),
    State.AT_RISK: ("#bc4c00", "#f0883e"),
    State.IDLE: ("#6e7781", "#8b949e"),
    State.RESTING: ("#0969da", "#58a6ff"),
}


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card may show of somebody on a local date. `rescues`: None where nobody counts them."""

    user: str
    date: date
    state: State
    current: Streak | None
    longest: Streak | None
    rescues: int | None
    weeks: Weeks | None
    language: str


@dataclass(frozen=True, slots=True)
class _Column:
    """A figure with its name and what is said below; `size` is that of the figure, in pixels."""

    figure: str
    name: str
    below: str
    size: int


class _Drawing:
    """One card, from top to bottom."""

    def __init__(self, facts: CardFacts, style: CardStyle) -> None:
        self.facts, self.style = facts, style
        self.voice = Voice(facts.language, facts.date)

    def svg(self) -> str:
        """The whole file."""
        parts: list[str] = []
        height = 0
        if self.style.shows("name") or self.style.shows("today"):
            parts += self.header()
            height = 22
        parts += self.columns(height + 68)
        height += 122
        if self.facts.weeks and self.style.shows("map"):
            parts += self.map(self.facts.weeks, height + 25)
            height += 92
        height += 4
        name, said = self.alternative()
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="name said">'
            f'<title id="name">{_escaped(name)}</title><desc id="said">{_escaped(said)}</desc>'
            f"<style>{self.css()}</style>"
            # Around all that has a colour, so that a fragment of the address can choose one.
            f'<g id="light"><g id="dark"><rect class="b" x=".5" y=".5" width="{WIDTH - 1}" '
            f'height="{height - 1}" rx="8"/>{"".join(parts)}</g></g></svg>\n'
        )

    def alternative(self) -> tuple[str, str]:
        """The title and the description, for whoever hears the card."""
        facts, voice = self.facts, self.voice
        user = plain(facts.user, 60)
        said = voice.say(
            "card.alt",
            user=user,
            streak=f"{voice.say('card.current')} {voice.days(facts.current)}",
            longest=voice.days(facts.longest),
            date=voice.date(facts.date),
            state=voice.say(f"card.{facts.state}"),
        )
        return f"{user}: {voice.days(facts.current)}", said

    def css(self) -> str:
        """The look: light, dark where the reader's page is, and either one where the address says so."""
        theme = THEMES[self.style.theme]
        light, dark = DOTS[self.facts.state]
        fixed = (
            f"text{{font:12px {FONT};font-variant-numeric:tabular-nums}}"
            ".h{font-weight:600}.f{font-weight:700;letter-spacing:-.02em}"
            "path{stroke-width:2;stroke-linejoin:round}"
        )
        night = _colours(theme.dark, dark)
        return (
            f"{fixed}{_scoped('', _colours(theme.light, light))}"
            f"@media(prefers-color-scheme:dark){{{_scoped('', night)}}}"
            f"{_scoped('#dark:target ', night)}{_scoped('#light:target ', _colours(theme.light, light))}"
        )

    def header(self) -> Iterator[str]:
        """Whose card it is, and where they stand today."""
        room = float(INNER)
        if self.style.shows("today"):
            state = self.voice.say(f"card.{self.facts.state}")
            said = f"{self.voice.date(self.facts.date, short=True)} · {state}"
            size = _fit(said, 12, 200)
            yield _text(said, WIDTH - EDGE, 36, "t", size, end="● ")
            room -= _ems(said) * size + 16 + SEPARATE
        if self.style.shows("name"):
            user = plain(self.facts.user, 60)
            yield f'<path class="a" transform="translate({EDGE - 3} 22.5)" stroke="none" d="{BOLT}"/>'
            yield _text(user, EDGE + 17, 36, "t h", min(15.0, (room - 17) / _ems(user, bold=True)))

    def columns(self, line: int) -> Iterator[str]:
        """The figures side by side, on one line."""
        found = [self.current(), *self.others()]
        rest = len(found) - 1
        widths = [share * INNER for share in SHARED[rest]]
        left = float(EDGE)
        for number, (column, width) in enumerate(zip(found, widths, strict=True)):
            if number:
                yield f'<path class="r" d="M{left:.1f} {line - 34}v75"/>'
            inside = 18 if number else 0
            room, at = width - inside - SEPARATE, left + inside
            size = _fit(column.figure, column.size, room, bold=True)
            yield _text(column.figure, at, line, f"f {'t' if number else 'a'}", size)
            yield _text(column.name, at, line + 23, "t h", _fit(column.name, 13, room, bold=True))
            yield _text(column.below, at, line + 40, "q", _fit(column.below, 11.5, room))
            left += width

    def current(self) -> _Column:
        voice, streak = self.voice, self.facts.current
        since = voice.say("card.since", date=voice.date(streak.start, short=True)) if streak else ""
        below = "" if streak and streak.at_least else since or voice.say("card.none")
        return _Column(self.figure(streak), voice.say("card.current"), below, 46)

    def others(self) -> Iterator[_Column]:
        voice, longest = self.voice, self.facts.longest
        if self.style.shows("longest"):
            below = voice.say("card.never")
            if longest:
                below = f"{voice.date(longest.start, short=True)} – {voice.date(longest.end, short=True)}"
            yield _Column(self.figure(longest), voice.say("field.longest"), below, 28)
        if self.style.shows("rescues") and self.facts.rescues is not None:
            number = voice.number(self.facts.rescues)
            yield _Column(number, voice.say("card.rescued"), voice.say("card.reminder"), 28)

    def figure(self, streak: Streak | None) -> str:
        number = self.voice.number(streak.days if streak else 0)
        return f"{number}+" if streak and streak.at_least else number

    def map(self, weeks: Weeks, top: int) -> Iterator[str]:
        """53 weeks, a column each and Sunday at the top, as on the profile; the months above."""
        today = self.facts.date
        sunday = today - timedelta(days=(today.weekday() + 1) % 7)
        first = sunday - timedelta(weeks=COLUMNS - 1)
        cells: dict[int, list[str]] = {}
        for offset in range((today - first).days + 1):
            level = weeks.level(first + offset * ONE_DAY)
            if level is not None:
                cells.setdefault(level, []).append(f"M{offset // 7 * 8 + 1} {offset % 7 * 8 + 1}h4v4h-4z")
        begun = max(first, weeks.first)
        yield from self.months(first, begun, top - 7)
        yield f'<g transform="translate({EDGE} {top})scale({CELL:.4f})">'
        for level, found in sorted(cells.items()):
            yield f'<path class="m{level}" d="{"".join(found)}"/>'
        row = (today - sunday).days * 8 + 0.5
        yield f'<path class="n" d="M{(COLUMNS - 1) * 8 + 0.5:g} {row:g}h5v5h-5z"/></g>'

    def months(self, first: date, begun: date, line: int) -> Iterator[str]:
        """The name of each month above the first week that begins in it, where there is room."""
        taken = 0.0
        for column in range(1, COLUMNS):
            week = first + timedelta(weeks=column)
            name, left = self.voice.month(week.month), EDGE + column * 8 * CELL
            if week.month == (week - timedelta(weeks=1)).month or week < begun:
                continue
            width = _ems(name) * 10
            if left >= taken and left + width <= WIDTH - EDGE:
                yield _text(name, left, line, "q", 10)
                taken = left + width + 4


def card(facts: CardFacts, style: CardStyle) -> str:
    """The card as SVG. Nobody's standing is unknown on it: where it is, the last card stays."""
    return _Drawing(facts, style).svg()


def _colours(palette: Palette, dot: str) -> dict[str, str]:
    """What each class of shapes looks like."""
    fills = {"t": palette.text, "q": palette.quiet, "a": palette.accent, "o": dot}
    looks = {name: f"fill:{colour}" for name, colour in fills.items()}
    for level, colour in enumerate(palette.map):
        looks[f"m{level}"] = f"fill:{colour};stroke:{colour}"
    looks["b"] = f"fill:{palette.background};stroke:{palette.border}"
    return looks | {
        "n": f"fill:none;stroke:{dot};stroke-width:1",
        "r": f"stroke:{palette.border};stroke-width:1",
    }


def _scoped(scope: str, looks: dict[str, str]) -> str:
    return "".join(f"{scope}.{name}{{{look}}}" for name, look in looks.items())


def _text(said: str, left: float, line: int, look: str, size: float, end: str = "") -> str:
    """A text from the left on; with `end`, that comes first, in the standing's colour, and it ends there."""
    anchor = ' text-anchor="end"' if end else ""
    before = f'<tspan class="o">{end}</tspan>' if end else ""
    place = f'x="{left:g}" y="{line}"{anchor} style="font-size:{size:.3g}px"'
    return f'<text class="{look}" {place}>{before}{_escaped(said)}</text>'


def _escaped(said: str) -> str:
    return html.escape(said, quote=False)


def _fit(said: str, size: float, room: float, *, bold: bool = False) -> float:
    """The size at which a text has room."""
    return min(size, room / _ems(said, bold=bold)) if said else size


def _ems(said: str, *, bold: bool = False) -> float:
    """How wide a text is at the most, as a multiple of its font's size."""
    return sum(_share(c) for c in said) * (1.06 if bold else 1.0)


def _share(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return SHARES["ideograph"]
    kind = "narrow" if character in NARROW else "wide" if character in WIDE else ""
    if not kind:
        kind = "digit" if character.isdigit() else "capital" if character.isupper() else "other"
    return SHARES[kind]
