from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from riskmodel.errors import UsageError
from riskmodel.settings import Settings
from riskmodel.workflows.demo import TOP, Demonstration, demo
from riskmodel.workflows.json_values import plain
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.simulate import NOTICE
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW, Office

T = TypeVar("T")
HOUSEHOLDS = 1200


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return demo(Workspace(Settings(tmp_path_factory.mktemp("demo") / "home")), HOUSEHOLDS, 14, NOW)


def test_the_demonstration_goes_from_deliveries_to_households_to_visit(shown: Demonstration) -> None:
    done = shown.ingested
    assert done.rows_read == done.rows_loaded + done.rows_duplicate + done.rows_waiting + done.rows_refused > 10_000
    assert done.rejected == []
    assert done.rows_refused > 0, "the offices of the simulated county make mistakes"
    assert abs(shown.scored.households - HOUSEHOLDS) < HOUSEHOLDS / 10
    assert len(shown.top) == TOP
    assert [found.probability for found in shown.top] == sorted((f.probability for f in shown.top), reverse=True)
    assert {found.as_of for found in shown.top} == {shown.scored.as_of}


def test_it_says_that_its_households_are_invented_and_where_things_lie(shown: Demonstration) -> None:
    lines = list(shown.lines())
    assert lines[0] == NOTICE
    assert "everything is invented" in NOTICE
    assert json.loads(json.dumps(plain(shown)))["notice"] == NOTICE
    assert all(Path(place).exists() for place in shown.places.values())
    assert all(any(place in line for line in lines) for place in shown.places.values())


def test_it_lists_models_metrics_and_reasons(shown: Demonstration) -> None:
    text = "\n".join(shown.lines())
    assert all(f"  {kind:10}" in text for kind in shown.trained.test)
    assert all(found.household_id in text and found.meaning in text for found in shown.top)
    assert all(reason["sentence"] in text for found in shown.top for reason in found.reasons)


def test_it_does_not_mix_invented_households_with_others(office: Office, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds other data already"):
        demo(office.copied(tmp_path), 400, 12, NOW)


class Impatient(Silent):
    """Somebody who presses Ctrl-C after a few months of the simulation."""

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:  # noqa: ARG002  # protocol
        for number, step in enumerate(steps):
            if number > 60:
                raise KeyboardInterrupt
            yield step


def test_a_demonstration_that_was_stopped_leaves_no_half_of_the_deliveries(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        demo(Workspace(Settings(tmp_path)), 20, 12, NOW, Impatient())
    assert list((tmp_path / "simulated").iterdir()) == []
