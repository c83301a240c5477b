"""The Actions runner: masks, annotations, outputs and the job summary.

Source: GitHub docs, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TextIO

from streaky.errors import Place


def inert(text: str) -> str:
    """Text to print, in which the runner finds no command, though others wrote it.

    It takes `::name::` at a line's start and `##[name]` anywhere, and what cannot be seen between these
    characters may not count for it. Source: actions/runner, ActionCommand.cs.
    """
    text = re.sub(r"(\A|[\r\n])([^!-~]*):([^ -~]*):", r"\1\2:\3 :", text)
    return re.sub(r"#([^ -~]*)\[", r"#\1 [", text)


def inert_json(document: object) -> str:
    """JSON to print, likewise; what it says stays the same. No line of JSON starts with a colon."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return re.sub(r"#([^ -~]*)\[", r"#\1\\u005b", text)


class Runner:
    """What a process may say to the runner. Outside of a runner, everything here is silent."""

    def __init__(self, environment: Mapping[str, str], stream: TextIO) -> None:
        """`stream`: where workflow commands go; the runner reads both stdout and stderr."""
        self._environment, self._stream = environment, stream
        self.present = environment.get("GITHUB_ACTIONS") == "true"

    @property
    def hands_on(self) -> bool:
        """Whether a later job delivers what this one could not: guard.yml says so to its first job."""
        return self._environment.get("STREAKY_HANDS_ON") == "true"

    @property
    def debugging(self) -> bool:
        """Whether the person asked for debug logging."""
        return self._environment.get("RUNNER_DEBUG") == "1"

    def mask(self, values: Iterable[str]) -> None:
        """Have the runner replace these values wherever they appear from now on."""
        for value in values:
            self._command("add-mask", _escaped(value))

    def error(self, text: str, place: Place | None = None, about: str = "") -> None:
        """An error annotation, at its line where it has one; `about` names the input at fault."""
        named = {"title": f"Streaky: {about}" if about else "Streaky"}
        if place is not None and place.in_file:
            named |= {"file": place.source, "line": str(place.line), "col": str(place.column)}
        self._command("error", _escaped(inert(text)), named)

    def warning(self, text: str) -> None:
        """A warning annotation."""
        self._command("warning", _escaped(inert(text)), {"title": "Streaky"})

    def notice(self, text: str) -> None:
        """A notice annotation."""
        self._command("notice", _escaped(inert(text)), {"title": "Streaky"})

    def _command(self, name: str, text: str, properties: Mapping[str, str] | None = None) -> None:
        if not self.present:
            return
        listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in (properties or {}).items())
        print(f"::{name}{' ' if listed else ''}{listed}::{text}", file=self._stream, flush=True)

    @property
    def has_outputs(self) -> bool:
        """Whether there is a next step that could read outputs."""
        return bool(self._environment.get("GITHUB_OUTPUT"))

    def outputs(self, values: Mapping[str, str]) -> None:
        """Set the step's outputs."""
        if not self.has_outputs:
            return
        mark = f"end-{os.urandom(8).hex()}"  # unguessable, so that no value can end its own block
        blocks = [f"{name}<<{mark}\n{value}\n{mark}\n" for name, value in values.items()]
        self._append("GITHUB_OUTPUT", "".join(blocks))

    @property
    def has_summary(self) -> bool:
        """Whether there is a summary page to write to."""
        return bool(self._environment.get("GITHUB_STEP_SUMMARY"))

    def summary(self, markdown: str) -> None:
        """Add to the job's summary page."""
        self._append("GITHUB_STEP_SUMMARY", markdown)

    def _append(self, variable: str, text: str) -> None:
        path = self._environment.get(variable, "")
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8", errors="replace", newline="\n") as stream:
                stream.write(text)
        except OSError as error:  # what was sent was sent: an unwritable page must not undo the run
            self.warning(f"{variable} could not be written: {error.strerror}.")


def _escaped(text: str, more: str = "") -> str:
    """A command's text or property value, with the characters that would end it percent-encoded."""
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" + more else c for c in text)
