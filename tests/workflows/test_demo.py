from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.settings import Settings
from riskmodel.workflows.demo import NOTICE, TOP, Demonstration, demo
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW, Office


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return demo(Workspace(Settings(tmp_path_factory.mktemp("demo") / "home")), 400, 36, NOW)


def test_the_demonstration_goes_from_deliveries_to_households_to_visit(shown: Demonstration) -> None:
    assert shown.ingested.rows_loaded == shown.ingested.rows_read > 10_000
    assert shown.scored.households == 400
    assert len(shown.top) == TOP
    assert [found.probability for found in shown.top] == sorted((f.probability for f in shown.top), reverse=True)
    assert {found.as_of for found in shown.top} == {shown.scored.as_of}


def test_it_says_that_its_households_are_invented_and_where_things_lie(shown: Demonstration) -> None:
    lines = list(shown.lines())
    assert lines[0] == NOTICE
    assert "no real households" in NOTICE
    assert all(Path(place).exists() for place in shown.places.values())
    assert all(any(place in line for line in lines) for place in shown.places.values())


def test_it_lists_models_metrics_and_reasons(shown: Demonstration) -> None:
    text = "\n".join(shown.lines())
    assert all(f"  {kind:10}" in text for kind in shown.trained.test)
    assert all(found.household_id in text and found.meaning in text for found in shown.top)
    assert all(reason["sentence"] in text for found in shown.top for reason in found.reasons)


def test_it_does_not_mix_invented_households_with_others(office: Office, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds other data already"):
        demo(office.copied(tmp_path), 400, 36, NOW)


def test_a_demonstration_that_was_stopped_leaves_no_half_of_the_deliveries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = Path.write_text, []

    def stopped(path: Path, *given: str, **named: str) -> int:
        written.append(path)
        if len(written) > 3:
            raise KeyboardInterrupt
        return write(path, *given, **named)

    monkeypatch.setattr(Path, "write_text", stopped)
    with pytest.raises(KeyboardInterrupt):
        demo(Workspace(Settings(tmp_path)), 20, 36, NOW)
    assert list((tmp_path / "generated").iterdir()) == []
