"""A small and always equal part of `make fuzz`: a few hundred inputs for each target."""

from __future__ import annotations

import random

import pytest

from streaky.sandbox import Sandbox  # marks this file as one that needs it
from tests.fuzz import spoil
from tests.fuzz.run import Told, fuzz
from tests.fuzz.targets import Target, targets

__all__ = ["Sandbox"]
TARGETS = ["config file", "roster file", "sealed values", "ledger", "workflow reader", "pending"]
ANSWERS = ["GitHub's answers", "Discord's answers", "Telegram's answers"]


@pytest.fixture(scope="module")
def known() -> dict[str, Target]:
    """The targets by name."""
    return {target.name: target for target in targets()}


def test_each_target_is_sampled_here(known: dict[str, Target]) -> None:
    assert list(known) == [*TARGETS[:5], *ANSWERS, TARGETS[5]]
    assert sum(target.share for target in known.values()) == 1000


@pytest.mark.parametrize("name", [*TARGETS, *ANSWERS])
def test_what_is_spoilt_leads_to_a_declared_error_or_to_a_value(known: dict[str, Target], name: str) -> None:
    told = fuzz(known[name], 100 if name == ANSWERS[0] else 250)
    assert not told.crashes, str(told)
    # Else nothing gets inside, or nothing is spoilt.
    assert len(told.outcomes) >= 2, str(told)


def test_an_error_that_was_not_declared_is_told_with_its_seed() -> None:
    def read(chance: random.Random) -> str:
        if chance.random() < 0.5:
            raise KeyError("x")
        return ""

    told = fuzz(Target("broken", 1, read), 20)
    assert isinstance(told, Told)
    assert 0 < sum(told.crashes.values()) < 20
    assert "1/broken/" in str(told)
    assert "KeyError" in str(told)
    seed = next(iter(told.seeds.values()))
    with pytest.raises(KeyError):
        read(random.Random(seed))


def test_a_spoilt_document_is_another_one_and_the_same_from_the_same_seed() -> None:
    valid = {"a": [1, {"b": "c"}], "d": None}
    odd = repr(spoil.ODD)
    spoilt = [spoil.json_data(random.Random(seed), valid) for seed in range(500)]
    assert repr(spoil.ODD) == odd
    assert valid == {"a": [1, {"b": "c"}], "d": None}
    assert spoilt == [spoil.json_data(random.Random(seed), valid) for seed in range(500)]
    assert len(set(spoilt)) > 25
