"""The errors that people can meet, read from the code that raises them: what each says, and its mend."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Where the words stand among each one's arguments: what happened, and the mend.
RAISED = {
    "BadValue": (0, 1),
    "UnlessSealed": (0, 1),
    "Fault": (1, 2),
    "CouldNotTell": (0, 2),
    "LedgerUnavailable": (0, 2),
    "Undelivered": (0, 1),
    "NotOpened": (0, 1),
    "NothingOpens": (0, 1),
    "BadKey": (0, 1),
}
SETTINGS, SEALED = "Settings", "Sealed values, keys and teams"
PARTS = (
    (
        SETTINGS,
        (
            "input/",
            "config/",
            "look.py",
            "channels/*/__init__.py",
            "channels/*/inputs.py",
            "channels/__init__.py",
        ),
    ),
    (SEALED, ("sealing.py", "key_commands.py", "team/")),
    ("GitHub", ("github/",)),
    ("The ledger", ("ledger/",)),
    ("Channels", ("channels/",)),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One error: the part of Streaky that it is about, and its words; `…` stands for what differs."""

    part: str
    what: str
    mend: str


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every error, part by part, in the order of its words. To read them all takes a third of a second."""
    found = {}
    for path in sorted((ROOT / "streaky").rglob("*.py")):
        inside = path.relative_to(ROOT / "streaky")
        part = next((part for part, places in PARTS if any(_lies_in(inside, place) for place in places)), "")
        if part and "sandbox" not in inside.parts:
            for what, mend in _said(ast.parse(path.read_text("utf-8"))):
                entry = found.get((part, what))
                if entry is None or not entry.mend:
                    found[part, what] = Entry(part, what, mend)
    order = [part for part, _ in PARTS]
    return tuple(sorted(found.values(), key=lambda each: (order.index(each.part), each.what.lower())))


def _lies_in(path: Path, place: str) -> bool:
    return path.match(place) if "*" in place else path.as_posix().startswith(place)


def _said(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What is raised in a file. A name stands for the text that its function, or the file, gave it last."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in RAISED:
                texts = [_argument(call, at, function, tree) for at in RAISED[call.func.id]]
                if texts[0].strip("… ."):
                    yield texts[0], texts[1]


def _argument(call: ast.Call, at: int, function: ast.AST, tree: ast.Module) -> str:
    names = {keyword.arg: keyword.value for keyword in call.keywords}
    node = call.args[at] if at < len(call.args) else names.get("mend" if at else "what")
    return _text(node, function, tree, call.lineno) if node is not None else ""


def _text(node: ast.expr, function: ast.AST, tree: ast.Module, line: int) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, function, tree, line) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, function, tree, line) + _text(node.right, function, tree, line)
    if isinstance(node, ast.Name):
        for scope, before in ((function, line), (tree, 10**6)):
            given = [
                each
                for each in ast.walk(scope)
                if isinstance(each, ast.Assign)
                and each.lineno < before
                and any(isinstance(target, ast.Name) and target.id == node.id for target in each.targets)
            ]
            if given:
                last = max(given, key=lambda each: each.lineno)
                return _text(last.value, function, tree, last.lineno)
    return "…"


def markdown() -> str:
    """The catalogue as tables, one a part."""
    blocks = []
    for part, _ in PARTS:
        rows = [entry for entry in catalogue() if entry.part == part]
        lines = [f"### {part}", "", "| It says | What to do |", "| --- | --- |"]
        lines += [f"| {_cell(each.what)} | {_mend(each)} |" for each in rows]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _mend(entry: Entry) -> str:
    """The mend; where the message makes it up from what was typed, that it does."""
    if entry.mend:
        return _cell(entry.mend) if entry.mend.strip("… .") else "The message says what to do."
    typed = entry.part in (SETTINGS, SEALED)
    return "Correct it at the place that the message names." if typed else "Wait: a later run tries again."


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
