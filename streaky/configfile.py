"""The config file's YAML as flat text values, each with its line and column.

Read as a stream of parser events, never as objects: nesting, aliases and tags are refused where they
stand, so that no file can explode, recurse or construct anything. Times need no quotes here, though
YAML 1.1 would read 18:00 as a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streaky.errors import Fault, Place
from streaky.values import nearest, shown

BIGGEST = 65_536  # bytes; a config file that says everything has about 2,000
NOTHING = ("", "~", "null", "Null", "NULL")


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
        file.fault(1, 1, "config", f"the file has {len(content)} bytes.", f"Keep it under {BIGGEST}.")
        return file
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        file.fault(line, column, "config", "the file is not UTF-8 text.", "Save it as UTF-8.")
        return file
    _read_text(text, file, known)
    return file


def _read_text(text: str, file: ConfigFile, known: Mapping[str, bool]) -> None:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _read_mapping(yaml.parse(text, Loader=loader), file, known)
    except Unfit as unfit:
        file.fault(unfit.mark.line + 1, unfit.mark.column + 1, "config", unfit.what, unfit.mend)
    except yaml.reader.ReaderError as error:
        at = error.position if isinstance(error.position, int) else 0
        before = text[:at]
        line, column = before.count("\n") + 1, at - before.rfind("\n")
        file.fault(line, column, "config", "the file holds a control character.", "Remove it.")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        file.fault(line, column, "config", f"the file is not YAML: {error.problem or error.context}.")
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
        name = key.value
        mark: Any = key.start_mark
        line, column = mark.line + 1, mark.column + 1
        value, at = _read_value(name, events, file)
        if name in seen:
            file.fault(line, column, name, f"stands twice; the first is in line {seen[name]}.", "Keep one.")
            continue
        seen[name] = line
        if name not in known:
            shown_name = shown(name).strip('"')
            file.fault(
                line, column, shown_name, "is not a setting.", nearest(name, [k for k in known if known[k]])
            )
        elif not known[name]:
            mend = "Make it a repository secret, and remove it from here; replace it, if it was ever pushed."
            file.fault(line, column, name, "is a secret, which a file must not hold.", mend)
        elif value.strip() not in NOTHING:
            file.values[name] = value.strip()
            file.places[name] = Place(file.source, at.line + 1, at.column + 1)


def _read_value(name: str, events: Iterator[Any], file: ConfigFile) -> tuple[str, Any]:
    """A scalar's text, or a list's items as comma-separated text, with its mark; what is neither
    becomes a fault and reads as empty."""
    import yaml

    event = next(events)
    if isinstance(event, yaml.ScalarEvent):
        _refuse_tag(event)
        return event.value, event.start_mark
    items, depth, nested = [], 1, not isinstance(event, yaml.SequenceStartEvent)
    inner = iter(()) if isinstance(event, yaml.AliasEvent) else events
    for item in inner:
        if isinstance(item, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            depth, nested = depth + 1, True
        elif isinstance(item, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            depth -= 1
        elif isinstance(item, yaml.ScalarEvent):
            _refuse_tag(item)
            items.append(item.value)
        else:
            nested = True
        if depth == 0:
            break
    if not nested:
        return ",".join(items), event.start_mark
    line, column = event.start_mark.line + 1, event.start_mark.column + 1
    file.fault(
        line, column, shown(name).strip('"'), "must be one value or a plain list.", "Write each value out."
    )
    return "", event.start_mark


def _refuse_tag(event: Any) -> None:
    if event.tag not in (None, "!"):
        raise Unfit(event.start_mark, "tags (!) are not read here.", "Write the plain value.")
