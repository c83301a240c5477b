"""A language's way to say things: words with their values, numbers, dates, durations and streaks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from streaky.locales import words
from streaky.streak import Streak

MINUTE = timedelta(minutes=1)


class Voice:
    """Says things in one language. A date of another year than `today`'s is told with its year."""

    def __init__(self, language: str, today: date) -> None:
        self._table = words(language)
        self._today = today

    def say(self, key: str, **values: str) -> str:
        """The words of a key with their values. Raises KeyError for a key or a value that is missing."""
        return str(self._table[key]).format_map(values)

    def amount(self, key: str, number: int, **values: str) -> str:
        """Words that change with a number, in singular or plural; `{n}` in them is that number."""
        forms = self._table[key]
        if isinstance(forms, dict):
            forms = forms["one" if number in self._table["one"] else "other"]
        return str(forms).format_map({"n": self.number(number)} | values)

    def number(self, number: int) -> str:
        """A number in digits, grouped by thousands where people of this language do so."""
        mark, smallest = self._table["grouping"]
        return f"{number:,}".replace(",", mark) if number >= smallest else str(number)

    def date(self, day: date, *, short: bool = False) -> str:
        """A date as people write it: "November 22", and "November 22, 2025" in another year; `short`
        "Nov 22"."""
        key = "date.short" if short else "date"
        return self.say(
            key if day.year == self._today.year else f"{key}.year",
            day=self.say("date.first") if day.day == 1 else str(day.day),
            month=self.month(day.month) if short else self._table["months"][day.month - 1],
            year=str(day.year),
            number=str(day.month),
        )

    def month(self, number: int) -> str:
        """A month (1 to 12), short: "Nov"."""
        return str(self._table["months.short"][number - 1])

    def clock(self, moment: datetime) -> str:
        """When, as its own clock says it: "at midnight", "at 01:00"."""
        if not moment.hour and not moment.minute:
            return self.say("at.midnight")
        return self.amount("at", moment.hour, time=f"{moment:%H:%M}")

    def left(self, left: timedelta) -> str:
        """A duration in hours and minutes, rounded down, but never to nothing."""
        hours, minutes = _parts(left)
        form = "left-minutes" if not hours else "left" if minutes else "left-hours"
        return self.say(form, hours=str(hours), minutes=str(minutes))

    def remaining(self, left: timedelta, *, last: bool = False) -> str:
        """That so much time is left; with `last`, that it is little. The verb agrees with exactly 1 h."""
        hours, minutes = _parts(left)
        number = 1 if (hours, minutes) in ((1, 0), (0, 1)) else 2
        return self.amount("remaining.last" if last else "remaining", number, left=self.left(left))

    def days(self, streak: Streak | None) -> str:
        """A streak's length alone: "42 days"; "at least 42 days" when it may have begun earlier."""
        days = self.amount("days", streak.days if streak else 0)
        return self.say("at-least", days=days) if streak and streak.at_least else days

    def streak(self, streak: Streak | None, *, short: bool = False) -> str:
        """A streak by its length: "42-day streak", "streak of at least 42 days", `short` "42+ day streak"."""
        key = "push.streak" if short else "streak"
        if streak and streak.at_least:
            key += ".at-least"
        return self.amount(key, streak.days if streak else 0)


def _parts(left: timedelta) -> tuple[int, int]:
    """Hours and minutes."""
    return divmod(max(left // MINUTE, 1), 60)
