"""Where a channel sends, as the settings have it: for each channel a class that reads its inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, overload

from streaky.input.row import Input, Preset

if TYPE_CHECKING:
    from typing import Self

    from streaky.channels.base import Channel, Run

T = TypeVar("T")


class Given(Protocol):
    """What the person has set: `given[TOKEN]` is the value of that input, None where nothing sets it."""

    @overload
    def __getitem__(self, each: Preset[T]) -> T: ...
    @overload
    def __getitem__(self, each: Input[T]) -> T | None: ...

    def misses(self, each: Input[Any], beside: Input[Any]) -> None:
        """Note the fault that an input is missing beside another one, unless it may still come."""


class Address(ABC):
    """One channel's address: frozen data, checked, and quick to import. What delivers is imported by `load`.

    `name` is as in the output `alerts`. `own`: whether there is an address of its own, which makes it a
    channel that is set; the first of its `inputs` then holds it.
    """

    __slots__ = ()
    name: ClassVar[str]
    inputs: ClassVar[tuple[Input[Any], ...]]
    own: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def read(cls, given: Given) -> Self | None:
        """The address that was given; None where none was, or not all of it."""

    @classmethod
    def needs(cls, names: Collection[str]) -> bool:
        """Whether any of these inputs is one of this channel's."""
        return any(each.name in names for each in cls.inputs)

    @classmethod
    def named(cls, names: Collection[str]) -> bool:
        """Whether a part of this channel's address is among these inputs."""
        return any((each.secret or each.private) and each.name in names for each in cls.inputs)

    def check(self) -> None:
        """Refuse, before GitHub is asked, what only the channel can tell to be wrong. Raises
        ConfigurationError."""
        return

    @abstractmethod
    def load(self) -> Callable[[Run], Sequence[Channel]]:
        """Import what delivers, and give what opens it: one channel for each place. Opening sends nothing."""
