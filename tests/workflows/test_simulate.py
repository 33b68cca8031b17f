from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.workflows.simulate import NOTICE, Simulated, simulate


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    return simulate(tmp_path_factory.mktemp("simulated") / "out", 40, 2, 1, truth_dates=[date(2021, 7, 5)], draws=2)


def test_it_says_what_was_written_and_where(done: Simulated) -> None:
    assert (done.deliveries, done.first_delivery, done.last_delivery) == (3, "2022-01-04", "2022-03-04")
    assert done.rows > 3000
    assert 35 <= done.households <= 45
    assert [Path(path).name for path in done.truth] == ["2021-07-05.parquet", "events.parquet"]
    assert (Path(done.folder) / "policy" / "simulated.toml").exists()


def test_the_terminal_is_told_that_everything_is_invented(done: Simulated) -> None:
    lines = list(done.lines())
    assert lines[0] == NOTICE
    assert "invented" in NOTICE
    assert all(any(path in line for line in lines) for path in done.truth)


def test_futures_below_zero_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="futures"):
        simulate(tmp_path / "out", 10, 1, 1, draws=-1)
