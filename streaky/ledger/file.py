"""The ledger as a local file: changed under a lock, by an atomic rename, and flushed to the disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streaky.http import Patience
from streaky.ledger.store import LedgerUnavailable, Snapshot, Stale

MEND = "Check the path behind file: in ledger."


class File:
    """A store in one file; a file of the same name with .lock behind it lies beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        return f"the file {self._path}"

    def read(self, patience: Patience) -> Snapshot:
        """What lies there. Raises LedgerUnavailable."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Snapshot(None, "")
        except OSError as error:
            raise LedgerUnavailable(
                "The ledger cannot be read.", f"{error.strerror}.", MEND, forbidden=True
            ) from None
        return Snapshot(data, _version(data))

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: Patience,
    ) -> Snapshot:
        """Replace what was read. Raises Stale, LedgerUnavailable."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _locked(self._path.with_name(f"{self._path.name}.lock")):
                if self.read(patience).version != before.version:
                    raise Stale
                if aside:
                    name, broken = aside
                    _replace(_free(self._path.with_name(name), broken), broken)
                _replace(self._path, data)
        except OSError as error:
            raise LedgerUnavailable(
                "The ledger cannot be written.", f"{error.strerror}.", MEND, forbidden=True
            ) from None
        return Snapshot(data, _version(data))


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _free(path: Path, data: bytes) -> Path:
    """The path, with a number where another file lies there."""
    number = 1
    free = path
    while free.exists() and free.read_bytes() != data:
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that other processes wait for; it ends with the process, however that ends."""
    with path.open("a+b") as stream:
        try:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX)
        except ImportError:  # Windows
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
            try:
                yield
            finally:
                stream.seek(0)
                msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            return
        yield


def _replace(path: Path, data: bytes) -> None:
    """Put a file in place whole, or not at all, also when the power fails."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with new.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(new, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
