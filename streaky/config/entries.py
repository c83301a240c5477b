"""A config file's YAML as entries: names and texts, with the line and column of each.

Nesting is bounded while the nodes are composed, and aliases and tags are refused, so that no file can
explode, recurse or construct anything. A file of its own, because loading YAML costs 20 ms, which a run
without a config file does not pay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

DEEPEST = 8  # levels inside of a value; settings have one, and composing 30,000 levels crashes libyaml
MOST = 5_000  # keys, values and items; all settings together have fewer, their lists filled to the brim
NOTHING = ("", "~", "null", "Null", "NULL")
MAPPING = "Write lines like timezone: Europe/Berlin."
CANNOT_START = {"\t": "Use spaces, not tabs."} | dict.fromkeys("@`%", "Put the value in quotes.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value: the text of a scalar, the items of a list with commas between them, "" for
    nothing, or None for what is neither. Lines and columns count from 1; `span`: where the value begins and
    ends, in characters."""

    name: str
    at: tuple[int, int]
    value: str | None
    value_at: tuple[int, int]
    span: tuple[int, int] = (0, 0)


class Unfit(Exception):
    """The file cannot be read on from here."""

    def __init__(self, mark: Any, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.at, self.what, self.mend = _at(mark), what, mend


def entries(text: str) -> Iterator[Entry]:
    """The entries of the one mapping that a text must be. Raises Unfit where it cannot be read on, after the
    entries that come before."""
    nodes = _Nodes(text)
    unfit = nodes.compose()
    root = nodes.root
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Unfit(key.start_mark, "a key must be plain text.", MAPPING)
            span = value.start_mark.index, value.end_mark.index
            yield Entry(key.value, _at(key.start_mark), _text(value), _at(value.start_mark), span)
    elif root is not None and not _is_nothing(root):
        raise Unfit(root.start_mark, "the file is not a mapping.", MAPPING)
    if unfit:
        raise unfit


class _Nodes(Composer, Resolver):
    """Composes the nodes of a text; `root` is the topmost one, with what is in it so far.

    An alias becomes a bare Node, which is no scalar, list or mapping, so that nobody follows it.
    """

    def __init__(self, text: str) -> None:
        Composer.__init__(self)
        Resolver.__init__(self)
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        self.check_event, self.peek_event = parser.check_event, parser.peek_event
        self.get_event = parser.get_event
        self.root: yaml.Node | None = None
        self._text, self._depth, self._count = text, 0, 0

    def compose(self) -> Unfit | None:
        """Compose the document as far as possible; what ends it early is returned."""
        try:
            self.root = self.get_single_node()
        except Unfit as unfit:
            return unfit
        except yaml.composer.ComposerError as error:
            return Unfit(error.problem_mark, "a second document starts here.", "Keep one, without ---.")
        except yaml.MarkedYAMLError as error:
            return self._not_yaml(error)
        except yaml.YAMLError:
            return Unfit(None, "the file is not YAML.")
        return None

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.root = self.root or parent
        event: Any = self.peek_event()
        self._count += 1
        if self._count > MOST:
            raise Unfit(event.start_mark, "the file has too many entries.", "Keep the settings only.")
        if isinstance(event, yaml.AliasEvent):
            self.get_event()
            at: Any = event.start_mark
            return yaml.Node("", None, at, at)
        if event.tag not in (None, "!"):
            raise Unfit(event.start_mark, "tags (!) are not read here.", "Write the plain value.")
        if self._depth > DEEPEST:
            raise Unfit(event.start_mark, "this is nested too deeply.", "Write each value out.")
        self.anchors.clear()  # they name nothing here, so that none can be a duplicate
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _not_yaml(self, error: yaml.MarkedYAMLError) -> Unfit:
        mark: Any = error.problem_mark or error.context_mark
        if mark and mark.index >= len(self._text):  # what is missing at the end is told where it was opened
            mark = error.context_mark or mark
        character = self._text[mark.index : mark.index + 1] if mark else ""
        mend = CANNOT_START.get(character, "") if "cannot start" in (error.problem or "") else ""
        return Unfit(mark, f"the file is not YAML: {error.problem or error.context}.", mend)


def _text(node: yaml.Node) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return "" if _is_nothing(node) else node.value
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return ",".join(item.value for item in node.value)
    return None


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in NOTHING


def _at(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
