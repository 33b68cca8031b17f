from __future__ import annotations

import pytest

from riskmodel.engines.local import Local
from riskmodel.engines.spark import Spark
from riskmodel.errors import UsageError
from riskmodel.workflows.machine import SHARE, engine, free_memory, processors


def test_the_local_engine_takes_what_the_machine_has() -> None:
    found = engine()
    assert isinstance(found, Local)
    assert found.processes == processors() >= 1
    assert 0 < found.memory <= SHARE * free_memory() * 1.5
    assert engine(memory_gib=2) == Local(processors(), 2**31)


def test_spark_gets_its_master_and_what_processes_are_prepared_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "1")
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("PYSPARK_PYTHON", "python3")
    assert engine("spark", "local[2]") == Spark("local[2]", {"spark.executorEnv.POLARS_MAX_THREADS": "1"})


@pytest.mark.parametrize(
    "given", [("dask", "", None), ("spark", "", None), ("local", "local[2]", None), ("spark", "local[2]", 4.0)]
)
def test_options_that_do_not_go_together_are_wrong_usage(given: tuple[str, str, float | None]) -> None:
    with pytest.raises(UsageError, match=r"--engine spark with --master .* / 请用 --engine local"):
        engine(*given)
