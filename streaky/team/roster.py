"""The roster: one file a person, `roster/<login>.yml`, read as the settings of each.

A file has the keys of the config file, but for what the team's workflow alone decides. What is wrong in one
never stops the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from streaky.config import file as config_file
from streaky.config import values
from streaky.config.file import ConfigFile
from streaky.config.inputs import IN_ROSTER, USER
from streaky.config.settings import Settings
from streaky.config.sources import Sources, Team
from streaky.errors import ConfigurationError, Fault
from streaky.input.refusal import BadValue, shown, visible
from streaky.redaction import Redactor

SUFFIX = ".yml"
JOIN = "A person joins with a file roster/LOGIN.yml that has a line such as timezone: Europe/Berlin."


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the roster: the login, as the file's name has it, fit to be shown, and the settings; or
    None, and all that is wrong with the file. `redact` keeps the person's secrets and the team's out of what
    is said."""

    login: str
    settings: Settings | None
    faults: tuple[Fault, ...]
    redact: Callable[[str], str] = field(default=_as_it_is, repr=False, compare=False)


def read_roster(
    folder: Path,
    sources: Sources,
    *,
    wanted: Callable[[str], bool] | None = None,
    opening: bool = True,
    tell: Callable[[], None] = lambda: None,
) -> tuple[Member, ...]:
    """Everybody of the roster in a folder, sorted by login.

    `sources`: the team's workflow. `wanted` tells by a login in lower case whom to read at all; None for
    everybody. Without `opening`, what is sealed stays shut, as if it were not there, and no key is needed.
    `tell` is called after each file. Raises ConfigurationError where the folder does not exist or names
    nobody, and for what is wrong for all.
    """
    found = roster_files(folder)
    twice = _twice(found)
    team, where = sources.team(), _shown(folder, sources)
    members = []
    for path in found:
        if wanted is None or wanted(path.stem.lower()):
            double = path.stem.lower() in twice
            members.append(_member(path, where, team, sources, twice=double, opening=opening))
            tell()
    return tuple(members)


def logins(folder: Path) -> tuple[str, ...]:
    """The logins of all files of a roster, in lower case, sorted, each once; what is in them is not read.
    Raises ConfigurationError where the folder does not exist or names nobody."""
    return tuple(dict.fromkeys(path.stem.lower() for path in roster_files(folder)))


def roster_files(folder: Path) -> list[Path]:
    """All that is meant to be a person's file, sorted by login. Raises ConfigurationError where the folder
    does not exist or names nobody."""
    try:
        found = [path for path in _entries(folder) if split_name(path.name)[0]]
    except OSError as error:
        what = f"{folder} cannot be read: {error.strerror}."
        raise ConfigurationError((Fault("roster", what, JOIN),)) from None
    if not found:
        raise ConfigurationError((Fault("roster", f"{folder} names nobody.", JOIN),))
    return sorted(found, key=lambda path: (path.stem.lower(), path.name))


def _entries(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield Path(entry.path)


def _twice(paths: list[Path]) -> set[str]:
    """The logins, in lower case, that more than one file has."""
    seen: set[str] = set()
    twice: set[str] = set()
    for path in paths:
        (twice if path.stem.lower() in seen else seen).add(path.stem.lower())
    return twice


def _shown(folder: Path, sources: Sources) -> str:
    """The folder as messages name it: from the workspace on, where it lies in there."""
    try:
        inside = folder.resolve().relative_to(Path(sources.workspace).resolve())
    except ValueError:
        return folder.as_posix()
    return inside.as_posix()


def _member(path: Path, where: str, team: Team, sources: Sources, *, twice: bool, opening: bool) -> Member:
    login, file = path.stem, read_file(path, f"{where}/{visible(path.name)}")
    if not is_login(login):
        return Member(visible(login), None, tuple(file.faults))
    if twice:
        file.fault(1, 1, USER.name, f"{login} has more than one file.", "Keep one.")
    secrets: list[tuple[str, str]] = []

    def opened(name: str, value: str) -> None:
        secrets.append((name, value))

    try:
        settings = team.settle(login, file, opened if opening else None)
    except ConfigurationError as error:
        redact = sources.redactor(secrets)
        return Member(login, None, tuple(_redacted(fault, redact) for fault in error.faults), redact)
    return Member(login, settings, (), sources.redactor(secrets))


def read_file(path: Path, source: str) -> ConfigFile:
    """One person's file, `source` in messages, with what is wrong with its name, too. Never raises."""
    try:
        if path.is_symlink() or not path.is_file():  # a link could lead to any file of the machine
            return no_plain_file(source)
        with path.open("rb") as stream:
            content = stream.read(config_file.BIGGEST + 1)
    except OSError as error:
        file = ConfigFile(source)
        file.fault(1, 1, "config", f"the file cannot be read: {error.strerror}.")
        return file
    return read_content(content, path.name, source)


def no_plain_file(source: str) -> ConfigFile:
    """What is said of a link, a folder or another repository in a file's place."""
    file = ConfigFile(source)
    file.fault(1, 1, "config", "it is no plain file.", "Replace it by one, not a link or a folder.")
    return file


def read_content(content: bytes, name: str, source: str) -> ConfigFile:
    """What a person's file of this name holds, `source` in messages. Never raises."""
    login, suffix = split_name(name)
    file = ConfigFile(source)
    if suffix != SUFFIX:
        file.fault(1, 1, "config", f"the file's name does not end in {SUFFIX}.", f"Name it {login}{SUFFIX}.")
        return file
    if not is_login(login):
        file.fault(1, 1, USER.name, "the file's name is not a GitHub login.", f"Name it LOGIN{SUFFIX}.")
        return file
    file = config_file.read(content, source, IN_ROSTER)
    _check_user(file, login)
    return file


def is_login(name: str) -> bool:
    """Whether a file's name, without its suffix, can be a person's."""
    try:
        return values.login(name) == name
    except BadValue:
        return False


def split_name(name: str) -> tuple[str, str]:
    """The login and the suffix of a file's name; both "" where it is not meant to be a person's."""
    stem, dot, suffix = name.rpartition(".")
    whole = f"{dot}{suffix}"
    return (stem, whole) if stem and whole.lower() in (SUFFIX, ".yaml") else ("", "")


def _check_user(file: ConfigFile, login: str) -> None:
    """Refuse a `user` that is not the one whose file it is."""
    text, place = file.values.pop(USER.name, ""), file.places.pop(USER.name, None)
    if not text or place is None:
        return
    try:
        if values.login(text).lower() == login.lower():
            return
        what = f"is {shown(text)}, but the file's name says {login}."
        mend = f"Remove it from here, or name the file {values.login(text)}{SUFFIX}."
    except BadValue as bad:
        what, mend = bad.what, bad.mend
    file.faults.append(Fault(USER.name, what, mend, place))


def _redacted(fault: Fault, redact: Redactor) -> Fault:
    return replace(fault, what=redact(fault.what), mend=redact(fault.mend))
