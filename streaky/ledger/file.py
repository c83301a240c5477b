"""The ledger as a local file: changed under a lock, by an atomic rename, and flushed to the disk.

Where the path is a link, the file that it points to is changed, and the link stays. A folder is made where
only the last one is missing: a path that is wrong further up is a mistake, and makes nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from streaky.http import Patience
from streaky.ledger.store import NOTHING, LedgerUnavailable, Snapshot, Stale

MEND = "Check the path behind `file:` in `ledger`, and who may write there."
NO_FOLDER = "The folder above it does not exist; Streaky makes the last one of a path only."
# What passes by itself: another process is in the way, or a network drive moved. On Windows a file that
# somebody has open refuses to be replaced.
PASSING = {errno.EAGAIN, errno.EBUSY, errno.EDEADLK, errno.EINTR, errno.ESTALE} | (
    {errno.EACCES} if os.name == "nt" else set()
)


class File:
    """A store in one file; a file of the same name with .lock behind it lies beside it."""

    shown = False

    def __init__(self, path: Path) -> None:
        self.name = f"the file {path}"
        self._path = Path(os.path.realpath(path))

    def read(self, patience: Patience) -> Snapshot:
        """What lies there. Raises LedgerUnavailable."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return Snapshot(None, "")
        except OSError as error:
            raise _unavailable("read", error) from None
        return Snapshot(data, _version(data))

    def write(
        self,
        before: Snapshot,
        data: bytes,
        about: str,
        aside: tuple[str, bytes] | None,
        patience: Patience,
        beside: Mapping[str, bytes] = NOTHING,
    ) -> Snapshot:
        """Replace what was read; a file has nothing beside it. Raises Stale, LedgerUnavailable."""
        try:
            self._path.parent.mkdir(exist_ok=True)
            with _locked(self._path.with_name(f"{self._path.name}.lock"), patience):
                if self.read(patience).version != before.version:
                    raise Stale
                if aside:
                    name, broken = aside
                    _replace(_free(self._path.with_name(name), broken), broken)
                _replace(self._path, data)
        except OSError as error:
            raise _unavailable("written", error) from None
        return Snapshot(data, _version(data))


def _unavailable(done: str, error: OSError) -> LedgerUnavailable:
    """Why the ledger cannot be read or written."""
    why = NO_FOLDER if error.errno == errno.ENOENT else f"The system says: {error.strerror}."
    forbidden = error.errno not in PASSING
    return LedgerUnavailable(f"The ledger cannot be {done}.", why, MEND, forbidden=forbidden)


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
def _locked(path: Path, patience: Patience) -> Iterator[None]:
    """Hold a lock that other processes wait for; it ends with the process, however that ends."""
    with path.open("a+b") as stream:
        try:
            import fcntl

            number = 0
            while not _taken(lambda: fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                if not patience.wait(number):
                    raise OSError(errno.EAGAIN, "another process holds its lock")
                number += 1
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


def _taken(take: Callable[[], None]) -> bool:
    try:
        take()
    except BlockingIOError:
        return False
    return True


def _replace(path: Path, data: bytes) -> None:
    """Put a file in place whole, or not at all, also when the power fails."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with new.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(new, path)
    except OSError:
        with suppress(OSError):  # such as on a full disk: half a file is of no use, and in the way
            new.unlink()
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
