"""The house stands as CONTRIBUTING.md draws it: imports point downward, and the quick way stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import NOW, ROOT, World

PACKAGE = ROOT / "streaky"
FILES = sorted(PACKAGE.rglob("*.py"))
# What costs tens of milliseconds, and a run without a config file or a zone of its own does not use.
HEAVY = {
    "github",
    "apprise",
    "requests",
    "urllib3",
    "urllib.request",
    "cryptography",
    "yaml",
    "graphql",
    "zoneinfo",
    "asyncio",
    "streaky.sandbox",
}


def module(path: Path) -> str:
    """A file's name in the package: `ledger.book`, `ledger` for a folder's face, "" for the package's own."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module(path): path for path in FILES}


def imports(path: Path) -> set[str]:
    """The product's modules that a file imports, but for those that only annotations need."""
    tree = ast.parse(path.read_text())
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "streaky":
            base = node.module.removeprefix("streaky").lstrip(".")
            for name in (alias.name for alias in node.names):
                whole = f"{base}.{name}".lstrip(".")
                found.add(whole if whole in MODULES else base)
        elif isinstance(node, ast.Import):
            found |= {each.name.partition(".")[2] for each in node.names if each.name.startswith("streaky.")}
    return found


def room(name: str) -> str:
    """The folder or file of the ground floor that a module belongs to."""
    return name.partition(".")[0]


def floors(edges: Iterable[tuple[str, str]]) -> list[str]:
    """The rooms from the ground up, each above all that it imports. Raises CycleError."""
    graph: dict[str, set[str]] = {}
    for importer, imported in edges:
        if importer != imported:
            graph.setdefault(importer, set()).add(imported)
    return list(TopologicalSorter(graph).static_order())


def test_the_rooms_stand_on_each_other_without_a_circle() -> None:
    edges = [(name, each) for name, path in MODULES.items() for each in imports(path)]
    assert all(each in MODULES for _, each in edges)
    order = floors((room(one), room(other)) for one, other in edges)
    assert order.index("guard") > max(order.index(name) for name in ("look", "judge", "due", "ledger"))
    for folder in {room(name) for name in MODULES if "." in name}:
        # A folder's face may gather what lies inside.
        inside = [
            (one, other) for one, other in edges if room(one) == room(other) == folder and one != folder
        ]
        floors(inside)


def test_a_circle_would_be_noticed() -> None:
    with pytest.raises(CycleError):
        floors([("guard", "judge"), ("judge", "ledger"), ("ledger", "guard")])


def test_the_sandbox_imports_nothing_of_the_product() -> None:
    sandbox = [path for name, path in MODULES.items() if room(name) == "sandbox"]
    assert sandbox
    for path in sandbox:
        assert all(room(name) == "sandbox" for name in imports(path)), path


def test_contributing_names_every_file() -> None:
    said = (ROOT / "CONTRIBUTING.md").read_text()
    for path in FILES:
        top = path.relative_to(PACKAGE).parts[0]
        shown = top if top.endswith(".py") else f"{top}/"
        assert top in ("__init__.py", "__main__.py") or f"`{shown}`" in said, shown


def test_a_run_loads_nothing_heavy_that_it_does_not_use(world: World) -> None:
    environment = {"PYTHONPATH": str(ROOT), "STREAKY_NOW": NOW.isoformat()} | world.environment
    script = "import sys; from streaky.cli import main; main(['check']); print(*sys.modules, sep='\\n')"
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines())
    assert {"streaky.connections", "streaky.guard", "streaky.channels.telegram.delivery"} <= loaded
    assert not loaded & HEAVY
    unused = {"streaky.channels.webhook.delivery", "streaky.channels.apprise.delivery", "streaky.demo"}
    assert not loaded & unused
    assert not loaded & {"streaky.pictures.page", "streaky.pictures.card", "streaky.themes"}


def test_the_changelog_and_the_package_agree_on_the_version() -> None:
    from streaky import __version__

    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert "## [Unreleased]" in changelog or f"## [{__version__}]" in changelog
