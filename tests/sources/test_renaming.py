from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from arriving import Arrivals, arrives, settled
from worked_example import full_id, row

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.sources.source import Received

OLD, NEW = full_id("P5"), full_id("P6")
LATER = date(2025, 4, 10)


def unnumbered(tmp_path: Path) -> Arrivals:
    """A child known without a number since March, with a bill."""
    lake = settled(tmp_path)
    child = row("members", 2, person_id=OLD)
    lake.take(arrives("members", child), arrives("medical_settlements", row("medical_settlements", 0, person_id=OLD)))
    return lake


def number() -> Received:
    """The file in which the number arrives in April."""
    aliases = pl.DataFrame({"noid_id": [OLD, full_id("P8")], "person_id": [NEW, full_id("P9")]})
    return arrives("members", row("members", 2, person_id=NEW), LATER, aliases=aliases)


def numbered(tmp_path: Path) -> Arrivals:
    """The child after its number has arrived."""
    lake = unnumbered(tmp_path)
    lake.take(number())
    return lake


def test_what_was_stored_without_a_number_goes_to_the_number(tmp_path: Path) -> None:
    lake = numbered(tmp_path)
    people = lake.rows("members").filter(pl.col("person_id").is_in([OLD, NEW]))
    assert people.select("person_id", "known_at").rows() == [(NEW, LATER)]
    (bill,) = lake.rows("medical_settlements").rows(named=True)
    assert (bill["person_id"], bill["known_at"]) == (NEW, LATER)


def test_until_then_the_old_id_is_what_was_known(tmp_path: Path) -> None:
    lake = numbered(tmp_path)
    people = lake.rows("members", date(2025, 4, 9))["person_id"].to_list()
    assert OLD in people
    assert NEW not in people
    assert lake.rows("medical_settlements", date(2025, 4, 9))["person_id"].to_list() == [OLD]


def test_a_second_delivery_of_the_number_changes_nothing(tmp_path: Path) -> None:
    lake = numbered(tmp_path)
    aliases = pl.DataFrame({"noid_id": [OLD], "person_id": [NEW]})
    before = lake.rows("members").height
    (account,) = lake.take(arrives("members", row("members", 2, person_id=NEW), date(2025, 5, 10), aliases=aliases))
    assert account.rows_loaded == 0
    assert lake.rows("members").height == before


@pytest.mark.parametrize("room", range(4, 27, 3))
def test_a_renaming_that_a_full_disk_cut_short_is_completed_by_the_next_attempt(
    tmp_path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, lake = numbered(tmp_path / "whole"), unnumbered(tmp_path / "cut")
    sync, left = os.fsync, [room]

    def full(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            lake.take(number())
    lake.take(number())
    for name in ("members", "medical_settlements"):
        assert lake.rows(name).drop("batch_id").equals(whole.rows(name).drop("batch_id"))
