"""A roster's sealed values under another key: the old ones opened, sealed anew, and put into their places.

All else in a file stays as it is: comments, layout, line ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from streaky import sealing
from streaky.config import file as config_file
from streaky.config import values
from streaky.config.inputs import SEALABLE
from streaky.errors import Fault, Place
from streaky.input.refusal import BadValue
from streaky.input.sealed import is_sealed
from streaky.sealing import BadKey, NotOpened, PrivateKey, PublicKey
from streaky.team.roster import roster_files

MARK = "\ufeff"  # what some editors begin a file with


@dataclass(frozen=True, slots=True)
class SealedValue:
    """A sealed value in somebody's file: where it stands, and the span of its text there, in characters."""

    name: str
    text: str
    place: Place
    span: tuple[int, int]

    @property
    def key_id(self) -> str:
        """Which key it was sealed with; "" where it does not say so."""
        try:
            return sealing.taken_apart(self.text)[0]
        except NotOpened:
            return ""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of one file's sealed values, named by their places: sealed `anew`, sealed with the new key
    `before`, and `left` under an old one, with the reason."""

    login: str
    anew: tuple[Place, ...] = ()
    before: tuple[Place, ...] = ()
    left: tuple[Fault, ...] = ()


def sealed_values(content: bytes, source: str) -> list[SealedValue]:
    """The sealed values in a file, `source` in messages, in their order. Raises Unfit where it is no text or
    no YAML."""
    from streaky.config.entries import Unfit, entries  # 20 ms, for a file only

    if len(content) > config_file.BIGGEST:
        raise Unfit(None, f"the file has more than {config_file.BIGGEST} bytes.")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Unfit(None, "the file is not UTF-8 text.") from None
    begin = len(MARK) if text.startswith(MARK) else 0
    found = []
    for entry in entries(text[begin:]):
        value = (entry.value or "").strip()
        if entry.name in SEALABLE and is_sealed(value):
            first, last = entry.span
            at = text.find(value, begin + first, begin + last)
            span = (at, at + len(value)) if at >= 0 else (0, 0)
            found.append(SealedValue(entry.name, value, Place(source, *entry.value_at), span))
    return found


def old_ones(folder: Path, new: PublicKey) -> Iterator[Resealed]:
    """What is still under another key than `new`, file by file; nothing is opened or written."""
    for path in roster_files(folder):
        yield _reseal(path, new, None)


def reseal(folder: Path, new: PublicKey, keys: Iterable[PrivateKey]) -> Iterator[Resealed]:
    """Seal all of a roster's values anew with the key `new`, file by file, as this is iterated. `keys`: the
    private ones, old and new. Raises ConfigurationError where the folder does not exist or names nobody."""
    keys = tuple(keys)
    for path in roster_files(folder):
        yield _reseal(path, new, keys)


def _reseal(path: Path, new: PublicKey, keys: tuple[PrivateKey, ...] | None) -> Resealed:
    """One file's values. Without `keys` they are looked at alone."""
    from streaky.config.entries import Unfit

    source, login = path.as_posix(), path.stem
    try:
        values.login(login)
        if path.is_symlink():  # what lies elsewhere is nobody's file of this roster
            raise OSError(0, "it is a link")
        content = path.read_bytes()
        found = sealed_values(content, source)
    except BadValue:
        return _unreadable(login, source, "its name is not a GitHub login.")
    except OSError as error:
        return _unreadable(login, source, f"it cannot be read: {error.strerror}.")
    except Unfit as unfit:
        return _unreadable(login, source, unfit.what)
    before = tuple(each.place for each in found if each.key_id == new.id)
    anew: list[Place] = []
    left: list[Fault] = []
    text = content.decode()
    for each in reversed(found):  # from the end, so that the spans before it stay true
        if each.key_id == new.id:
            continue
        try:
            text = _replaced(text, each, _sealed_anew(each, new, keys, login))
            anew.insert(0, each.place)
        except (NotOpened, BadKey) as shut:
            left.insert(0, Fault(each.name, shut.what, shut.mend, each.place))
    if anew:
        try:
            _write(path, text.encode())
        except OSError as error:
            return _unreadable(login, source, f"it cannot be written: {error.strerror}.")
    return Resealed(login, tuple(anew), before, tuple(left))


def _sealed_anew(each: SealedValue, new: PublicKey, keys: tuple[PrivateKey, ...] | None, login: str) -> str:
    if keys is None:
        raise NotOpened(f"is sealed with the key {each.key_id or 'of another form'}, not {new.id}.", "")
    if each.span == (0, 0):
        raise NotOpened("is written with escapes or over several lines.", "Write it in one line, as it is.")
    value = sealing.open_sealed(each.text, keys, login, each.name)
    return sealing.seal(value, new, login, each.name)


def _replaced(text: str, each: SealedValue, sealed: str) -> str:
    begin, end = each.span
    return text[:begin] + sealed + text[end:]


def _unreadable(login: str, source: str, what: str) -> Resealed:
    return Resealed(login, left=(Fault("config", what, "", Place(source, 1, 1)),))


def _write(path: Path, content: bytes) -> None:
    """Let a file have this content, or the one before, whenever we are stopped."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.chmod(path.stat().st_mode & 0o777)
    os.replace(beside, path)
