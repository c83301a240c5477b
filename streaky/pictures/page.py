"""The page: README.md on the ledger's branch, with all that somebody may want to know of their streak.

GitHub shows it where the branch is opened. It is written with the ledger, in the same commit, and is as old
as that. In a public repository, private counts are not on it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from streaky import HOMEPAGE
from streaky.calendar import ONE_DAY, Calendar
from streaky.due import past_runs
from streaky.github.queries import BRANCH
from streaky.judge import Judgement
from streaky.ledger import journal
from streaky.ledger.book import Ledger, Mark, Note, Pair, Row, Weeks
from streaky.look import LEDGER, Look
from streaky.pictures.card import CardFacts, card
from streaky.pictures.markdown import cell, lateness, linked, squares, whole
from streaky.report import days
from streaky.schedule import lateness as late
from streaky.schedule.slots import Kind
from streaky.streak import State, Streak
from streaky.understanding import SETTINGS, ZONE, next_reminder, understand

PAGE, CARD = "README.md", "card.svg"
WEEKS = 16  # of the strip, so that a phone shows it whole
STREAKS = 10
ALERTS = 30  # rows: what is older can be read in the ledger
LISTED = 12  # dates of rescues, and gaps
BAR = 24  # blocks of the longest bar
COUNTED, EMPTY, OPEN, RESTED, RESCUED = "🟩", "⬜", "🟨", "🟦", "🟧"
HEADINGS = {
    State.SAFE: "🟢 {user} is safe today",
    State.AT_RISK: "🟠 {user}'s streak of {days} needs a contribution today",
    State.IDLE: "⚪ {user} has no streak to lose",
    State.RESTING: "🔵 {user} rests today",
    State.UNKNOWN: "🔴 Today could not be checked for {user}",
}


def files(
    seen: Look, judgement: Judgement, ledger: Ledger, now: datetime, redact: Callable[[str], str]
) -> dict[str, bytes]:
    """The page and the card by name. On a day that could not be read there is no card: the last one stays."""
    page = _Page(seen, judgement, ledger, now)
    found = {PAGE: redact(page.markdown()).encode()}
    if drawn := page.card():
        found[CARD] = drawn.encode()
    return found


class _Page:
    """One page, from top to bottom."""

    def __init__(self, seen: Look, judgement: Judgement, ledger: Ledger, now: datetime) -> None:
        self.seen, self.judgement, self.ledger, self.now = seen, judgement, ledger, now
        self.github, self.day = seen.settings.github, judgement.day
        self.weeks = self._weeks()

    @property
    def state(self) -> State:
        return self.judgement.standing.state if self.judgement.standing else State.UNKNOWN

    @property
    def current(self) -> Streak | None:
        """The running streak; on a day that could not be read, the one that is remembered."""
        if self.judgement.standing:
            return self.judgement.standing.current
        known = journal.known(self.ledger, self.judgement.rules)
        return known.current if known else None

    def _weeks(self) -> Weeks | None:
        calendar, minimum = self.judgement.calendar, self.judgement.rules.minimum
        if calendar is None:
            return self.ledger.weeks
        shown: Calendar = calendar.counted(minimum) if self.seen.discreet else calendar
        return journal.mapped(self.ledger.weeks, shown, self.day.date, minimum)

    def card(self) -> str | None:
        """The card; None where the day could not be read."""
        standing, settings = self.judgement.standing, self.seen.settings
        if standing is None:
            return None
        facts = CardFacts(
            user=self.judgement.login,
            date=self.day.date,
            state=standing.state,
            current=standing.current,
            longest=standing.longest,
            rescues=journal.rescues(self.ledger),
            weeks=self.weeks,
            language=settings.language,
        )
        return card(facts, settings.card)

    def markdown(self) -> str:
        """The whole page."""
        user = cell(self.judgement.login)
        parts = [
            "<!-- Streaky writes this page anew with each change. What you write here is lost. -->",
            f"# {HEADINGS[self.state].format(user=user, days=days(self.current))}",
            *self.today(),
            *self.picture(),
            self.links(),
            *self.strip(),
            *self.streaks(),
            *self.alerts(),
            *self.rescues(),
            *self.gaps(),
            *self.punctuality(),
            *self.profile(),
            self.foot(),
        ]
        return "\n\n".join(parts) + "\n"

    def today(self) -> Iterator[str]:
        """Where the person stands, until when, and what comes next."""
        standing, judgement = self.judgement.standing, self.judgement
        if judgement.problem:
            yield f"> ⚠️ {cell(str(judgement.problem))}"
        if standing and self.seen.discreet:
            shown = (
                "Today counts." if standing.count >= judgement.rules.minimum else "Today does not count yet."
            )
        elif standing:
            few = standing.count == 1
            shown = f"GitHub shows {standing.count or 'no'} contribution{'' if few else 's'} for today."
        else:
            shown = "Please check your profile: is there a contribution for today?"
        longest = standing.longest if standing else None
        kept = f" The longest one is {days(longest)}." if longest else ""
        streak = f"The streak is **{days(self.current)}**.{kept} " if self.current or longest else ""
        reminder = cell(next_reminder(judgement, self.seen, self.now, self.ledger))
        yield (
            f"{streak}{shown} The day, {self.day.date}, ends at **{self.day.deadline:%Y-%m-%d %H:%M}** "
            f"({cell(str(self.day.zone))}). Next reminder: **{reminder}**."
        )

    def picture(self) -> Iterator[str]:
        """The card, where there is one by now."""
        if self.judgement.standing or self.ledger.weeks:
            yield _picture(CARD, self.said())

    def said(self) -> str:
        return f"{self.judgement.login}: {days(self.current)}"

    def links(self) -> str:
        """Where things are seen and changed."""
        points = understand(self.seen, self.judgement, self.now, "", test=False).points
        pages = {each.name: each.link for each in points}
        names = {"Pause": "Pause", SETTINGS: "Settings", ZONE: "Workflow", "Guarding": "Profile"}
        links = {said: pages.get(name, "") for name, said in names.items()}
        links |= {"Ledger": self.beside("blob", LEDGER), "What is this?": HOMEPAGE}
        return " · ".join(linked(said, link) for said, link in links.items() if link)

    def strip(self) -> Iterator[str]:
        """The last weeks as squares."""
        if self.weeks is None:
            return
        rows = squares(self.day.date, WEEKS, self._square)
        legend = (
            f"{COUNTED} counted · {RESCUED} saved after a reminder · {EMPTY} nothing · "
            f"{RESTED} rest or pause · {OPEN} today, still open"
        )
        yield "## The last weeks"
        yield f"{rows}\n\n<sub>{legend}</sub>"

    def _square(self, day: date) -> str:
        level = self.weeks.level(day) if self.weeks else None
        if level is None or day > self.day.date:
            return ""
        line = self.ledger.days.get(day)
        if level:
            return RESCUED if line and line.note is Note.RESCUED else COUNTED
        resting = line is not None and line.standing is State.RESTING
        if resting or (day == self.day.date and self.state is State.RESTING):
            return RESTED
        return OPEN if day == self.day.date and self.state in (State.AT_RISK, State.IDLE) else EMPTY

    def streaks(self) -> Iterator[str]:
        """The longest streaks as a timeline, the latest one first."""
        known = journal.known(self.ledger, self.judgement.rules)
        found = list(known.past) if known else []
        longest = self.judgement.standing.longest if self.judgement.standing else None
        found += [each for each in (longest, self.current) if each]
        begun: dict[date, Streak] = {}
        for each in found:  # one that still runs takes the place of what it was before
            if each.start not in begun or begun[each.start].days <= each.days:
                begun[each.start] = each
        best = sorted(begun.values(), key=lambda each: each.days, reverse=True)[:STREAKS]
        if not best:
            return
        yield "## The longest streaks"
        rows = ["| From | To | Days | |", "| --- | --- | ---: | --- |"]
        for each in sorted(best, key=lambda each: each.start, reverse=True):
            bar = "█" * max(1, round(BAR * each.days / best[0].days))
            running = " (running)" if self.current and each.start == self.current.start else ""
            number = f"**{each.days:,}**" if each is best[0] else f"{each.days:,}"
            atleast = "at least " if each.at_least else ""
            rows.append(f"| {each.start} | {each.end}{running} | {atleast}{number} | {bar} |")
        yield "\n".join(rows)

    def alerts(self) -> Iterator[str]:
        """What was sent, where, and what became of it, the latest first."""
        sent = [pair for pair, row in self.ledger.alerts.items() if row.mark is not Mark.SKIPPED]
        sent.sort(key=lambda pair: (pair[0].day, f"{pair[0].at or ''}", pair[1]), reverse=True)
        yield "## Alerts"
        if not sent:
            yield "None in the last 40 days."
            return
        rows = ["| Day | Alert | Channel | What became of it |", "| --- | --- | --- | --- |"]
        for pair in sent[:ALERTS]:
            slot, key = pair
            when = f"{slot.kind} {slot.at:%H:%M}" if slot.at else f"{slot.kind}"
            became = self._became(pair, self.ledger.alerts[pair])
            rows.append(f"| {whole(f'{slot.day}')} | {whole(when)} | {cell(key)} | {became} |")
        yield "\n".join(rows)
        if len(sent) > ALERTS:
            yield f"And {len(sent) - ALERTS} more, in {linked('the ledger', self.beside('blob', LEDGER))}."

    def _became(self, pair: Pair, row: Row) -> str:
        """What became of an alert on a channel, with a link to its run."""
        slot, at = pair[0], row.at.astimezone(self.day.zone)
        when = f"{at:%H:%M}" if at.date() == slot.day else f"{at:%Y-%m-%d %H:%M}"
        said = {
            Mark.CLAIMED: "⏳ being sent",
            Mark.SENT: "✅ sent",
            Mark.RESOLVED: "✅ sent, and updated",
            Mark.FAILED: "❌ failed",
            Mark.DEAD: "❌ refused for good",
        }[row.mark]
        run = row.run.partition("/")[0]
        link = self.github.page("actions", "runs", run) if run.isdecimal() else ""
        fate = self._fate(slot.day, row.mark) if slot.kind is Kind.AT_RISK and row.mark.told else ""
        why = f": {cell(row.why)}" if row.why else ""
        return f"{linked(said, link)} at {when}{fate}{why}"

    def _fate(self, day: date, mark: Mark) -> str:
        """What became of a day that somebody was warned of."""
        if day == self.day.date:
            replaced = ": a later reminder took its place" if mark is Mark.RESOLVED else ""
            return ", and the day is safe" if self.state is State.SAFE else replaced
        line = self.ledger.days.get(day)
        ends = {
            State.SAFE: ", and the day was saved",
            State.AT_RISK: ", and the day ended without a contribution",
            State.RESTING: ", and the day was one of rest",
        }
        return ends.get(line.standing, "") if line else ""

    def rescues(self) -> Iterator[str]:
        """The days that were saved after a reminder."""
        saved = [day for day, line in self.ledger.days.items() if line.note is Note.RESCUED]
        yield "## Rescued days"
        if not saved:
            yield "None yet: no day was warned of and then saved."
            return
        shown = ", ".join(f"{day}" for day in sorted(saved, reverse=True)[:LISTED])
        more = ", and earlier ones" if len(saved) > LISTED else ""
        were = "day was" if len(saved) == 1 else "days were"
        yield f"**{len(saved)}** {were} saved after a reminder: {shown}{more}."

    def gaps(self) -> Iterator[str]:
        """The days on which no run came."""
        found: list[Streak] = []
        for day, line in sorted(self.ledger.days.items()):
            if line.note is Note.UNWATCHED:
                if found and found[-1].end == day - ONE_DAY:
                    found[-1] = replace(found[-1], end=day)
                else:
                    found.append(Streak(day, day))
        if not found:
            return
        yield "## Days without a run"
        rows = [
            f"- {each.start} to {each.end} ({days(each)})" if each.days > 1 else f"- {each.start}"
            for each in reversed(found[-LISTED:])
        ]
        yield "GitHub started no run on these days, so nobody was warned.\n\n" + "\n".join(rows)

    def punctuality(self) -> Iterator[str]:
        """How late GitHub starts the runs."""
        past = past_runs(self.judgement, self.seen, self.ledger)
        seen = late.observed(past)
        yield "## How punctual GitHub is"
        week = [start for start in self.ledger.starts if start > self.now - timedelta(days=7)]
        started = (
            f"GitHub started {len(week)} scheduled run{'' if len(week) == 1 else 's'} in the last 7 days."
        )
        if seen.last is None:
            yield f"{started} How late they were is not known yet."
        else:
            yield f"{started} They were late by {lateness(seen)}"

    def profile(self) -> Iterator[str]:
        """How to show the card on one's profile; nothing where no repository keeps it."""
        repository = self.seen.repository
        if self.github.repository is None:
            return
        yield "## Show the card on your profile"
        login = self.judgement.login
        if repository is None or not repository.public:
            yield (
                f"This repository is private, so nobody else can see its card. Set up Streaky in the public "
                f"repository `{login}/{login}`, whose README is your profile."
            )
            return
        shown = _picture(self.beside("raw", CARD), self.said(), self.beside("tree"))
        yield f"Copy this into the README of `{login}/{login}`:\n\n```html\n{shown}\n```"

    def foot(self) -> str:
        run = self.seen.settings.job.run
        link = self.github.page("actions", "runs", run) if run else ""
        by = f", by {linked('this run', link)}" if link else ""
        local = self.now.astimezone(self.day.zone)
        return (
            f"---\n\n<sub>Written at {local:%Y-%m-%d %H:%M} ({cell(str(self.day.zone))}){by} of "
            f"[Streaky]({HOMEPAGE}). This branch shares no history with your code, and nothing on it counts "
            "as a contribution. Delete the branch, and Streaky begins anew.</sub>"
        )

    def beside(self, kind: str, *name: str) -> str:
        """The address of a file beside the ledger, or of that folder, as `blob`, `raw` or `tree`."""
        where = PurePosixPath(self.seen.where.ledger if self.seen.where else LEDGER)
        return self.github.page(kind, BRANCH, *where.parent.parts, *name)


def _picture(source: str, said: str, link: str = "") -> str:
    """The card as HTML: the reader's page says whether it is the light or the dark one."""
    source, said = html.escape(source), html.escape(said)
    dark = f'<source media="(prefers-color-scheme: dark)" srcset="{source}#dark">'
    shown = f'<picture>\n  {dark}\n  <img src="{source}#light" alt="{said}">\n</picture>'
    return f'<a href="{html.escape(link)}">\n{shown}\n</a>' if link else shown
