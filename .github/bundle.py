"""Builds a release's tree: the repository, and beside it the packages that the action needs, ready to import.

So a run of a release downloads and installs nothing, and no outage of a package index can silence an alert.
Run it at the root of this repository: `python3 .github/bundle.py --help`. The same commit, lock and
Pythons give the same bytes.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

LOCK = Path(".github/requirements/action.txt")
FOLDER = "bundle"
# Windows has no time zones of its own, and Ubuntu not all of them. One file of 0.4 MB, where the package is
# 600.
ZONES = "tzdata"
ZONES_FILE = "tzdata.zip"
# The first of these that a project offers is taken. What is compiled in it is left out, so the same files run
# everywhere; each of these projects runs without, only slower.
PLATFORM = ("--implementation", "cp", "--python-version", "3.12", "--platform", "manylinux2014_x86_64")
COMPILED = (".so", ".pyd", ".dylib")
UNUSED = ("RECORD", "entry_points.txt", "top_level.txt", "INSTALLER")
# What a check may import. Their bytecode is shipped: half of a cold start is compiling.
ENTRIES = (
    "streaky.cli",
    "streaky.guard",
    "streaky.preload",
    "streaky.pictures.terminal",
    "streaky.pictures.summary",
    "streaky.pictures.page",
    "streaky.config.entries",
    "streaky.github.ways",
    "streaky.runner.ping",
    "streaky.sealing",
    "streaky.ways",
    "streaky.team.commands",
    "streaky.team.check",
    "streaky.team.plan",
    "streaky.team.report",
)
# Imports all of them in one process, and prints the files that this took from the tree.
LIST_LOADED = """
import importlib, pathlib, sys
root = pathlib.Path(sys.argv[1]).resolve()
for name in sys.argv[2:]:
    importlib.import_module(name)
from streaky import preload
for name in (*preload.OF_A_WORKFLOW, *preload.LATER):
    importlib.import_module(name)
for path in root.glob("streaky/channels/*/delivery.py"):
    importlib.import_module(f"streaky.channels.{path.parent.name}.delivery")
for module in sys.modules.values():
    file = getattr(module, "__file__", None)
    if file and file.endswith(".py") and pathlib.Path(file).is_relative_to(root):
        print(pathlib.Path(file).relative_to(root).as_posix())
"""
# A checked hash: Python compares the source with it, so bytecode of other source never runs.
COMPILE = """
import pathlib, py_compile, sys
checked = py_compile.PycInvalidationMode.CHECKED_HASH
for name in sys.stdin.read().split():
    path = pathlib.Path(sys.argv[1], name)
    py_compile.compile(str(path), dfile=name, doraise=True, invalidation_mode=checked)
"""


class CannotBundle(Exception):
    """No tree was built; the text says why."""


def build(commit: str, target: Path, pythons: Sequence[str]) -> None:
    """Write the tree of a commit with its bundle into `target`, which must not exist.

    Bytecode is added for each of these interpreters. Raises CannotBundle.
    """
    if target.exists():
        raise CannotBundle(f"{target} exists already. Name a folder that does not.")
    for python in pythons:
        _run(python, "-c", "")  # before anything is made
    if commit.startswith("-"):
        raise CannotBundle(f"{commit} is no commit.")
    archive = _run("git", "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(target, filter="data")
    folder = target / FOLDER
    folder.mkdir()
    with tempfile.TemporaryDirectory() as wheels:
        for wheel in _download(target / LOCK, Path(wheels)):
            _unpack(wheel, folder)
    (folder / "README.md").write_text(_contents(target / LOCK), "utf-8")
    for python in pythons:
        _compile(python, target)


def _download(lock: Path, folder: Path) -> list[Path]:
    """The locked wheels, for every system, in the order of their names."""
    # A marker says on which system a package is needed. A release is for all of them.
    everywhere = re.sub(r" ; [^\\\n]+", "", lock.read_text("utf-8"))
    requirements = folder / "requirements.txt"
    requirements.write_text(everywhere, "utf-8")
    options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", *PLATFORM]
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download")
    _run(*pip, *options, "--dest", str(folder), "--requirement", str(requirements))
    return sorted(folder.glob("*.whl"), key=lambda path: path.name.lower())


def _unpack(wheel: Path, folder: Path) -> None:
    """Put a wheel's Python files, licences and description into the bundle."""
    project = wheel.name.partition("-")[0]
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if _wanted(name))
        if project == ZONES:
            _zip(folder / ZONES_FILE, ((name, archive.read(name)) for name in names))
            return
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


def _wanted(name: str) -> bool:
    if name.endswith(("/", *COMPILED)) or ".data/" in name:
        return False
    about = ".dist-info/" in name
    return not (about and name.rpartition("/")[2] in UNUSED)


def _zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """A zip file in which nothing depends on the moment or the machine."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data)


def _contents(lock: Path) -> str:
    """What the bundle says of itself."""
    pins = re.findall(r"(?m)^([\w.-]+)==(\S+)", lock.read_text("utf-8"))
    return (
        "# Packages that this release carries\n\n"
        f"Unpacked from the wheels that `{LOCK.as_posix()}` pins by hash, without their compiled parts.\n"
        "Each one's licence lies in its `.dist-info` folder.\n"
        "`.github/bundle.py` builds this folder anew, byte for byte.\n"
        f"`{ZONES_FILE}` is used where the system lacks a time zone.\n\n"
        + "".join(f"- {name} {version}\n" for name, version in pins)
    )


def _compile(python: str, target: Path) -> None:
    """Write the bytecode of what a check imports, for one interpreter."""
    path = f"import sys; sys.path[:0] = [{str(target)!r}, {str(target / FOLDER)!r}]\n"
    plain = (python, "-I", "-S", "-B", "-X", "utf8", "-c")
    loaded = _run(*plain, path + LIST_LOADED, str(target), *ENTRIES).decode()
    names = "\n".join(sorted(loaded.split()))
    # One process of its own: bytecode depends on which texts an interpreter has met before.
    _run(*plain, COMPILE, str(target), given=names.encode())


def _run(*command: str, given: bytes = b"") -> bytes:
    what = " ".join(command[:3])
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise CannotBundle(f"{what} failed: {error.strerror}.") from None
    if done.returncode:
        raise CannotBundle(f"{what} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def main() -> int:
    """The program. Its exit status is 1 when there is no tree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--commit", default="HEAD", help="what to release (default: HEAD)")
    parser.add_argument("--out", required=True, type=Path, help="the folder to make")
    more = "an interpreter to ship bytecode for, as often as there are versions (default: this one)"
    parser.add_argument("--python", action="append", default=[], help=more)
    given = parser.parse_args()
    try:
        build(given.commit, given.out, given.python or [sys.executable])
    except CannotBundle as problem:
        print(f"::error title=No release tree::{problem}".replace("\n", " "))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
