"""Forms of JSON: each says once how a kind of value looks, and so how it is read, written and checked.

A form is a schema (JSON Schema 2020-12) with the way there and back. Small ones are put together to larger
ones: a dataclass as an object or as a row, a list, a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """One kind of value in JSON. `read` raises ValueError or TypeError for what the schema would refuse."""

    schema: Mapping[str, Any]
    read: Callable[[Any], T]
    write: Callable[[T], Any]

    def said(self, description: str) -> Form[T]:
        """The same form with a description in its schema."""
        return replace(self, schema={**self.schema, "description": description})

    def via(self, there: Callable[[T], U], back: Callable[[U], T]) -> Form[U]:
        """The same JSON for another kind of value. `there` raises ValueError for what does not fit."""
        return Form(self.schema, lambda part: there(self.read(part)), lambda value: self.write(back(value)))


def text(pattern: str) -> Form[str]:
    """A text that fits a pattern as a whole."""

    def read(part: Any) -> str:
        if not isinstance(part, str) or not re.fullmatch(pattern, part):
            raise ValueError(f"not {pattern}")
        return part

    return Form({"type": "string", "pattern": f"^{pattern}$"}, read, str)


def number(least: int, most: int | None = None) -> Form[int]:
    """A whole number within bounds, both included."""

    def read(part: Any) -> int:
        if type(part) is not int or part < least or (most is not None and part > most):
            raise ValueError("not such a number")
        return part

    bounds = {"minimum": least} | ({} if most is None else {"maximum": most})
    return Form({"type": "integer"} | bounds, read, int)


def choice(kinds: type[E]) -> Form[E]:
    """One of the words of an enumeration."""
    return Form({"enum": [str(kind) for kind in kinds]}, kinds, str)


def _flag(part: Any) -> bool:
    if not isinstance(part, bool):
        raise TypeError("neither true nor false")
    return part


FLAG = Form({"type": "boolean"}, _flag, bool)
# Days and instants of the years 2000 to 2199: what lies outside was not written by a clock.
DAY = text("2[01][0-9]{2}-[0-9]{2}-[0-9]{2}").via(date.fromisoformat, date.isoformat)
CLOCK = text("([01][0-9]|2[0-3]):[0-5][0-9]").via(time.fromisoformat, lambda at: f"{at:%H:%M}")
INSTANT = text("2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z").via(
    datetime.fromisoformat, lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)


def many(each: Form[T]) -> Form[list[T]]:
    """A list."""

    def read(part: Any) -> list[T]:
        if not isinstance(part, list):
            raise TypeError("not a list")
        return [each.read(item) for item in part]

    return Form(
        {"type": "array", "items": each.schema}, read, lambda values: [each.write(value) for value in values]
    )


def table(key: Form[K], value: Form[V]) -> Form[Mapping[K, V]]:
    """An object whose names are values, too; sorted by them. `key` is written as text."""

    def read(part: Any) -> dict[K, V]:
        return {key.read(name): value.read(each) for name, each in _members(part).items()}

    def write(values: Mapping[K, V]) -> dict[str, Any]:
        return dict(sorted((key.write(name), value.write(each)) for name, each in values.items()))

    schema = {"type": "object", "propertyNames": key.schema, "additionalProperties": value.schema}
    return Form(schema, read, write)


def record(cls: Callable[..., T], *, without: Iterable[str] = (), **parts: Form[Any]) -> Form[T]:
    """A dataclass as an object, with `-` for `_` in its names. A field with a default is left out when it
    holds that. `without`: fields that keep their default."""
    defaults = _defaults(cls, parts, without)
    names = {name.replace("_", "-"): name for name in parts}

    def read(part: Any) -> T:
        members = _members(part)
        if not members.keys() <= names.keys():
            raise ValueError("unknown parts")
        return cls(**{names[name]: parts[names[name]].read(each) for name, each in members.items()})

    def write(value: T) -> dict[str, Any]:
        held = {name: getattr(value, attribute) for name, attribute in names.items()}
        return {
            name: parts[names[name]].write(each)
            for name, each in held.items()
            if defaults[names[name]] is MISSING or each != defaults[names[name]]
        }

    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, attribute in names.items() if defaults[attribute] is MISSING],
        "properties": {name: parts[attribute].schema for name, attribute in names.items()},
    }
    return Form(schema, read, write)


def row(cls: Callable[..., T], **parts: Form[Any]) -> Form[T]:
    """A dataclass as a list, in the order of its fields. Defaults at the end are left out; one before another
    value is null."""
    defaults = _defaults(cls, parts, ())
    least = sum(default is MISSING for default in defaults.values())

    def read(part: Any) -> T:
        if not isinstance(part, list) or not least <= len(part) <= len(parts):
            raise ValueError("not such a row")
        given = {
            name: form.read(each)
            for (name, form), each in zip(parts.items(), part, strict=False)
            if each is not None or defaults[name] is MISSING
        }
        return cls(**given)

    def write(value: T) -> list[Any]:
        held = [(getattr(value, name), form, defaults[name]) for name, form in parts.items()]
        while held and held[-1][0] == held[-1][2]:
            held.pop()
        return [None if each == default else form.write(each) for each, form, default in held]

    schemas = [
        form.schema if defaults[name] is MISSING else {"anyOf": [form.schema, {"type": "null"}]}
        for name, form in parts.items()
    ]
    schema = {"type": "array", "minItems": least, "maxItems": len(parts), "prefixItems": schemas}
    return Form(schema, read, write)


def _members(part: Any) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise TypeError("not an object")
    return part


def _defaults(
    cls: Callable[..., Any], parts: Mapping[str, Form[Any]], without: Iterable[str]
) -> dict[str, Any]:
    """The default of each field, MISSING for none. A field that is forgotten in a form raises TypeError."""
    found = {
        each.name: each.default if each.default_factory is MISSING else each.default_factory()
        for each in fields(cls)  # type: ignore[arg-type]
    }
    if [name for name in found if name not in set(without)] != list(parts):
        raise TypeError(f"the form of {cls} names other fields, or in another order")
    return found
