"""Fuzzes one target: so many inputs, each from a seed of its own, so that each crash can be had again."""

from __future__ import annotations

import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.targets import Target


@dataclass
class Told:
    """What became of a target's inputs. `outcomes`: how often each declared error came, "" for none;
    `crashes`: how often each other one, with its place; `seeds`: the first seed of each crash."""

    name: str
    inputs: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    seeds: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        known = ", ".join(f"{name or 'read'} {count:,}" for name, count in self.outcomes.most_common())
        head = (
            f"{self.name}: {self.inputs:,} inputs, {self.seconds:.1f} s; {known}; {len(self.crashes)} crashes"
        )
        return "\n".join(
            [
                head,
                *(f"  {self.seeds[name]}: {name} ({count:,} times)" for name, count in self.crashes.items()),
            ]
        )


def fuzz(target: Target, inputs: int, seed: int = 1) -> Told:
    """Read so many spoilt documents."""
    told, began = Told(target.name, inputs), time.monotonic()
    for number in range(inputs):
        name = f"{seed}/{target.name}/{number}"
        try:
            told.outcomes[target.read(random.Random(name))] += 1
        except Exception as error:  # whatever it is, it was not declared
            last = traceback.extract_tb(error.__traceback__)[-1]
            crash = (
                f"{type(error).__name__}: {str(error)[:120]!r} in {last.filename}:{last.lineno} {last.name}"
            )
            told.crashes[crash] += 1
            told.seeds.setdefault(crash, name)
    told.seconds = time.monotonic() - began
    return told
