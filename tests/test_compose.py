"""The words of a whole day: each alert says something else."""

from __future__ import annotations

import pytest

from tests.book import IN_RUN, ON, READS, WORKFLOW, WRITES, Book, at
from tests.conftest import World
from tests.test_messages import said_twice


@pytest.mark.parametrize("workflow", [WRITES, READS], ids=["ledger", "last run"])
def test_no_two_alerts_of_a_day_say_the_same_sentence(world: World, workflow: str) -> None:
    world.environment |= ON | IN_RUN
    repository = Book(world, None).repository
    repository.files[WORKFLOW] = workflow
    times = "09:00, 11:00, 18:00, 18:30, 19:00, 23:00"
    runs = [(9, 17), (11, 17), (18, 7), (18, 57), (19, 47), (23, 7)]
    alerts = []
    for run in runs:
        alerts += world.check(at(*run), STREAKY_REMIND_AT=times).alerts
        repository.add_run(started=at(*run), id=90 + len(alerts))
    assert len(alerts) == len(runs)
    assert not said_twice(alerts)
