"""The config file's YAML as flat text values, each with its line and column.

Read as a stream of parser events, never as objects: nesting, aliases and tags are refused where they
stand, so that no file can explode, recurse or construct anything. Times need no quotes here, though
YAML 1.1 would read 18:00 as a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from streaky.config.values import nearest, shown
from streaky.errors import Fault, Place

BIGGEST = 65_536  # bytes; a config file that says everything has about 2,000
MOST_FAULTS = 50  # what is wrong in more places than these is another kind of file
DEEPEST = 8  # levels; a settings file has two, and a parser's time grows with the square of the depth
NOTHING = ("", "~", "null", "Null", "NULL")
# Source: YAML 1.1, 5.1, character set.
UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CANNOT_START = {"\t": "Use spaces, not tabs."} | dict.fromkeys("@`%", "Put the value in quotes.")


class Unfit(Exception):
    """The file cannot be read on from here."""

    def __init__(self, mark: Any, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.mark, self.what, self.mend = mark, what, mend


class ConfigFile:
    """What a config file gives: `values` and `places` by input name, and all that is wrong with it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.values: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.faults: list[Fault] = []

    def fault(self, line: int, column: int, name: str, what: str, mend: str = "") -> None:
        """Note a fault at a line and column, from 1; line 0 for the file as a whole."""
        self.faults.append(Fault(name, what, mend, Place(self.source, line, column) if line else None))


def read(content: bytes, source: str, known: Mapping[str, bool]) -> ConfigFile:
    """Read a config file. `source` is its path for messages; `known` maps each input that a file may
    name to True, and each that it must not (a secret) to False. Faults are collected, not raised."""
    file = ConfigFile(source)
    if len(content) > BIGGEST:
        file.fault(1, 1, "config", f"the file has more than {BIGGEST} bytes.", "Keep the settings only.")
        return file
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = bytes(error.object[: error.start]).decode()
        file.fault(*_end_of(before), "config", "the file is not UTF-8 text.", "Save it as UTF-8.")
        return file
    if strange := UNREADABLE.search(text):
        what = f"the file holds a control character (U+{ord(strange[0]):04X})."
        file.fault(*_end_of(text[: strange.start()]), "config", what, "Remove it.")
        return file
    _read_text(text, file, known)
    return file


def _end_of(before: str) -> tuple[int, int]:
    """The line and column just behind a text, from 1."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _read_text(text: str, file: ConfigFile, known: Mapping[str, bool]) -> None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _read_mapping(yaml.parse(text, Loader=loader), file, known)
    except Unfit as unfit:
        file.fault(unfit.mark.line + 1, unfit.mark.column + 1, "config", unfit.what, unfit.mend)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and mark.index >= len(text):  # what is missing at the end is told where it was opened
            mark = error.context_mark or mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        character = text[mark.index : mark.index + 1] if mark else ""
        mend = CANNOT_START.get(character, "") if "cannot start" in (error.problem or "") else ""
        file.fault(line, column, "config", f"the file is not YAML: {error.problem or error.context}.", mend)
    except yaml.YAMLError:
        file.fault(1, 1, "config", "the file is not YAML.")


def _read_mapping(events: Iterator[Any], file: ConfigFile, known: Mapping[str, bool]) -> None:
    import yaml

    started = False
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if started:
                raise Unfit(event.start_mark, "a second document starts here.", "Keep one, without ---.")
            started = True
        elif isinstance(event, yaml.MappingStartEvent):
            _refuse_tag(event)
            _read_entries(events, file, known)
        elif isinstance(event, yaml.ScalarEvent) and event.value in NOTHING and not event.style:
            continue  # an empty file, or one with comments only
        elif isinstance(event, (yaml.ScalarEvent, yaml.SequenceStartEvent, yaml.AliasEvent)):
            raise Unfit(
                event.start_mark, "the file is not a mapping.", "Write lines like timezone: Europe/Berlin."
            )


def _read_entries(events: Iterator[Any], file: ConfigFile, known: Mapping[str, bool]) -> None:
    import yaml

    seen: dict[str, int] = {}
    for key in events:
        if isinstance(key, yaml.MappingEndEvent):
            return
        if not isinstance(key, yaml.ScalarEvent):
            raise Unfit(
                key.start_mark, "a key must be plain text.", "Write lines like timezone: Europe/Berlin."
            )
        _refuse_tag(key)
        name = key.value
        mark: Any = key.start_mark
        line, column = mark.line + 1, mark.column + 1
        if len(file.faults) >= MOST_FAULTS:
            raise Unfit(mark, "too much is wrong; from here on the file was not read.")
        value, at = _read_value(events)
        shown_name = shown(name).strip('"')
        if name in seen:
            what = f"stands twice; the first is in line {seen[name]}."
            file.fault(line, column, shown_name, what, "Keep one.")
            continue
        seen[name] = line
        if name not in known:
            file.fault(
                line, column, shown_name, "is not a setting.", nearest(name, [k for k in known if known[k]])
            )
        elif not known[name]:
            mend = "Make it a repository secret, and remove it from here; replace it, if it was ever pushed."
            file.fault(line, column, name, "is a secret, which a file must not hold.", mend)
        elif value is None:
            what = "must be one value or a plain list."
            file.fault(at.line + 1, at.column + 1, name, what, "Write each value out.")
        elif value.strip():
            file.values[name] = value.strip()
            file.places[name] = Place(file.source, at.line + 1, at.column + 1)


def _read_value(events: Iterator[Any]) -> tuple[str | None, Any]:
    """A scalar's text ("" for none), or a list's items as comma-separated text, with its mark; None for
    what is neither."""
    import yaml

    event = next(events)
    if isinstance(event, yaml.AliasEvent):
        return None, event.start_mark
    _refuse_tag(event)
    if isinstance(event, yaml.ScalarEvent):
        nothing = event.value in NOTHING and not event.style
        return "" if nothing else event.value, event.start_mark
    items, depth, nested = [], 1, not isinstance(event, yaml.SequenceStartEvent)
    for item in events:
        if isinstance(item, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            depth, nested = depth + 1, True
            if depth > DEEPEST:
                raise Unfit(item.start_mark, "this is nested too deeply.", "Write each value out.")
        elif isinstance(item, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1
        elif isinstance(item, yaml.ScalarEvent):
            _refuse_tag(item)
            items.append(item.value)
        else:
            nested = True
        if depth == 0:
            break
    return None if nested else ",".join(items), event.start_mark


def _refuse_tag(event: Any) -> None:
    if event.tag not in (None, "!"):
        raise Unfit(event.start_mark, "tags (!) are not read here.", "Write the plain value.")
