from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import LakeError
from riskmodel.tables.receipts import (
    keep_refused,
    receipt,
    receipt_path,
    refused_before,
    sweep_receipts,
    write_receipt,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_receipt_is_there_once_it_was_written(tmp_path: Path) -> None:
    path = receipt_path(tmp_path, date(2025, 3, 10), "incomes", "r", "a" * 64)
    assert receipt(path) is None
    write_receipt(path, {"rows_read": 3})
    assert receipt(path) == {"rows_read": 3}


def test_day_table_mode_and_content_tell_receipts_apart(tmp_path: Path) -> None:
    march = date(2025, 3, 10)
    keys = [(march, "incomes", "r", "a" * 64), (march, "incomes", "h", "a" * 64), (march, "visits", "r", "a" * 64),
            (date(2025, 3, 11), "incomes", "r", "a" * 64), (march, "incomes", "r", "b" * 64)]  # fmt: skip
    assert len({receipt_path(tmp_path, *key) for key in keys}) == len(keys)


def test_a_damaged_receipt_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = receipt_path(tmp_path, date(2025, 3, 10), "incomes", "r", "a" * 64)
    path.parent.mkdir(parents=True)
    path.write_text("{", "utf-8")
    with pytest.raises(LakeError, match="is damaged"):
        receipt(path)


def test_the_reasons_of_refusal_are_kept_beside_the_receipt(tmp_path: Path) -> None:
    path = receipt_path(tmp_path, date(2025, 3, 10), "incomes", "r", "a" * 64)
    lines = pl.DataFrame({"row": [2], "value": ["张大山"], "reason": ["range"]})
    assert refused_before(path) is None
    keep_refused(path, lines.clear())
    assert not path.parent.exists()
    keep_refused(path, lines)
    kept = refused_before(path)
    assert kept is not None
    assert kept.drop("value").equals(lines.drop("value"))
    assert kept["value"].to_list() == [None], "a refused value may be a name"
    path.with_suffix(".parquet").write_bytes(b"no parquet")
    with pytest.raises(LakeError, match="is damaged"):
        refused_before(path)


def test_leftovers_of_a_kill_are_swept_and_receipts_stay(tmp_path: Path) -> None:
    sweep_receipts(tmp_path)
    path = receipt_path(tmp_path, date(2025, 3, 10), "incomes", "r", "a" * 64)
    write_receipt(path, {"rows_read": 3})
    path.with_name(f".{path.name}.4711.tmp").write_bytes(b"half")
    sweep_receipts(tmp_path)
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert receipt(path) == {"rows_read": 3}
