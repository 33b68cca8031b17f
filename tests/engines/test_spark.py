from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from pieces import doubled, filed, refused_at_three
from riskmodel.engines import Ended, Part
from riskmodel.engines.spark import Spark
from riskmodel.errors import LakeError, UsageError

HERE = Path(__file__).parents[1]
WITHOUT = [
    *(["pyspark (pip install 'riskmodel[spark]')"] if importlib.util.find_spec("pyspark") is None else []),
    *(["Java 17"] if shutil.which("java") is None else []),
]
spark_only = pytest.mark.skipif(bool(WITHOUT), reason=f"Spark needs {' and '.join(WITHOUT)}")
SETTINGS = {"spark.ui.enabled": "false", "spark.python.worker.reuse": "true", "spark.driver.memory": "512m"}


def test_without_spark_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"Spark is not installed\. Install it with: .* / 没有安装 Spark"):
        list(Spark("local[1]").map(doubled, [Part("one", 1)]))


def test_nothing_to_do_starts_nothing() -> None:
    assert list(Spark("nowhere").map(doubled, [])) == []


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes of Spark find what is here, and use the same Python."""
    monkeypatch.setenv("PYTHONPATH", ":".join([str(HERE), *sys.path]))
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)


@pytest.mark.usefixtures("workers")
@spark_only
@pytest.mark.long  # the Java machine of Spark starts for each
def test_spark_gives_what_the_function_gives_and_our_errors_as_they_were() -> None:
    spark = Spark("local[2,4]", SETTINGS)
    assert list(spark.map(doubled, [Part("a", 1), Part("b", 2)])) == [Ended("a", 2), Ended("b", 4)]
    with pytest.raises(LakeError, match="the file of 3 is damaged"):
        list(spark.map(refused_at_three, [Part("a", 1), Part("b", 3)]))


@pytest.mark.usefixtures("workers")
@spark_only
@pytest.mark.long  # the Java machine of Spark starts for it
def test_a_task_killed_in_mid_write_is_tried_again_and_its_result_is_there_once(tmp_path: Path) -> None:
    spark = Spark("local[2,4]", SETTINGS)
    parts = [Part(str(number), (str(tmp_path), number)) for number in range(4)]
    assert [ended.result for ended in spark.map(filed, parts)] == [0, 1, 2, 3]
    assert len(list(tmp_path.glob("done-*"))) == 4
    for number in range(4):
        assert (tmp_path / f"done-{number}" / "first").read_text() == str(number)
        assert (tmp_path / f"done-{number}" / "second").read_text() == str(number * number)
    assert (tmp_path / "attempts-1").stat().st_size > 1
