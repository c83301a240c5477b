"""The config file: flat text values, each with its line and column, and all that is wrong with it.

Values are taken as the text that was written. So times need no quotes, though YAML 1.1 would read 18:00 as
a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from streaky.errors import Fault, Place
from streaky.input.refusal import BadValue, UnlessSealed, nearest, shown
from streaky.input.sealed import is_sealed

BIGGEST = 65_536  # bytes; a config file that says everything has about 2,000
MOST_FAULTS = 50  # what is wrong in more places than these is another kind of file
# Source: YAML 1.1, 5.1, character set.
# The characters that it has not: compiling those that it has takes 9 ms.
UNREADABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


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


def read(content: bytes, source: str, known: Mapping[str, BadValue | None]) -> ConfigFile:
    """Read a config file. `source` is its path for messages; `known` maps each input that a file may set to
    None, and each that it must not, such as a secret, to what is then said; UnlessSealed lets sealed values
    through, shut. Faults are collected, not raised."""
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


def _sealed(value: str | None, refusal: BadValue) -> bool:
    """Whether a value is sealed, and the refusal is only of those that are not."""
    return isinstance(refusal, UnlessSealed) and value is not None and is_sealed(value.strip())


def _end_of(before: str) -> tuple[int, int]:
    """The line and column just behind a text, from 1."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _read_text(text: str, file: ConfigFile, known: Mapping[str, BadValue | None]) -> None:
    from streaky.config.entries import Unfit, entries  # 20 ms, for a file only

    seen: dict[str, int] = {}
    try:
        for entry in entries(text):
            if len(file.faults) >= MOST_FAULTS:
                file.fault(*entry.at, "config", "too much is wrong; from here on the file was not read.")
                return
            name = shown(entry.name).strip('"')
            if first := seen.get(entry.name):
                what = f"stands twice; the first is in line {first}."
                file.fault(*entry.at, name, what, "Keep one.")
                continue
            seen[entry.name] = entry.at[0]
            if entry.name not in known:
                allowed = [each for each in known if known[each] is None]
                file.fault(*entry.at, name, "is not a setting.", nearest(entry.name, allowed))
            elif (refusal := known[entry.name]) and not _sealed(entry.value, refusal):
                file.fault(*entry.at, name, refusal.what, refusal.mend)
            elif entry.value is None:
                what = "must be one value or a plain list."
                file.fault(*entry.value_at, name, what, "Write each value out.")
            elif text := entry.value.strip():
                file.values[entry.name] = text
                file.places[entry.name] = Place(file.source, *entry.value_at)
    except Unfit as unfit:
        file.fault(*unfit.at, "config", unfit.what, unfit.mend)
