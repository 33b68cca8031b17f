from __future__ import annotations

import sys
from pathlib import Path

import pytest

from on_spark import SETTINGS, spark_only
from on_spark import workers as workers
from pieces import doubled, filed, refused_at_three
from riskmodel.engines import Ended, Part
from riskmodel.engines.spark import Spark
from riskmodel.errors import LakeError, UsageError


def test_without_spark_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyspark", "pyspark.errors", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"Spark is not installed\. Install it with: .* / 没有安装 Spark"):
        list(Spark("local[1]").map(doubled, [Part("one", 1)]))


def test_nothing_to_do_starts_nothing() -> None:
    assert list(Spark("nowhere").map(doubled, [])) == []


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
