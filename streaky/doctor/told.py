"""A checkup as a person reads it: in the terminal, on the summary page, and as annotations."""

from __future__ import annotations

from urllib.parse import quote

from streaky.doctor.verdict import Checkup, Level, Verdict
from streaky.pictures.markdown import SAFE, cell
from streaky.runner.outputs import Runner

MARKS = {Level.OK: "✅", Level.WARN: "⚠️", Level.FAIL: "❌"}


def terminal(checkup: Checkup) -> str:
    """The verdicts, a line each, and the settings."""
    settings = [f"    {each.name}: {each.value} ({each.source or 'not set'})" for each in checkup.origins]
    head = f"{checkup.user}: {checkup.heading}"
    return "\n".join([head, *lines(checkup), "  settings:", *settings])


def lines(checkup: Checkup) -> list[str]:
    """The verdicts, a line each."""
    return [f"  {each.level:<4}  {each}" for each in checkup.verdicts]


def page(checkup: Checkup) -> str:
    """The checkup as a summary page of its own."""
    rows = "\n".join(
        f"| {each.name} | {cell(each.value)} | {cell(each.source or 'not set')} |" for each in checkup.origins
    )
    return (
        f"## {checkup.heading}\n\n{table(checkup)}\n\n"
        "<details><summary>Settings, and what set them</summary>\n\n"
        f"| Setting | Value | Set by |\n| --- | --- | --- |\n{rows}\n\n</details>\n\n"
    )


def section(checkup: Checkup) -> str:
    """The checkup as a part of another run's page."""
    return f"### Self-check: {checkup.heading}\n\n{table(checkup)}\n\n"


def table(checkup: Checkup) -> str:
    """The verdicts as GitHub-flavoured Markdown."""
    rows = "\n".join(_row(each) for each in checkup.verdicts)
    return f"| | What | Found |\n| --- | --- | --- |\n{rows}"


def _row(each: Verdict) -> str:
    found = cell(f"{each.text} {each.mend}".strip())
    link = f" [Open]({quote(each.link, safe=SAFE)})" if each.link else ""
    return f"| {MARKS[each.level]} | {cell(each.about)} | {found}{link} |"


def annotate(checkup: Checkup, runner: Runner, *, beside_test: bool = False) -> None:
    """Leave each fault and doubt with the runner; all as warnings beside a test alert."""
    for each in checkup.of(Level.FAIL):
        (runner.warning if beside_test else runner.error)(str(each))
    for each in checkup.of(Level.WARN):
        runner.warning(str(each))
